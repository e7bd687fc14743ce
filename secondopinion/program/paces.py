"""The section of the settings that holds the targets of cases of one kind, or of one urgency."""

from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from secondopinion.program import rules
from secondopinion.program.models import Price, Target, Urgency

Value = Any
_GENERAL = Q(kind="", urgency="")


def read_paces() -> Value:
    rows = [
        {
            "step": row.step, "kind": row.kind, "urgency": row.urgency,
            "days": str(row.business_days),
        }
        for row in Target.objects.exclude(_GENERAL)
    ]  # fmt: skip
    return sorted(rows, key=_order)


def clean_paces(value: Value) -> Value:
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, ("step", "kind", "urgency", "days"))
        row = {
            "step": rules.choice(given.get("step"), "step", Target.Step.values),
            "kind": rules.choice(given.get("kind", ""), "kind", ["", *Price.Kind.values]),
            "urgency": rules.choice(given.get("urgency", ""), "urgency", ["", *Urgency.values]),
            "days": rules.amount(given.get("days"), "days", most="99", places=1),
        }
        if not row["kind"] and not row["urgency"]:
            raise rules.refuse(
                _("Choose a kind or an urgency. What holds for every case stands above."), "urgency"
            )
        kept.append(row)
    rules.once(((row["step"], row["kind"], row["urgency"]) for row in kept), "step")
    return sorted(kept, key=_order)


def write_paces(value: Value) -> None:
    Target.objects.exclude(_GENERAL).delete()
    for row in value:
        Target.objects.create(
            step=row["step"], kind=row["kind"], urgency=row["urgency"],
            business_days=Decimal(row["days"]),
        )  # fmt: skip


def _order(row: dict[str, str]) -> tuple[int, str, str]:
    return Target.Step.values.index(row["step"]), row["urgency"], row["kind"]
