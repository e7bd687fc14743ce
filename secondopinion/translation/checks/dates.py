"""Dates as texts write them, in each language's forms and calendars."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol

from secondopinion.translation.checks import calendars
from secondopinion.translation.checks.languages import LETTER

_CENTURY = 2000
_SHORT = 3  # letters; so short a name of a month is too often another word ("he may")
# What stands before a month and before no verb, in the languages with such short names.
_BEFORE_MONTH = re.compile(
    r"(?:in|since|until|of|from|by|late|early|mid|last|en|depuis|fin|debut|de|im|seit|bis|ab|desde|"
    r"hasta|em)[\s\u00a0-]+$"
)
_ORDINAL = r"(?:st|nd|rd|th|er|e|°|\.|-?го|-?е)?"
_GLUE = (
    r"(?:[\s\u00a0]|,|\.|-|/)*"
    r"(?:(?:de|del|of|من|عام)[\s\u00a0]+)?"
)
_YEAR = r"(?:1[3-9]|2[0-6])\d\d"
# "14 to 15 March" names two days, and so does "3月14日至15日".
_DAY_BEFORE = re.compile(
    rf"(?<![\d.,/:])(?P<d>\d{{1,2}}){_ORDINAL}"
    r"[\s\u00a0]*(?:[-/]|[\s\u00a0](?:to|and|al|a|y|au|et|bis|und|до|по|и|الي|حتي|ile|ve|e|से|और)"
    r"[\s\u00a0]|[\s\u00a0]و)[\s\u00a0]*(?:le[\s\u00a0])?$"
)
_DAY_AFTER = re.compile(r"[\s]*(?:至|到|[-~、和])[\s]*(?P<d>\d{1,2})[日号]")


class Months(Protocol):
    """How a language writes dates: its months by name (``h9`` is Ramadan, ``p1`` Farvardin, ``e1``
    Meskerem), an expression that finds them, whether it has spaces, and the order of numbers."""

    @property
    def months(self) -> dict[str, int | str]: ...
    @property
    def month_names(self) -> str: ...
    @property
    def spaced(self) -> bool: ...
    @property
    def order(self) -> str: ...
    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Day:
    """One way to read a date; what is not written is None. `loose` days may lie two days off."""

    year: int | None
    month: int | None
    day: int | None
    loose: bool = False

    def fits(self, other: "Day") -> bool:
        """Say whether two readings can be one day."""
        if (self.loose or other.loose) and self.full and other.full:
            return abs((self.written() - other.written()).days) <= 2
        if self.year != other.year and None not in {self.year, other.year}:
            return False
        return (self.month, self.day) == (other.month, other.day)

    @property
    def full(self) -> bool:
        """Whether day, month and year are there."""
        return None not in {self.year, self.month, self.day}

    def written(self) -> date:
        """Return the day; what is not written counts as one."""
        return date(self.year or 1, self.month or 1, self.day or 1)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a folded text, with every way to read it, the likeliest first."""

    start: int
    end: int
    days: tuple[Day, ...]
    numbers: tuple[float, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether day and month can be exchanged."""
        return len({(day.month, day.day) for day in self.days if not day.loose}) > 1


_OTHERS = {
    "h": calendars.from_hijri, "p": calendars.from_persian, "e": calendars.from_ethiopian,
}  # fmt: skip


def _checked(make: Callable[[int, int, int], date], year: int, month: int, day: int) -> date | None:
    try:
        return make(year, month, day)
    except ValueError:
        return None


def _named(year: int | None, month: str, day: int | None) -> Day:
    """Return the reading of a month of another calendar: ``h9`` is Ramadan, ``p1`` Farvardin."""
    make = _OTHERS[month[0]]
    found = _checked(make, year, int(month[1:]), day) if year and day else None
    if found is None:
        return Day(year, None, day)
    return Day(found.year, found.month, found.day, month[0] == "h")


def _readings(year: int | None, month: int | str, day: int | None) -> Iterator[Day]:
    """Return the Gregorian readings of a year, month and day as written."""
    if isinstance(month, str):
        yield _named(year, month, day)
    elif day is None or year is None:
        if 1 <= month <= 12 and (day is None or 1 <= day <= 31):
            yield Day(year - calendars.BUDDHIST if year and year > 2400 else year, month, day)
    else:
        for make, loose in _calendars(year):
            found = _checked(make, year, month, day)
            if found:
                yield Day(found.year, found.month, found.day, loose)


def _calendars(year: int) -> list[tuple[Callable[[int, int, int], date], bool]]:
    """Return the calendars that a year can belong to, and whether their days may be two off."""
    if 1300 <= year <= 1500:
        return [(calendars.from_hijri, True), (calendars.from_persian, False)]
    return [(calendars.from_buddhist if year > 2400 else date, False)]


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else _CENTURY + year if year < 60 else 1900 + year


@cache
def _patterns(language: Months) -> tuple[tuple[str, re.Pattern[str]], ...]:
    name = f"(?P<name>{language.month_names})"
    edge = rf"(?!{LETTER})"
    ways = [
        (
            "ymd",
            r"(?<![\d.])(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![\d])",
        ),
        (
            "dmy",
            r"(?<![\d.])(?P<d>\d{1,2})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})(?![\d])",
        ),
        (
            "cjk",
            r"(?P<y>\d{4})[\s]*年[\s]*(?P<m>\d{1,2})[\s]*月(?:[\s]*(?P<d>\d{1,2})[\s]*[日号])?",
        ),
        ("cjk", r"(?<!\d)(?P<m>\d{1,2})[\s]*月[\s]*(?P<d>\d{1,2})[\s]*[日号]"),
        ("dm", r"(?<![\d.,/])(?P<d>\d{1,2})\.(?P<m>\d{1,2})(?=[,;]?[\s\u00a0]+\d{1,2}:\d\d)"),
        ("my", rf"(?<![\d./])(?P<m>0?[1-9]|1[0-2])/(?P<y>{_YEAR})(?!\d)"),
    ]
    if language.spaced:
        ways += [
            (
                "words",
                rf"(?<!\d)(?P<d>\d{{1,2}}){_ORDINAL}{_GLUE}(?<!{LETTER})?{name}{edge}(?:{_GLUE}(?P<y>{_YEAR}))?(?!\d)",
            ),
            (
                "words",
                rf"(?<!{LETTER}){name}{edge}[\s\u00a0.]*(?P<d>\d{{1,2}})(?!\d|[.,٫](?!{_YEAR}(?!\d))\d)(?:st|nd|rd|th|[\s\u00a0]*ቀ[ንገ])?(?:[\s\u00a0,]*(?P<y>{_YEAR}))?",
            ),
            ("words", rf"(?<!{LETTER}){name}{edge}{_GLUE}(?P<y>{_YEAR})(?!\d)"),
        ]
    return tuple((kind, re.compile(way)) for kind, way in ways)


def find_months(text: str, language: Months) -> list[DateMention]:
    """Return the months that a folded text names by a word, or by 月, in their order."""
    names = rf"(?<!{LETTER})(?P<name>{language.month_names})(?!{LETTER})"
    way = names if language.spaced else r"(?<!\d)(?P<name>1[0-2]|[1-9])[\s]*月(?!龄|大)"
    found = []
    for each in re.finditer(way, text):
        month = _month(language, each["name"]) if language.spaced else int(each["name"])
        sure = (
            not language.spaced
            or len(each["name"]) > _SHORT
            or _BEFORE_MONTH.search(text[max(0, each.start() - 12) : each.start()])
        )
        if isinstance(month, int) and sure:
            days = (Day(None, month, None),)
            found.append(DateMention(each.start(), each.end(), days, ()))
    return found


def _month(language: Months, words: str) -> int | str | None:
    words = re.sub(r"[\s\u00a0]+", " ", words)
    if words in language.months:
        return language.months[words]
    return next(
        (
            value
            for key, value in language.months.items()
            if key.endswith("*") and words.startswith(key[:-1])
        ),
        None,
    )


def _days(language: Months, kind: str, got: dict[str, str | None]) -> list[Day]:
    year = _year(got["y"] or "") if got.get("y") else None
    day = int(got["d"] or 0) if got.get("d") else None
    if kind == "words":
        month = _month(language, got["name"] or "")
        return [] if month is None else list(_readings(year, month, day))
    month = int(got["m"] or 0)
    ways = list(_readings(year, month, day))
    if kind == "dmy" and day is not None:
        other = list(_readings(year, day, month))
        ways = other + ways if language.order == "mdy" else ways + other
    return ways


def find_dates(text: str, language: Months) -> list[DateMention]:
    """Return the dates of a folded text in their order; they never overlap."""
    found: list[DateMention] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern in _patterns(language):
        for each in pattern.finditer(text):
            if any(start < each.end() and each.start() < end for start, end in taken):
                continue
            got = each.groupdict()
            days = _days(language, kind, got)
            if not days:
                continue
            numbers = tuple(float(got[key] or 0) for key in ("d", "m", "y") if got.get(key))
            found.append(DateMention(each.start(), each.end(), tuple(days), numbers))
            taken.append((each.start(), each.end()))
            other = _together(text, each, days[0])
            if other is not None:
                found.append(other)
                taken.append((other.start, other.end))
    return sorted(found, key=lambda each: each.start)


def _together(text: str, found: re.Match[str], day: Day) -> DateMention | None:
    """Return the other day of two that share their month."""
    if day.month is None or day.day is None:
        return None
    if found.group().endswith(("日", "号")):
        other = _DAY_AFTER.match(text, found.end())
    else:
        first = max(0, found.start() - 14)
        begins = found.group()[0].isdigit() and found.groupdict().get("name")
        other = _DAY_BEFORE.search(text[: found.start()], first) if begins else None
    if other is None or not 1 <= int(other["d"]) <= 31:
        return None
    days = (Day(day.year, day.month, int(other["d"])),)
    return DateMention(other.start("d"), other.end(), days, (float(other["d"]),))
