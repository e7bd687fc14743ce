"""Laboratory values in the text of a page: what is measured, the number, its unit and its range.

Nothing here is taken for true: it is offered to somebody who looks at the page. A line in which two
numbers could be meant gives nothing, and no unit is guessed. A number that can be read in two ways
is told in both where the page does not say which (`numerals`).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import Any

from secondopinion.core.folding import plain, with_places
from secondopinion.records import numerals
from secondopinion.records.checks import days
from secondopinion.records.directions import RIGHT_TO_LEFT
from secondopinion.records.laboratory import Analyte, analytes

NAME = "values@2"
MOST_LETTERS = 30_000  # of a page
MOST = 60  # values of a page
AHEAD = 3  # lines below a name in which its number may stand, where each cell has its own
SAME = Decimal("0.03")  # one value in two units differs by no more, rounded
SURE, APART, BELOW = 0.95, 0.8, 0.85
SAMPLED, DATED = 0.95, 0.85  # the day of the sample, and that of its document
_DATA = Path(__file__).resolve().parent / "data" / "values.toml"
_COUNT = "/µL"  # in which thousands are written with a point, a comma or a space
_NUMBER = re.compile(
    r"(?<![\w.,^/])\d{1,3}(?:[ \u00a0']\d{3})+(?![\w.,])|(?<![\w.,^/])\d+(?:[.,]\d+)*(?![\w^])"
)
_END = r"(\d+(?:[.,]\d+)*)"
_RANGE = re.compile(rf"(?<![\w.,^]){_END}\s*(?:-|~|\ba\b|\bto\b|\bbis\b|до|الى)\s*{_END}(?![\w^])")
_LIMIT = re.compile(rf"(<=?|≤|>=?|≥|\bhasta\b|\bup to\b|\bbis\b|\bдо\b)\s*{_END}")
_TO_UNIT = re.compile(r"[\s*:]*(?:[↑↓+]|\(?[hl]\)?|high|low|alto|alta|bajo|baja)?[\s*]*")
_POINTS = {ord("٫"): ",", ord("·"): "."}
_LONGEST = 100  # letters of a line that is shown


@dataclass(frozen=True, slots=True)
class Seen:
    """A value as a page seems to say it; `start` and `end` are its place in the text. `other` is
    what its number can mean too, where the page does not tell which."""

    analyte: str
    value: Decimal
    unit: str
    low: Decimal | None
    high: Decimal | None
    certainty: float
    line: str  # as it stands on the page
    start: int
    end: int
    other: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    """How one analyte is found: its units as they are spelt, what it cannot be, and beside what."""

    kind: Analyte
    units: re.Pattern[str] | None  # none where it has no unit
    spelt: dict[str, str]  # a spelling without spaces, and the unit
    within: tuple[Decimal, Decimal]
    unless: re.Pattern[str] | None


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text())


def _words(rows: list[str]) -> str:
    found = sorted({plain(each) for each in rows}, key=len, reverse=True)
    return "|".join(r"\s+".join(map(re.escape, each.split())) for each in found)


def _whole(rows: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_words(rows)})(?!\w)")


@cache
def _known() -> dict[str, _Written]:
    found = {}
    for key, kind in analytes().items():
        told = _data()["analytes"][key]
        spelt = {
            plain(each).replace(" ", ""): unit
            for unit in kind.units
            for each in _data()["spelt"][unit]
        }
        ways = "|".join(
            r"\s*".join(map(re.escape, each)) for each in sorted(spelt, key=len, reverse=True)
        )
        low, high = (Decimal(str(end)) for end in told["within"])
        found[key] = _Written(
            kind, re.compile(rf"(?<![a-z^/])(?:{ways})(?!\w)") if spelt else None, spelt,
            (low, high), _whole(told["unless"]) if "unless" in told else None,
        )  # fmt: skip
    return found


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return an expression that finds every name, the longest first, and whose each is."""
    of: dict[str, str] = {}
    for key, kind in analytes().items():
        for name in (*_data()["analytes"][key]["written"], *kind.names.values()):
            of.setdefault(" ".join(plain(name).split()), key)
    # Arabic writes its article, and "and", in one word with a name.
    return re.compile(rf"(?<!\w)(?:و|وال)?({_words([*of])})(?!\w)"), of


