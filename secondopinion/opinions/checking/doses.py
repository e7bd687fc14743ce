"""Doses in the report outside the ranges of ``data/doses.toml``, for the child's weight."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from secondopinion.opinions.checking.found import Doubt, Texts
from secondopinion.opinions.checking.tongues import (
    DATA,
    finds,
    language_of,
    sentences,
    tongue,
    words,
)
from secondopinion.translation.checks.dates import find_dates
from secondopinion.translation.checks.drugs import DrugMention, find_drugs
from secondopinion.translation.checks.folding import fold
from secondopinion.translation.checks.languages import Language, language
from secondopinion.translation.checks.numbers import Quantity, find_quantities

CHECK = "dose"
_MASS = {"mg": 1.0, "g": 1000.0, "ug": 0.001}  # in mg
_PER = {"kg", "d", "dose"}
_ABOVE, _BELOW = 1.1, 0.5  # rounding to what a syringe holds; doses that begin low
_GROWN = 50.0  # kg from which on children are given doses of adults
_BEHIND, _BEFORE, _REACH = 40, 25, 90  # characters
_CLAUSE = re.compile(r"[,;(]")
_OF = re.compile(r"\s*(?:of|de|من)?\s*")


@dataclass(frozen=True, slots=True)
class Range:
    """What a source states for a medicine: mg/kg for one dose and one day, and the most in mg."""

    name: str
    dose: tuple[float, float] | None
    day: tuple[float, float] | None
    most: float | None
    most_day: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose of a medicine: each value that its number can have, in mg, or in mg/kg if `by_kg`.

    `often` is how many times a day, 0 where nothing is said; `whole_day` says that it is the sum of
    a day, `bound` that it is the most, and `step` that it is what a dose changes by.
    """

    start: int
    end: int
    values: tuple[float, ...]
    by_kg: bool
    often: int
    whole_day: bool
    bound: bool
    step: bool


@cache
def ranges() -> dict[str, Range]:
    """Return the ranges of ``doses.toml`` by the international name."""
    raw: dict[str, dict[str, Any]] = tomllib.loads((DATA / "doses.toml").read_text())["drug"]

    def span(values: list[float] | None) -> tuple[float, float] | None:
        return (values[0], values[1]) if values else None

    return {
        name: Range(name, span(each.get("dose")), span(each.get("day")), each.get("most"),
                    each.get("most_day"), each["source"])
        for name, each in raw.items()
    }  # fmt: skip


def check(texts: Texts, weight_kg: float | None) -> list[Doubt]:
    """Return the doses that no stated range holds; without a weight only those by kg, or above
    what is the most for anybody."""
    usual = language_of(texts)
    return [
        Doubt(CHECK, field, dose.start, dose.end, text[dose.start : dose.end], sentence)
        for field, text in texts.items()
        for named, dose in _doses(text, language(tongue(text, usual)))
        if (sentence := _wrong(named, dose, weight_kg))
    ]


def _doses(text: str, tongue_: Language) -> Iterator[tuple[Range, Dose]]:
    for start, end in sentences(text):
        told = text[start:end]
        if not re.search(r"\d", told):
            continue
        whole = fold(told)
        drugs = find_drugs(whole.text, tongue_)
        if not any(each.name in ranges() for each in drugs):
            continue
        found = find_quantities(whole.text, tongue_, find_dates(whole.text, tongue_))
        places = [whole.span(each.start, each.end) for each in found]
        masses = [at for at, each in enumerate(found) if each.unit and each.unit.top in _MASS]
        for at in masses:
            drug = _drug_of(found[at], drugs, whole.text)
            if drug is None or drug.name not in ranges():
                continue
            nexts = [places[other][0] for other in masses if other > at and not found[at].shared]
            behind = told[places[at][1] : min([*nexts, places[at][1] + _BEHIND])]
            before = told[max(0, places[at][0] - _BEFORE) : places[at][0]]
            dose = _dose(found[at], places[at], before, behind, tongue_.code)
            if dose is not None:
                yield (
                    ranges()[drug.name],
                    replace(dose, start=dose.start + start, end=dose.end + start),
                )


def _drug_of(amount: Quantity, drugs: list[DrugMention], text: str) -> DrugMention | None:
    """Return the medicine that an amount is of: the one just behind it, or the last before."""
    before = [each for each in drugs if each.end <= amount.start]
    behind = next((each for each in drugs if each.start >= amount.end), None)
    near = before and amount.start - before[-1].end <= 2
    if behind and not near and _OF.fullmatch(text[amount.end : behind.start]):
        return behind
    if before:
        return before[-1] if amount.start - before[-1].end <= _REACH else None
    # A dose by weight may come first, where there is one medicine that it can be of.
    by_kg = amount.unit is not None and "kg" in amount.unit.per
    return behind if by_kg and len({each.name for each in drugs}) == 1 else None


