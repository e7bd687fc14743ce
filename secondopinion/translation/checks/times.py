"""Durations and rhythms without digits compared by their unit: "for a year", "two or three a week",
"one to two minutes" (`data/times.toml`). What has digits on both sides is compared as a number."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.compare_words import Said
from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.languages import (
    ARABIC_PREFIX,
    DATA,
    LETTER,
    Language,
    expression,
)
from secondopinion.translation.checks.reading import Segment

_SURE = 0.75
_REACH = 18  # letters before a unit in which its number ends
_NUMBERED = re.compile(r"(?P<digits>\d+(?:[.,]\d+)?)[\s\u00a0-]*$")
_BEHIND = re.compile(rf"[\s\u00a0]+(?P<word>{LETTER}+)")  # Arabic says "one" behind it
_WORDED = re.compile(rf"(?<!{LETTER})(?P<word>{LETTER}+)[\s\u00a0-]+$")


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language: its units, those that say how often, duals, what stands before."""

    units: dict[str, re.Pattern[str]]
    rates: dict[str, re.Pattern[str]]
    twos: dict[str, re.Pattern[str]]
    per: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Time:
    """A unit of time that is named: how many of it (0: not said), and whether it is a rhythm."""

    start: int
    end: int
    unit: str
    value: float
    rate: bool
    digits: bool

    def meets(self, other: "_Time") -> bool:
        """Say whether both are one thing but for their unit: as many of it, or both a rhythm; one
        month may be said without a number, and a rhythm as "in one month"."""
        if self.rate or other.rate:
            return all(each.rate or each.value == 1 for each in (self, other))
        said = {self.value, other.value}
        return said in ({0.0, 1.0}, {self.value}) and bool(self.value or other.value)


@cache
def _known(language: Language) -> _Words | None:
    raw = tomllib.loads((DATA / "times.toml").read_text()).get(language.code)
    if raw is None:
        return None
    prefix = ARABIC_PREFIX if language.script == "Arab" else ""

    def compiled(ways: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
        return {
            unit: re.compile(expression(each, spaced=language.spaced, prefix=prefix))
            for unit, each in ways.items()
        }

    rates, twos, per = (raw.pop(name, {}) for name in ("rate", "two", "per"))
    units = {unit: [*ways, *rates.get(unit, ())] for unit, ways in raw.items()}
    before = expression(per, spaced=language.spaced)
    return _Words(
        compiled(units), compiled(rates), compiled(twos), re.compile(rf"{before}[\s\u00a0]*$")
    )


class Times:
    """Compares the times that sentences name, in two languages."""

    def __init__(self, original: Language, translation: Language) -> None:
        self.languages = original, translation

    def __call__(self, pair: Pair) -> list[Said]:
        """Return the first time whose unit is another one: the translation does not name the unit
        of the original at all, and the original not that of the translation."""
        ours, theirs = (
            [each for segment in segments for each in _times(segment, language)]
            for segments, language in zip(
                (pair.original, pair.translation), self.languages, strict=True
            )
        )
        here, there = {each.unit for each in ours}, {each.unit for each in theirs}
        for one in (each for each in ours if each.unit not in there):
            for other in (each for each in theirs if each.unit not in here):
                if one.meets(other) and not (one.digits and other.digits):
                    return [("unit-differs", _cue(one), _cue(other), _SURE)]
        return []


def _cue(time: _Time) -> Cue:
    return Cue(time.start, time.end, "time")


def _times(segment: Segment, language: Language) -> Iterator[_Time]:
    words = _known(language)
    if words is None:
        return
    days = [(each.start, each.end) for each in (*segment.dates, *segment.months)]
    for unit, pattern in words.units.items():
        for each in pattern.finditer(segment.text):
            start, end = segment.start + each.start(), segment.start + each.end()
            if not any(first < end and start < last for first, last in days):
                yield _time(segment, each, unit, words, language)


def _time(
    segment: Segment, found: re.Match[str], unit: str, words: _Words, language: Language
) -> _Time:
    before = segment.text[max(0, found.start() - _REACH) : found.start()]
    rate = unit in words.rates and words.rates[unit].fullmatch(found.group()) is not None
    rate = rate or words.per.search(before) is not None
    value, begins, digits = 0.0, found.start(), False
    if unit in words.twos and words.twos[unit].search(found.group()):
        value = 2.0
    elif number := _NUMBERED.search(before):
        value, digits = float(number["digits"].replace(",", ".")), True
        begins -= len(number.group())
    elif language.spaced and (word := _WORDED.search(before)):
        if (known := language.value_of(word["word"])) is not None:
            value, begins = known[0], found.start() - len(word.group())
    elif not language.spaced:
        ending = [each for each in language.number_words.finditer(before)
                  if each.end() == len(before)]  # fmt: skip
        if ending and (known := language.value_of(ending[0].group())) is not None:
            value, begins = known[0], found.start() - len(ending[0].group())
    if language.script == "Arab" and (one := _BEHIND.match(segment.text, found.end())):
        known = language.value_of(one["word"])
        if not value and known is not None and known[0] == 1:
            value, rate = 1.0, False
    return _Time(
        segment.start + begins, segment.start + found.end(), unit, value,
        rate and not digits, digits,
    )  # fmt: skip