@cache
def _elsewhere() -> re.Pattern[str]:
    return _whole(_data()["elsewhere"])


def can_be(key: str, unit: str, text: str) -> tuple[Decimal, ...]:
    """Return the readings of a written number that a child can have and live."""
    low, high = _known()[key].within
    values = numerals.readings(text)
    if unit == _COUNT and len(values) == 2:
        values = values[1:]
    in_base = analytes()[key].in_base
    return tuple(each for each in values if low <= in_base(each, unit) <= high)


def digits_of(text: str) -> str:
    """Return a number that somebody typed in, its digits and marks as those of pages are read."""
    return plain(text).translate(_POINTS)


def marks_of(text: str, language: str, country: str) -> numerals.Marks:
    """Return the decimal marks of a page by its text, its language and its country."""
    return numerals.marks_of(digits_of(text[:MOST_LETTERS]), language, country)


def find(text: str, language: str = "", country: str = "") -> list[Seen]:
    """Return the values of a text in their order, each once."""
    seen = with_places(text[:MOST_LETTERS])
    found: dict[tuple[str, Decimal, str], Seen] = {}
    folded = seen.text.translate(_POINTS)
    marks = numerals.marks_of(folded, language, country)
    for name, key, end, below in _stretches(folded):
        value = _value(_known()[key], folded[name.end() : end], marks, below=below)
        if value is not None and RIGHT_TO_LEFT.search(name[0]):
            value = _drawn_range(_known()[key], value, folded[name.end() : end])
        if value is None:
            continue
        start, last = seen.span(name.start(), name.end() + value.end if below else end)
        line = shorten(text[start:last], _LONGEST, placeholder="…")
        found.setdefault(
            (key, value.value, value.unit), replace(value, line=line, start=start, end=last)
        )
    return [*found.values()][:MOST]


def _stretches(text: str) -> Iterator[tuple[re.Match[str], str, int, bool]]:
    """Yield each name with whose it is, where what belongs to it ends, and whether that lies in the
    lines below."""
    pattern, of = _names()
    names = [*pattern.finditer(text), None]
    for name, after in pairwise(names):
        if name is None:
            continue
        end = _line_end(text, name.end())
        line = text[text.rfind("\n", 0, name.start()) + 1 : end]
        if _elsewhere().search(line):
            continue
        below = not any(map(str.isdigit, text[name.end() : end]))
        for _line in range(AHEAD if below else 0):
            end = _line_end(text, min(end + 1, len(text)))
        end = min(end, after.start()) if after else end
        yield name, of[" ".join(name[1].split())], end, below


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _value(known: _Written, text: str, marks: numerals.Marks, *, below: bool) -> Seen | None:
    """Return what a stretch of folded text behind a name says; None where that is not sure."""
    if known.unless and known.unless.search(text.partition("\n")[0]):
        return None
    units = [*known.units.finditer(text)] if known.units else []
    if known.units and not units:
        return None
    kept = _without(text, units)
    ends, kept = _range(kept)
    numbers = [each for each in _NUMBER.finditer(kept) if not _compared(kept, each.start())]
    found = []
    for unit in units:
        name = known.spelt["".join(unit[0].split())]
        before = [each for each in numbers if each.end() <= unit.start()]
        if before and _TO_UNIT.fullmatch(kept[before[-1].end() : unit.start()]):
            if _torn(kept, before):
                return None
            found.append((before[-1], name, SURE, unit.end()))
    if not found and len(numbers) == 1:
        name = known.spelt["".join(units[0][0].split())] if units else known.kind.base
        last = max(numbers[0].end(), units[0].end()) if units else numbers[0].end()
        found = [(numbers[0], name, APART if units else SURE, last)]
    read = [
        (told, name, sure * told.sure, end)
        for number, name, sure, end in found
        for likely in [can_be(known.kind.key, name, number[0])]
        if all(each == round(each, 4) for each in likely)
        and (told := numerals.meant(number[0], likely, ends, kept, marks)) is not None
    ]
    if len(read) != len(found) or not read or not _agree(known, read):
        return None
    told, name, sure, end = read[0]
    low, high = _range_of(known, ends, name, told, marks)
    return Seen(
        known.kind.key, told.value, name, low, high, round(sure * (BELOW if below else 1), 2), "",
        0, end, told.other,
    )  # fmt: skip


