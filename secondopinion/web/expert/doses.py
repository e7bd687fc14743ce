"""Amounts of medicines by the child's weight, where the arithmetic is certain."""

import re
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from django.utils.formats import number_format

from secondopinion.cases.measuring import measurements
from secondopinion.cases.models import Case
from secondopinion.translation.told import Told


class Dose(NamedTuple):
    """An amount as it is written, behind its medicine, and the same for each kilogram; and how a
    translation has it, where it names the same amounts in the same order."""

    written: str
    per_kg: str
    translated: str = ""


# "mg/ml" and "mg/kg" say something else, "5-10 mg" is two doses, and "1,000" two numbers.
_DOSE = re.compile(
    r"(?<![\d.,٫/–-])(?<![–-]\s)(\d{1,4}(?:[.,٫]\d{1,2})?)\s?(mg|mcg|µg|μg|g)\b(?!\s?[/–-])",
    re.IGNORECASE,
)

_PARTS = re.compile(r"[\n;]|,\s")  # what stands between one medicine and the next
LONGEST = 60  # letters before an amount that are shown


def doses(case: Case, words: Told) -> tuple[str, list[Dose]] | None:
    """Return the child's newest weight, and the amounts in the medicines divided by it."""
    weights = [each.weight_kg for each in measurements(case) if each.weight_kg]
    if not weights:
        return None
    written = list(_DOSE.finditer(case.request.medicines))
    beside = words.beside("medicines", case.request.medicines)
    turned = list(_DOSE.finditer(beside.text)) if beside and not beside.outdated else []
    if [_amount(each) for each in turned] != [_amount(each) for each in written]:
        turned = []
    found = []
    for match, other in zip_longest(written, turned):
        said = number_format(Decimal(f"{_amount(match) / weights[-1]:.3g}"))
        named = _named(other) if other else ""
        found.append(Dose(_named(match), f"{said} {match[2]}/kg", named))
    return (number_format(weights[-1].normalize()), found) if found else None


def _amount(dose: re.Match[str]) -> Decimal:
    return Decimal(dose[1].translate({ord(","): ".", ord("٫"): "."}))


def _named(dose: re.Match[str]) -> str:
    """Return an amount behind its medicine, as it is written."""
    return _PARTS.split(dose.string[: dose.end()])[-1].strip()[-LONGEST:]
