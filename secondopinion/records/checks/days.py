"""Dates on a page, in its language's forms and calendars, and which one is the document's."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from secondopinion.translation.checks import calendars, languages
from secondopinion.translation.checks.dates import DateMention, find_dates
from secondopinion.translation.checks.folding import fold, folded

NAME = "dates@1"
MOST_LETTERS = 20_000  # of a page
DATA = Path(__file__).resolve().parent.parent / "data" / "dates.toml"
MONTH_FIRST = {"US", "FM", "PW", "MH", "GU", "PR", "VI", "AS", "MP", "PH"}  # CLDR, short dates
OLDEST = 1990
BEFORE = 42  # letters before a date in which its label may stand
AHEAD = 80  # in which it may be called one that is still to come
UNPARTED = re.compile(r"[\u4e00-\u9fff\u0e00-\u0e7f]")  # written without spaces
_UNSPACED = {"zh", "ja", "th", "lo", "km", "my"}
_BORN_THEN = re.compile(r"[\s\u00a0]*出生(?!日|年|地|医)")  # Chinese says it behind the day
_TEN = re.compile(r"\u1372(?=\d)")  # an engine takes the 1 on an Ethiopian page for their ten
_ETHIOPIAN = {"am", "ti", "om"}
_PERSIAN = {"fa", "ps", "ku"}


@dataclass(frozen=True, slots=True, eq=False)
class Months:
    """How one language in one country writes dates."""

    order: str
    spaced: bool = True
    months: dict[str, int | str] = field(default_factory=dict)
    month_names: str = r"(?!)"


@dataclass(frozen=True, slots=True)
class Seen:
    """A date on a page: as it is written, its day, how sure its reading is, and what the word
    before it says that it is (``document``, ``sample``, ``born``, ``elsewhere`` or "")."""

    text: str
    day: date
    certainty: float
    role: str
    start: int


@dataclass(frozen=True, slots=True)
class Dated:
    """The day of a document, a suggestion, with its certainty from 0 to 1."""

    day: date | None = None
    certainty: float = 0.0


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(DATA.read_text())
    return found


@cache
def _label() -> dict[str, re.Pattern[str]]:
    # A label ends right before its date: marks, an article or a weekday may stand between.
    between = r"[\s\u00a0:.\-–/|]*(?:[^\W\d_]{1,9}[\s\u00a0.,:]+)?$"
    found = {}
    for role in ("born", "elsewhere", "sample", "document"):
        words = _data()[role]["words"]
        parted = languages.expression(words, spaced=True, prefix=languages.ARABIC_AND)
        joined = languages.expression(filter(UNPARTED.search, words), spaced=False)
        found[role] = re.compile(f"(?:{parted}|{joined}){between}")
    return found


@cache
def _ahead() -> re.Pattern[str]:
    words = _data()["ahead"]["words"]
    parted = languages.expression(words, spaced=True, prefix=languages.ARABIC_AND)
    joined = languages.expression(filter(UNPARTED.search, words), spaced=False)
    few = r"(?:[\s\u00a0]+[^\W\d_]+){0,6}"
    return re.compile(rf"(?:{parted}{few}|{joined}[^\W\d_]{{0,12}})[\s\u00a0:.\-–/|]*$")


@cache
def months_of(code: str, order: str) -> Months:
    """Return how a language writes dates; `order` (``dmy``, ``mdy``) is the country's, if known."""
    names: dict[str, int | str] = {}
    usual = "dmy"
    if code in languages.codes():
        known = languages.language(code)
        names, usual = dict(known.months), known.order
    else:
        names = _from_cldr(code)
    names |= {folded(name): month for name, month in _data()["months"].get(code, {}).items()}
    spaced = code not in _UNSPACED
    ways = [languages.glob(each, spaced=spaced) for each in sorted(names, key=len, reverse=True)]
    # Where words are not parted, the patterns of words still hold: Thai writes spaces around dates.
    return Months(order or usual, spaced or code in {"th", "lo"}, names, "|".join(ways) or r"(?!)")


