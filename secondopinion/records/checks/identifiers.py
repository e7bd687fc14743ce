"""Numbers that belong to one person, found by the words before them: on which pages they are the
child's, and on which another's.

A number of a state is one for life. A hospital's number is compared within one document or under
one letterhead, where it has the same form: each hospital counts for itself. A number of one stay
says only which pages belong together.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from secondopinion.findings.found import BLOCKER, WARNING, Found, gettext_noop
from secondopinion.translation.checks import languages
from secondopinion.translation.checks.folding import folded

NAME = "identifiers@1"
DATA = Path(__file__).resolve().parent.parent / "data" / "identifiers.toml"
NATIONAL, HOSPITAL, STAY = "national", "hospital", "stay"
OWN, OTHERS, UNSAID = "own", "other", ""  # what the name and birth date of a page say
MOST_LETTERS = 20_000
FEWEST_DIGITS = {NATIONAL: 7, HOSPITAL: 4, STAY: 4}
HEAD_LINES = 10  # in which a letterhead stands
SAME_HEAD = 0.9  # of the letters of two letterheads
ADULT = 18  # years: a number that holds such a birth date is a parent's
DOUBT = 0.5  # how well a page must be read: below it, digits are not believed

GIVEN_TO_ANOTHER = gettext_noop("This page carries the number of another patient.")
NOT_THE_SAME = gettext_noop("The patient’s number on this page is not the child’s.")
CHECK = gettext_noop("Check that this page is about this child. If it is not, tell us.")

_UNPARTED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]")  # written without spaces
_GAP = r"[^\S\n]*"
_BETWEEN = (
    rf"{_GAP}(?:\((?:mrn|id|no|nhc|hn)\))?{_GAP}"
    rf"(?:(?:no|nr|num|numero|number|n°|n|код|ne|رقم|号|号码|نمبر|क्रमांक|संख्या|№|#)(?![^\W\d_])[.°:]?)?"
    rf"{_GAP}[:.;#№=|،፡፦\-]*{_GAP}(?:\n{_GAP})?"
)
_NUMBER = (
    r"(?P<number>"
    r"[a-z]{4}\d{6}[hmx][a-z]{5}[a-z0-9]\d|"  # Mexico: CURP
    r"[a-z]{6}\d{2}[a-z]\d{2}[a-z]\d{3}[a-z]|"  # Italy: codice fiscale
    r"\d{1,5}(?:[ \u00a0-]\d{2,5}){2,6}(?![\d./-])|"
    r"(?:[a-z]{1,4}[-/ ]?)?\d+(?:[-/.]\d+){0,4}(?:-?[a-z](?![a-z0-9]))?(?![a-z0-9])"
    r")"
)
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d\d")
_TELEPHONE = re.compile(r"^0\d{2,3}[- ]\d{3}")
_BIRTHS = (  # forms of numbers that hold a birth date: century, year, month, day
    re.compile(r"\d{6}(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)\d{3}[\dX]"),  # China
    re.compile(r"(?P<century>[23])(?P<short>\d\d)(?P<month>\d\d)(?P<day>\d\d)\d{7}"),  # Egypt
    re.compile(r"[A-Z]{4}(?P<short>\d\d)(?P<month>\d\d)(?P<day>\d\d)[HMX][A-Z]{5}[A-Z\d]\d"),
    re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)\d{5}"),  # Ukraine: the register
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a person: ``national``, ``hospital`` or ``stay``; letters and digits alone."""

    kind: str
    value: str

    @property
    def form(self) -> str:
        """The value with 9 for every digit and A for every letter."""
        return re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", self.value))

    @property
    def born(self) -> date | None:
        """The birth date that a national number holds, as some states write it."""
        if self.kind != NATIONAL:
            return None
        found = next(filter(None, (each.fullmatch(self.value) for each in _BIRTHS)), None)
        if found is None:
            return None
        parts = found.groupdict()
        year = int(parts.get("year") or 0)
        if not year:
            century = {"2": 1900, "3": 2000}.get(parts.get("century") or "", 2000)
            year = century + int(parts["short"])
        try:
            return date(year, int(parts["month"]), int(parts["day"]))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Marks:
    """What a page says of whose it is: `stance` by name and birth date, its numbers, the heads of
    letters under which they were given, and how well it was read (0 to 1)."""

    document: str
    page: int
    stance: str = UNSAID
    numbers: tuple[Number, ...] = ()
    issuers: tuple[str, ...] = ()
    trust: float = 1.0


@cache
def _words() -> dict[str, list[str]]:
    return {key: row["words"] for key, row in tomllib.loads(DATA.read_text()).items()}


def _either(key: str) -> str:
    words = _words()[key]
    joined = languages.expression(filter(_UNPARTED.search, words), spaced=False)
    return f"(?:{languages.expression(words, spaced=True)}|{joined})"


@cache
def _labelled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(f"(?P<label>{_either(key)}){_BETWEEN}{_NUMBER}"))
        for kind, key in (
            (NATIONAL, "national"), (STAY, "stay"), (HOSPITAL, "hospital"), (HOSPITAL, "bare")
        )
    )  # fmt: skip


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(_either(key))


