"""Numbers as laboratories write them: "1,234" is 1.234 in one country and 1234 in another.

What decides: what can be at all, then the range beside the number and the sign that it is high or
low, then how the page writes its other numbers. Where only the language and country speak, or
nothing does, both readings are told.
"""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

PROVEN, SPOKEN, OPEN = 0.8, 0.5, 0.3  # how sure a reading is: by the page, by its country, by none
_FEWEST, _MOSTLY = 2, 0.9  # numbers of a page that show its mark, and the share that agrees
_NUMBER = re.compile(r"(?<![\w.,:/^-])\d+(?:[.,]\d+)+(?![\w:/^]|[.,-]\d)")
_PARTED = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})+")
_HIGH = re.compile(r"[↑]|(?<!\w)(?:h|high|alto|alta|hoch|eleve)(?!\w)")
_LOW = re.compile(r"[↓]|(?<!\w)(?:l|low|bajo|baja|niedrig|bas)(?!\w)")
_OTHER = {".": ",", ",": "."}


@dataclass(frozen=True, slots=True)
class Marks:
    """The decimal marks of a page: that which its own numbers show, and that of its language in its
    country; "" where neither says one."""

    shown: str = ""
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a number means and how sure that is; `other` is what it may mean too."""

    value: Decimal
    sure: float
    other: Decimal | None = None


def readings(text: str) -> tuple[Decimal, ...]:
    """Return every value that a number can have, that with a decimal mark first; none where it is
    no number. Spaces and apostrophes part thousands."""
    plain = re.sub(r"[ \u00a0']", "", text)
    if _PARTED.fullmatch(plain):
        return Decimal(plain.replace(",", ".")), Decimal(re.sub("[.,]", "", plain))
    mark = mark_of(plain)
    if mark:
        plain = plain.replace(_OTHER[mark], "").replace(mark, ".")
    return (Decimal(plain),) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else ()


def mark_of(text: str) -> str:
    """Return the decimal mark that a number shows without doubt, "" where it shows none."""
    marks = re.findall("[.,]", text)
    if not marks or _PARTED.fullmatch(text):
        return ""
    if len(marks) == 1:
        return str(marks[0])
    if _GROUPS.fullmatch(text):
        return _OTHER[marks[0]]
    last = marks[-1]
    return str(last) if marks.count(last) == 1 and len(set(marks)) == 2 else ""


def marks_of(text: str, language: str, country: str) -> Marks:
    """Return the decimal marks of a page by its (folded) text, its language and its country."""
    seen = Counter(filter(None, map(mark_of, _NUMBER.findall(text))))
    [(mark, times)] = seen.most_common(1) or [("", 0)]
    sure = times >= _FEWEST and times >= _MOSTLY * seen.total()
    return Marks(mark if sure else "", _spoken(language, country))


@cache
def _spoken(language: str, country: str) -> str:
    """Return the mark of a language in a country, as the CLDR has it; "" where the language writes
    another one than the country does, or the country is not known."""
    if not country:
        return ""
    official = get_official_languages(country, de_facto=True)[:1]
    found = {_mark_in(each, country) for each in (language, *official) if each}
    return found.pop() if len(found) == 1 else ""


def _mark_in(language: str, country: str) -> str:
    base = language.replace("-", "_").partition("_")[0]
    for name in (f"{base}_{country}", base):
        try:
            symbols = Locale.parse(name).number_symbols
        except (UnknownLocaleError, ValueError):
            continue
        return str(symbols.get("latn", {}).get("decimal", ""))
    return ""


def meant(
    text: str, likely: tuple[Decimal, ...], ends: tuple[str, str], beside: str, marks: Marks
) -> Meant | None:
    """Return which of its `likely` readings a number has; None without any.

    `ends` are those of the range beside it, "" where it has none; `beside` is the rest of its line,
    in which it may be called high or low.
    """
    if len(likely) < 2:
        whole = len(readings(text)) < 2 and " " not in text
        return Meant(likely[0], 1.0 if whole else PROVEN) if likely else None
    decimal, grouped = likely
    shown = next(filter(None, map(mark_of, ends)), "")
    called = _called(likely, ends, beside, shown or marks.shown)
    mark = shown or marks.shown
    if called is not None or mark:
        value = called if called is not None else decimal if mark in text else grouped
        return Meant(value, PROVEN)
    if marks.spoken:
        first, second = (decimal, grouped) if marks.spoken in text else (grouped, decimal)
        return Meant(first, SPOKEN, second)
    return Meant(decimal, OPEN, grouped)


def _called(
    likely: tuple[Decimal, ...], ends: tuple[str, str], beside: str, mark: str
) -> Decimal | None:
    """Return the one reading that lies where the page says: above its range, or below it."""
    low, high = (in_mark(each, mark) for each in ends)
    fitting = [
        each for each in likely
        if (high is not None and _HIGH.search(beside) and each > high)
        or (low is not None and _LOW.search(beside) and each < low)
    ]  # fmt: skip
    return fitting[0] if len(fitting) == 1 else None


def in_mark(text: str, mark: str) -> Decimal | None:
    """Return a number as a decimal mark has it read; None where it says two things without one."""
    values = readings(text)
    if len(values) < 2:
        return values[0] if values else None
    return (values[0] if mark in text else values[1]) if mark else None
