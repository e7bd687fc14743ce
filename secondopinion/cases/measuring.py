"""When the child was measured, and what was found: as the family wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from secondopinion.cases.models import Case


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on one day; `told`: the family wrote the day."""

    on: date
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    head_cm: Decimal | None = None
    told: bool = True


def kept(rows: Sequence[Measured]) -> list[dict[str, Any]]:
    """Return earlier measurements as the request keeps them, by day."""
    return [
        {
            "on": row.on.isoformat(),
            "weight_kg": "" if row.weight_kg is None else str(row.weight_kg),
            "height_cm": "" if row.height_cm is None else str(row.height_cm),
        }
        for row in sorted(rows, key=lambda row: row.on)
    ]


def earlier(case: Case) -> list[Measured]:
    """Return what was measured before, the oldest first."""
    return [
        Measured(
            date.fromisoformat(row["on"]), _number(row["weight_kg"]), _number(row["height_cm"])
        )
        for row in case.request.measured_before
    ]


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def measurements(case: Case) -> list[Measured]:
    """Return everything that was measured, the newest last.

    Where the family wrote no day, the day counts on which the request was sent or last changed.
    """
    request = case.request
    found = earlier(case)
    if request.weight_kg or request.height_cm or request.head_cm:
        day = request.measured_on or (case.submitted_at or request.touched_at).date()
        found.append(
            Measured(
                day, request.weight_kg, request.height_cm, request.head_cm,
                told=request.measured_on is not None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda row: row.on)