@cache
def _bare() -> re.Pattern[str]:
    return _pattern("bare")


def find(text: str, today: date) -> tuple[Number, ...]:
    """Return the numbers of persons in a text, but those that hold a grown-up's birth date."""
    plain = folded(text[:MOST_LETTERS])
    taken: list[tuple[int, int]] = []
    found: list[Number] = []
    for kind, pattern in _labelled():
        for each in pattern.finditer(plain):
            start, end = each.span("number")
            if any(start < last and first < end for first, last in taken):
                continue
            before = plain[plain.rfind("\n", 0, each.start()) + 1 : each.start()]
            if _somebody_elses(before, each["label"]):
                continue
            number = _sound(kind, each["number"])
            if number is None:
                continue
            taken.append((start, end))
            if not number.born or (today - number.born).days < ADULT * 365:
                found.append(number)
    return tuple(dict.fromkeys(found))


def _somebody_elses(before: str, label: str) -> bool:
    """Say by what stands before a label in its line whether the number is no patient's."""
    field = re.split(r"[;,،|()\t]|\s{3,}|[:.]\s", before)[-1]
    if _bare().fullmatch(label):
        return bool(field.strip())
    return bool(_pattern("not").search(field[-40:]))


def _sound(kind: str, written: str) -> Number | None:
    """Return what is written as a person's number; None for a day, a telephone, or too little."""
    written = written.strip(" -/.\u00a0")
    value = re.sub(r"[^a-z0-9]", "", written).upper()
    digits = re.sub(r"\D", "", value)
    plain = len(digits) >= FEWEST_DIGITS[kind] and len(set(digits)) > 1 and len(value) <= 22
    if not plain or _DAY.fullmatch(written) or _TELEPHONE.match(written):
        return None
    return Number(kind, value)


def issuers(text: str) -> tuple[str, ...]:
    """Return the lines at the head of a text that name a hospital or laboratory, letters alone."""
    lines = [line for line in text[:MOST_LETTERS].splitlines() if line.strip()][:HEAD_LINES]
    found = []
    for line in map(folded, lines):
        letters = " ".join(re.findall(rf"{languages.LETTER}+", re.sub(r"\d", " ", line)))
        if 6 <= len(letters) <= 90 and _pattern("issuer").search(letters):
            found.append(letters)
    return tuple(dict.fromkeys(found))[:3]


def check(pages: Iterable[Marks]) -> list[tuple[Marks, Found]]:
    """Return which pages of a case carry another patient's number. Pages that are told to be
    another's by name and birth date are not told again."""
    rows = list(pages)
    own = [row for row in rows if row.stance == OWN and row.trust >= DOUBT]
    ours = {number.value for row in own for number in row.numbers}
    theirs = {
        number.value for row in rows if row.stance == OTHERS and row.trust >= DOUBT
        for number in row.numbers
    } - ours  # fmt: skip
    found = []
    for row in rows:
        if row.stance == OTHERS or row.trust < DOUBT:
            continue
        if any(number.value in ours for number in row.numbers) and row.stance != OWN:
            continue
        said = next(filter(None, (_of(row, each, own, theirs) for each in row.numbers)), None)
        if said is not None:
            found.append((row, said))
    return found


def _of(row: Marks, number: Number, own: list[Marks], theirs: set[str]) -> Found | None:
    where, measured = {"page": row.page}, {"number": number.kind}
    if row.stance != OWN and number.value in theirs:
        return Found("not-this-child", BLOCKER, GIVEN_TO_ANOTHER, CHECK, where, measured,
                     round(0.95 * row.trust, 2))  # fmt: skip
    if number.kind == STAY or (number.kind == HOSPITAL and row.stance == OWN):
        return None  # a child who is named may have been given a second one
    known = [
        each.value for other in own for each in other.numbers
        if (each.kind, each.form) == (number.kind, number.form)
        and (number.kind == NATIONAL or _one_house(row, other))
    ]  # fmt: skip
    # Of two that stand on the child's own pages, the commoner is the child's, else the earlier.
    usual = max(known, key=known.count, default=number.value)
    if _near(number.value, usual, row.trust):
        return None
    if number.kind == NATIONAL and row.stance != OWN:
        return Found("not-this-child", BLOCKER, NOT_THE_SAME, CHECK, where, measured,
                     round(0.9 * row.trust, 2))  # fmt: skip
    sure = 0.5 if number.kind == NATIONAL else 0.75
    return Found("not-this-child", WARNING, NOT_THE_SAME, CHECK, where, measured,
                 round(sure * row.trust, 2))  # fmt: skip


def _one_house(row: Marks, other: Marks) -> bool:
    """Say whether two pages are of one document, or of one hospital by their heads."""
    if row.document == other.document:
        return True
    return any(
        SequenceMatcher(None, one, two).ratio() >= SAME_HEAD
        for one in row.issuers for two in other.issuers
    )  # fmt: skip


def _near(value: str, other: str, trust: float) -> bool:
    """Say whether two numbers of one form are the same, as well as their pages were read: an engine
    takes one digit for another."""
    apart = sum(one != two for one, two in zip(value, other, strict=True))
    return apart <= (1 if trust < 1 else 0)