def _drawn_range(known: _Written, value: Seen, text: str) -> Seen:
    """Return a value with its range, where that is written as it is drawn among Arabic: "14.0-11.0"
    is what an engine sees of 11.0-14.0."""
    units = [*known.units.finditer(text)] if known.units else []
    (first, last), _kept = _range(_without(text, units))
    if value.low is not None or value.high is not None or not first or not last:
        return value
    told = numerals.Meant(value.value, 1.0)
    low, high = _range_of(known, (last, first), value.unit, told, numerals.Marks())
    return replace(value, low=low, high=high)


def _range_of(
    known: _Written, ends: tuple[str, str], unit: str, told: numerals.Meant, marks: numerals.Marks
) -> tuple[Decimal | None, Decimal | None]:
    """Return the ends of a range; none where they can be read in two ways, as the value can, or
    where it would end before it begins."""
    mark = marks.shown or ("" if told.other is not None else marks.spoken)
    mark = next(filter(None, map(numerals.mark_of, ends)), mark)
    found = []
    for each in ends:
        likely = can_be(known.kind.key, unit, each)
        found.append(likely[0] if len(likely) == 1 else numerals.in_mark(each, mark))
    low, high = found
    if any(each and end is None for each, end in zip(ends, found, strict=True)) or (
        low is not None and high is not None and low >= high
    ):
        return None, None
    return low, high


def _torn(text: str, numbers: list[re.Match[str]]) -> bool:
    """Say whether the last two numbers may be one that was torn, or two columns."""
    return len(numbers) > 1 and not text[numbers[-2].end() : numbers[-1].start()].strip(" .,\u00a0")


def _without(text: str, parts: list[re.Match[str]]) -> str:
    """Return a text with blanks where its units stood: some hold numbers."""
    for each in parts:
        text = text[: each.start()] + " " * (each.end() - each.start()) + text[each.end() :]
    return text


def _range(text: str) -> tuple[tuple[str, str], str]:
    """Return the ends of the first range, "" where it has none, and the text without ranges."""
    low = high = ""
    for number, each in enumerate(_RANGE.finditer(text)):
        if number == 0:
            low, high = each.groups()
        text = text[: each.start()] + " " * len(each[0]) + text[each.end() :]
    limits = list(_LIMIT.finditer(text))
    # A limit behind a number is a range; one alone is a value that was not counted out.
    if limits and not high and _NUMBER.search(text[: limits[0].start()]):
        sign, end = limits[0].groups()
        low, high = (end, "") if sign[0] in ">≥" else ("", end)
    for each in limits:
        text = text[: each.start()] + "<" + " " * (len(each[0]) - 1) + text[each.end() :]
    return (low, high), text


def _compared(text: str, start: int) -> bool:
    """Say whether a sign of comparison stands before a number: it is a limit, no value."""
    return text[:start].rstrip()[-1:] in {"<", ">", "≤", "≥", "~"}


def _agree(known: _Written, read: list[tuple[numerals.Meant, str, float, int]]) -> bool:
    """Say whether all readings are one value, perhaps in two units."""
    bases = [known.kind.in_base(told.value, unit) for told, unit, _sure, _end in read]
    return max(bases) - min(bases) <= SAME * max(bases)


def day_of(
    text: str, language: str, country: str, said: date | None, today: date, born: date | None
) -> tuple[date | None, float]:
    """Return the day on which what a page tells was taken, and how sure that is.

    A day that the page calls the sample's comes first, then that which somebody has `said` the
    document to have, then the one that it seems to have itself.
    """
    found = days.find(text, language, country, today)
    likely = [each for each in found if each.day <= today and (born is None or each.day >= born)]
    taken = {each.day: each.certainty for each in likely if each.role == "sample"}
    if len(taken) == 1:
        [(day, sure)] = taken.items()
        return day, round(SAMPLED * sure, 2)
    if said is not None and not taken:
        return said, DATED
    dated = days.of_document(found, len(text), today, born)
    return (dated.day, round(dated.certainty * DATED, 2)) if not taken else (None, 0.0)
