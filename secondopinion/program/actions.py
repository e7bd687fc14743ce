"""What sets a program up and changes its settings."""

import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

from django.db import transaction

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role
from secondopinion.audit import actions as audit
from secondopinion.core.errors import NotYours
from secondopinion.program.models import (
    ChecklistTemplate,
    DeliveryRule,
    Disclaimer,
    MessageTemplate,
    Program,
    Specialty,
    Target,
)

DATA = Path(__file__).resolve().parent / "data"


def read(name: str) -> dict[str, Any]:
    """Return one of the shipped settings files."""
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@transaction.atomic
def set_up(**changes: Any) -> Program:
    """Make the program from the shipped settings when there is none; what exists is kept.

    `changes` replace fields of the shipped program (hospital, name, e-mail, …) at the first time.
    """
    shipped = read("program")
    fields = shipped["program"] | changes
    fields |= {name: time.fromisoformat(str(fields[name])) for name in ("opens", "closes")}
    program, made = Program.objects.get_or_create(only=True, defaults=fields)
    if not made:
        return program
    for step, days in shipped["targets"].items():
        Target.objects.create(step=step, business_days=days)
    by_key: dict[str, Specialty] = {}
    for position, row in enumerate(shipped["specialties"]):
        by_key[row["key"]] = Specialty.objects.create(
            key=row["key"], names=row["names"], position=position
        )
    for row in shipped["rules"]:
        DeliveryRule.objects.create(
            country=row.get("country", ""),
            specialty=by_key.get(row.get("specialty", "")),
            mode=row["mode"],
            legal_basis=row["legal_basis"],
            checked_on=row["checked_on"],
        )
    for position, row in enumerate(read("checklists")["items"]):
        ChecklistTemplate.objects.create(
            specialty=by_key.get(row.get("specialty", "")),
            key=row["key"],
            kind=row["kind"],
            required=row.get("required", True),
            labels=row["labels"],
            position=position,
        )
    words = read("words")
    for language, text in words["disclaimer"]["text"].items():
        Disclaimer.objects.create(
            version=words["disclaimer"]["version"],
            language=language,
            text=text.strip(),
            in_force_from=words["disclaimer"]["in_force_from"],
        )
    for position, row in enumerate(words["templates"]):
        MessageTemplate.objects.create(
            key=row["key"], titles=row["titles"], bodies=row["bodies"], position=position
        )
    audit.record("program-set-up", by=None, target=program)
    return program


@transaction.atomic
def set_rule(
    *,
    by: Person,
    country: str,
    specialty: Specialty | None,
    mode: str,
    legal_basis: str,
    checked_on: date,
) -> DeliveryRule:
    """Set who may receive the opinion at a place; cases accepted before keep their rule.

    Raises:
        NotYours: by anybody but the director or an administrator.
    """
    if not has_role(by, "director", "administrator"):
        raise NotYours
    rule, _made = DeliveryRule.objects.update_or_create(
        country=country,
        specialty=specialty,
        defaults={"mode": mode, "legal_basis": legal_basis, "checked_on": checked_on},
    )
    audit.record("rule-set", by=by, target=rule, detail={"mode": mode, "country": country})
    return rule
