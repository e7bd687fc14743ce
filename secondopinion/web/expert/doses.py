"""Amounts of medicines by the child's weight, where the arithmetic is certain."""

import re
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import number_format

from secondopinion.cases.measuring import measurements
from secondopinion.cases.models import Case


class Dose(NamedTuple):
    """An amount as it is written, behind its medicine, and the same for each kilogram."""

    written: str
    per_kg: str


# "mg/ml" and "mg/kg" say something else, "5-10 mg" is two doses, and "1,000" two numbers.
_DOSE = re.compile(
    r"(?<![\d.,٫/–-])(?<![–-]\s)(\d{1,4}(?:[.,٫]\d{1,2})?)\s?(mg|mcg|µg|μg|g)\b(?!\s?[/–-])",
    re.IGNORECASE,
)

_PARTS = re.compile(r"[\n;]|,\s")  # what stands between one medicine and the next
LONGEST = 60  # letters before an amount that are shown


def doses(case: Case) -> tuple[str, list[Dose]] | None:
    """Return the child's newest weight, and the amounts in the medicines divided by it."""
    weights = [each.weight_kg for each in measurements(case) if each.weight_kg]
    if not weights:
        return None
    found = []
    for match in _DOSE.finditer(case.request.medicines):
        amount = Decimal(match[1].translate({ord(","): ".", ord("٫"): "."}))
        words = number_format(Decimal(f"{amount / weights[-1]:.3g}"))
        named = _PARTS.split(match.string[: match.end()])[-1].strip()
        found.append(Dose(named[-LONGEST:], f"{words} {match[2]}/kg"))
    return (number_format(weights[-1].normalize()), found) if found else None