def _from_cldr(code: str) -> dict[str, int | str]:
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return {}
    found: dict[str, int | str] = {}
    for form in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[form][width].items():
                plain = folded(str(name)).strip(" .")
                if len(plain) > 1 and not plain.isdigit():
                    found.setdefault(plain, int(number))
                    if code == "he":  # "in" and "of" are written in one word with the month
                        found |= {f"ב{plain}": int(number), f"ל{plain}": int(number)}
    return found


def find(text: str, language: str, country: str = "", today: date | None = None) -> list[Seen]:
    """Return the whole dates of a text in their order. `language` is its code, `country` where it
    was written (ISO 3166), both "" when nobody knows."""
    seen = fold(_TEN.sub("1", text[:MOST_LETTERS]))
    order = "" if not country else "mdy" if country.upper() in MONTH_FIRST else "dmy"
    code = languages.short_code(language or "en")
    found = []
    for mention in find_dates(seen.text, months_of(code, order)):
        readings = list(dict.fromkeys(_readings(mention, code, today)))
        if not readings:
            continue
        # Only in English nobody knows which of the two comes first.
        certainty = 0.95 if len(readings) == 1 else 0.85 if order or code != "en" else 0.5
        first, last = seen.span(mention.start, mention.end)
        if _misread(text[first:last]):
            continue
        found.append(
            Seen(text[first:last], readings[0], certainty,
                 "born" if _BORN_THEN.match(seen.text, mention.end) else
                 _role(seen.text[max(0, mention.start - AHEAD) : mention.start]), first)
        )  # fmt: skip
    return found


def _misread(written: str) -> bool:
    """Say whether a date has digits of two scripts: a machine has read some of them wrongly. Those
    of Latin letters are written narrow and wide beside each other, in Chinese above all."""
    digits = [each for each in unicodedata.normalize("NFKC", written) if each.isdigit()]
    return len({ord(each) - unicodedata.digit(each) for each in digits}) > 1


def _readings(mention: DateMention, code: str, today: date | None) -> Iterator[date]:
    days = [each for each in mention.days if each.full]
    if code in _PERSIAN:
        days = [each for each in days if not each.loose] or days
    ethiopian = _ethiopian(mention) if code in _ETHIOPIAN else None
    if ethiopian is not None and days and not (today and ethiopian > today):
        # A numeric date on an Ethiopian page is of its own calendar, if that lies in the past.
        yield ethiopian
        return
    for each in days:
        yield each.written()


def _ethiopian(mention: DateMention) -> date | None:
    if len(mention.numbers) != 3:
        return None
    day, month, year = (int(each) for each in mention.numbers)
    try:
        return calendars.from_ethiopian(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None


def _role(before: str) -> str:
    line = before.rpartition("\n")[2]
    before = before[-BEFORE:]
    for role, pattern in _label().items():
        if pattern.search(line[-BEFORE:]):
            return role
    if _ahead().search(line):
        return "elsewhere"
    # In a form the label may stand alone in the line above.
    above = before.rstrip().rpartition("\n")[2] if not line.strip() else ""
    return next((role for role, pattern in _label().items() if above and pattern.search(above)), "")


def of_document(found: list[Seen], length: int, today: date, born: date | None = None) -> Dated:
    """Return which of a text's dates is the document's; `length` is the text's, in letters."""
    past = [
        each for each in found
        if each.role != "born" and each.day.year >= OLDEST
        and each.day <= today and each.day != born and not (born and each.day < born)
    ]  # fmt: skip
    candidates = [each for each in past if each.role != "elsewhere"] or past
    if not candidates:
        return Dated()
    latest = max(each.day for each in candidates)

    def weight(each: Seen) -> float:
        place = each.start / max(1, length)
        score = {"document": 0.85, "sample": 0.5, "elsewhere": 0.2}.get(each.role, 0.3)
        score += 0.1 if place < 0.2 or place > 0.85 else 0.0
        return score + (0.1 if each.day == latest else 0.0)

    best = max(candidates, key=lambda each: (weight(each), each.day))
    rivals = {each.day for each in candidates if weight(each) >= weight(best) - 0.05} - {best.day}
    sure = min(0.97, weight(best)) * best.certainty * (0.75 if rivals else 1.0)
    return Dated(best.day, round(sure, 2))