@cache
def _times(code: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    ways = words().get(code, {}).get("times", [])
    return tuple(
        (re.compile(rf"(?<!\w)(?:{way})(?!\w)", re.IGNORECASE), often)
        for often, way in enumerate(ways, 2)
    )


def _often(told: str, code: str) -> int:
    for pattern, often in _times(code):
        if pattern.search(told):
            return often
    return 1 if finds(code, "once").search(told) else 0


def _dose(
    amount: Quantity, place: tuple[int, int], before: str, behind: str, code: str
) -> Dose | None:
    """Return an amount as a dose, or None where it is something else: a strength, a level."""
    unit = amount.unit
    if unit is None or set(unit.per) - _PER or behind.startswith("/"):
        return None
    clause = _CLAUSE.split(before)[-1], _CLAUSE.split(behind)[0]
    if finds(code, "no-dose").match(behind.lstrip(" -")) or any(
        finds(code, "level").search(told) for told in clause
    ):
        return None
    by_day = "d" in unit.per or bool(finds(code, "spread").search(behind))
    by_day = by_day or bool(finds(code, "once").search(before))
    size = _MASS[unit.top]
    return Dose(
        start=place[0], end=place[1], values=tuple(each * size for each in amount.values),
        by_kg="kg" in unit.per, often=_often(behind, code), whole_day=by_day,
        bound=bool(finds(code, "bound").search(before[-15:])),
        step=bool(finds(code, "step").search(before[-15:])),
    )  # fmt: skip


def _wrong(named: Range, dose: Dose, weight_kg: float | None) -> str:
    """Return what is wrong with a dose, or nothing where one reading of its number is right."""
    told = [_about(named, dose, value, weight_kg) for value in dose.values]
    return told[0] if all(told) else ""


def _about(named: Range, dose: Dose, value: float, weight_kg: float | None) -> str:
    one = None if dose.whole_day else value
    day = value if dose.whole_day else value * dose.often if dose.often else None
    if dose.by_kg:
        return _beside(named, dose, one, day, 1.0)
    told = _above(named, one, day)
    if told or weight_kg is None or dose.bound:
        return told
    one, day = (None if each is None else each / weight_kg for each in (one, day))
    # Above it the least of a child is more than an adult takes.
    return _beside(named, dose, one, day, min(weight_kg, _GROWN) / weight_kg)


def _above(named: Range, one: float | None, day: float | None) -> str:
    """Say that an amount in mg is more than anybody is given."""
    most = named.most or named.most_day
    if one is not None and most and one > most:
        return _most(named, most, one, daily=False)
    if day is not None and named.most_day and day > named.most_day:
        return _most(named, named.most_day, day, daily=True)
    return ""


def _beside(named: Range, dose: Dose, one: float | None, day: float | None, light: float) -> str:
    """Say that an amount in mg/kg is outside what is stated; `light` lowers the least of it."""
    low = not (dose.bound or dose.step)
    if day is not None and named.day and _outside(day, named.day, light, low=low):
        return _range(named, named.day, day, daily=True)
    if one is not None and named.dose and _outside(one, named.dose, light, low=low):
        return _range(named, named.dose, one, daily=False)
    if one is not None and named.day and not named.dose:
        return _range(named, named.day, one, daily=True) if one > named.day[1] * _ABOVE else ""
    return ""


def _outside(value: float, stated: tuple[float, float], light: float, *, low: bool) -> bool:
    return value > stated[1] * _ABOVE or (low and value < stated[0] * _BELOW * light)


def _apart(text: str) -> str:
    """Return Latin words so that they keep their order within a line that runs from the right."""
    return f"\u2068{text}\u2069"


def _most(named: Range, most: float, value: float, *, daily: bool) -> str:
    told = {
        "drug": _apart(named.name), "most": f"{most:g}", "value": f"{value:g}",
        "source": _apart(named.source),
    }  # fmt: skip
    if daily:
        return _(
            "Stated for %(drug)s: at most %(most)s mg a day (%(source)s). This is %(value)s mg."
        ) % told  # fmt: skip
    return _(
        "Stated for %(drug)s: at most %(most)s mg a dose (%(source)s). This is %(value)s mg."
    ) % told  # fmt: skip


def _range(named: Range, stated: tuple[float, float], value: float, *, daily: bool) -> str:
    told = {
        "drug": _apart(named.name), "low": f"{stated[0]:g}", "high": f"{stated[1]:g}",
        "value": f"{value:.3g}" if value < 1000 else f"{value:.0f}", "source": _apart(named.source),
    }  # fmt: skip
    if daily:
        return _(
            "Stated for %(drug)s: %(low)s–%(high)s mg/kg a day (%(source)s). "
            "This is %(value)s mg/kg."
        ) % told  # fmt: skip
    return _(
        "Stated for %(drug)s: %(low)s–%(high)s mg/kg a dose (%(source)s). This is %(value)s mg/kg."
    ) % told  # fmt: skip
