"""Whose page this is: the name and the birth date that stand on it against the child's."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from secondopinion.findings import names
from secondopinion.findings.found import BLOCKER, WARNING, Found, gettext_noop
from secondopinion.records.checks import days
from secondopinion.records.checks.identifiers import OTHERS, OWN, UNSAID, Number
from secondopinion.translation.checks import languages
from secondopinion.translation.checks.folding import fold, folded

NAME, PATIENTS = "whose@2", "patients-of-pages@2"
DATA = Path(__file__).resolve().parent.parent / "data" / "labels.toml"
MOST_WORDS = 5
EARLIEST = 1900  # a year of birth before it was read wrongly

OTHER_CHILD = gettext_noop("The name and the date of birth on this page are not the child’s.")
OTHER_NAME = gettext_noop("The name on this page is not the child’s.")
OTHER_DAY = gettext_noop("The date of birth on this page is not the child’s.")
TWO = gettext_noop("The pages of this document carry more than one patient’s name.")
CHECK = gettext_noop("Check that this page is about this child. If it is not, tell us.")


@dataclass(frozen=True, slots=True)
class Child:
    """The child of the request: spellings of the name, and the birth date."""

    names: tuple[str, ...] = ()
    born: date | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """Who a page says that it is about: names behind labels, dates of birth."""

    names: tuple[str, ...] = ()
    born: tuple[date, ...] = ()


@cache
def labels() -> dict[str, Any]:
    """Return the lists of ``labels.toml``."""
    found: dict[str, Any] = tomllib.loads(DATA.read_text())
    return found


@cache
def _label() -> re.Pattern[str]:
    return _either("name")


@cache
def _stop() -> re.Pattern[str]:
    return _either("stop")


def _either(key: str) -> re.Pattern[str]:
    words = labels()[key]["words"]
    unspaced = filter(days.UNPARTED.search, words)
    return re.compile(
        languages.expression(words, spaced=True) + "|"
        + languages.expression(unspaced, spaced=False)
    )  # fmt: skip


def patient_of(text: str, dates: Iterable[days.Seen], numbers: Iterable[Number] = ()) -> Patient:
    """Return who a text says that it is about. Some numbers hold a birth date too."""
    found: list[str] = []
    for line in text[: days.MOST_LETTERS].splitlines():
        seen = fold(line)
        for label in _label().finditer(seen.text):
            behind = seen.text[label.end() :]
            mark = re.match(r"[\s\u00a0]*(?:[:;.፦]|-[\s\u00a0])[\s\u00a0:;]*", behind)
            if mark is None and label.start() > 3:
                continue  # a word in a sentence, not a label
            start = label.end() + (mark.end() if mark else 0)
            first, _last = seen.span(start, start + 1)
            name = _name(line[first:]) if start < len(seen.text) else ""
            if name and names.given(name):
                found.append(name)
                break
    days_of_birth = [
        each.day for each in dates if each.role == "born" and each.day.year >= EARLIEST
    ]
    days_of_birth += [each.born for each in numbers if each.born]
    return Patient(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(days_of_birth)))


def _name(rest: str) -> str:
    """Return the words of a name at the beginning of what stands behind its label."""
    rest = re.split(r"[,;:،，。；：、|·•*()\[\]\d/]|\s[-–—]\s|\s{3,}|\t", rest, maxsplit=1)[0]
    kept: list[str] = []
    for word in rest.split():
        if _stop().fullmatch(folded(word)) or len(kept) == MOST_WORDS:
            break
        kept.append(word)
    name = " ".join(kept).strip(" .-–_'\"")
    return name if len(name) >= 2 and any(map(str.isalpha, name)) else ""


def _named_somewhere(child: Child, text: str, *, wholly: bool) -> bool:
    """Say whether the child's name stands anywhere in a text: `wholly`, or two words of it."""
    plain = folded(text[: days.MOST_LETTERS])
    for name in child.names:
        parts = [each for each in folded(name).split() if len(each) > 1]
        enough = len(parts) if wholly else min(2, len(parts))
        if parts and sum(part in plain for part in parts) >= enough:
            return True
    return False


def _compared(text: str, patient: Patient, child: Child) -> tuple[str, bool, bool]:
    """Return how the names compare, and whether the birth date is the child's or another."""
    born = [each for each in patient.born if child.born]
    same_day = child.born in born
    verdict = names.compare(child.names, patient.names)
    # Who shares a part of the name may be a brother or a sister.
    if verdict != names.SAME and _named_somewhere(child, text, wholly=verdict == names.LIKE):
        verdict = names.SAME
    return verdict, same_day, bool(born) and not same_day


def stance(text: str, patient: Patient, child: Child) -> str:
    """Return whether a page says by name and birth date that it is the child's, or another's."""
    verdict, same_day, other_day = _compared(text, patient, child)
    if verdict == names.DIFFERENT and not same_day:
        return OTHERS if other_day or not child.born else UNSAID
    named = verdict == names.SAME or (same_day and verdict != names.DIFFERENT)
    return OWN if named and not other_day else UNSAID


def check(
    text: str, patient: Patient, child: Child, where: dict[str, Any], trust: float = 1.0
) -> list[Found]:
    """Return whether a page seems to be another child's. `trust` is how well it was read (0 to 1):
    letters that were read badly make another name of the right one."""
    verdict, same_day, other_day = _compared(text, patient, child)
    measured = {"name": verdict, "birth_date": "same" if same_day else "other" if other_day else ""}
    other_name = verdict == names.DIFFERENT
    if other_name and other_day:
        severity = BLOCKER if trust >= 0.6 else WARNING
        return [Found("not-this-child", severity, OTHER_CHILD, CHECK, where, measured,
                      round(0.95 * trust, 2))]  # fmt: skip
    if other_name and not same_day and trust >= 0.5:
        return [Found("not-this-child", WARNING, OTHER_NAME, CHECK, where, measured,
                      round(0.7 * trust, 2))]  # fmt: skip
    if other_day and trust >= 0.5:
        return [Found("not-this-child", WARNING, OTHER_DAY, CHECK, where, measured,
                      round((0.6 if verdict == names.SAME else 0.8) * trust, 2))]  # fmt: skip
    return []


def check_patients(patients: list[Patient], where: dict[str, Any]) -> list[Found]:
    """Return whether the pages of one document name patients with other birth dates."""
    known = [each for each in patients if each.names and each.born]
    for at, one in enumerate(known):
        for other in known[at + 1 :]:
            apart = not set(one.born) & set(other.born)
            if apart and names.compare(one.names, other.names) == names.DIFFERENT:
                return [Found("more-than-one-patient", WARNING, TWO, CHECK, where, {}, 0.7)]
    return []
