"""The versions of a draft: what each saving changed, two of them beside each other, going back."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from django.db import transaction

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core.errors import NotYours
from secondopinion.opinions import writing
from secondopinion.opinions.models import Opinion, SignedReport, Version

PAUSE = timedelta(minutes=3)  # savings that follow each other more closely are one sitting
_PIECES = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")


@dataclass(frozen=True, slots=True)
class Sitting:
    """Savings that followed each other, the last one last, and what it was signed as."""

    savings: tuple[Version, ...]
    changed: frozenset[str]
    signed: SignedReport | None

    @property
    def last(self) -> Version:
        """What was saved last."""
        return self.savings[-1]

    @property
    def saved(self) -> int:
        """How many savings they are."""
        return len(self.savings)


def sittings(opinion: Opinion) -> list[Sitting]:
    """Return what was written, sitting by sitting, the latest first; a signature ends one."""
    rows = list(opinion.versions.select_related("by"))
    signed = {
        row.revision: row for row in opinion.case.signed_reports.exclude(revision__isnull=True)
    }
    ends = {
        row.revision
        for row, after in pairwise(rows)
        if after.created_at - row.created_at > PAUSE or row.by_id != after.by_id
    }
    found: list[Sitting] = []
    changed: set[str] = set()
    savings: list[Version] = []
    for row in rows:
        savings.append(row)
        changed |= set(row.changed)
        if row.revision in ends or row.revision in signed or row is rows[-1]:
            found.append(Sitting(tuple(savings), frozenset(changed), signed.get(row.revision)))
            changed, savings = set(), []
    return found[::-1]


def text_at(opinion: Opinion, revision: int) -> dict[str, str]:
    """Return every field of the draft as it stood at a revision.

    Raises:
        NotYours: the draft never had it.
    """
    rows = list(opinion.versions.filter(revision__lte=revision))
    if not rows or rows[-1].revision != revision:
        raise NotYours
    body: dict[str, str] = {}
    for row in rows:
        body |= row.changed
    return body


def elsewhere(opinion: Opinion, base: int) -> dict[str, str]:
    """Return the fields that were changed after a revision, as they are now."""
    changed: dict[str, str] = {}
    for row in opinion.versions.filter(revision__gt=base):
        changed |= row.changed
    return changed


def of_others(opinion: Opinion, values: dict[str, str], base: int) -> dict[str, str]:
    """Return what other windows have changed since `base`, once a window has saved `values`: asked
    before, what comes in between would never be told."""
    own = touched(opinion, values, base)
    return {name: each for name, each in elsewhere(opinion, base).items() if name not in own}


def clashes(opinion: Opinion, values: dict[str, str], base: int) -> list[str]:
    """Return which fields say something else than what another window has written since `base`."""
    theirs = elsewhere(opinion, base)
    return [name for name in touched(opinion, values, base)
            if name in theirs and _lines(values[name]) != _lines(theirs[name])]  # fmt: skip


def touched(opinion: Opinion, values: dict[str, str], base: int) -> dict[str, str]:
    """Return the values that a window has not merely kept as they stood at revision `base`."""
    then: dict[str, str] = {}
    for row in opinion.versions.filter(revision__lte=base):
        then |= row.changed
    return {name: each for name, each in values.items()
            if _lines(each) != _lines(then.get(name, ""))}  # fmt: skip


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")  # as forms send the ends of lines


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: in both versions (``same``), only in the first (``gone``), or only in the
    second (``new``)."""

    how: str
    text: str


def compared(before: dict[str, str], after: dict[str, str]) -> dict[str, list[Piece]]:
    """Return the fields that differ, word by word."""
    return {
        name: list(_pieces(before.get(name, ""), after.get(name, "")))
        for name in dict.fromkeys([*after, *before])
        if before.get(name, "") != after.get(name, "")
    }


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    for how, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            yield Piece("same", "".join(old[i:j]))
            continue
        if i < j:
            yield Piece("gone", "".join(old[i:j]))
        if k < m:
            yield Piece("new", "".join(new[k:m]))


@transaction.atomic
def go_back(*, by: Person, opinion: Opinion, revision: int) -> Opinion:
    """Make the draft what it was at a revision, as a new one: what came between is kept too.

    Raises:
        NotYours: the draft is somebody else's, or never had this revision.
        Conflict: it is signed.
    """
    draft = writing.own_draft(opinion, by)
    then = text_at(draft, revision)
    writing.write(draft, by, {name: then.get(name, "") for name in {*draft.body, *then}})
    audit.record("report-set-back", by=by, case_id=draft.case_id, target=draft)
    return draft
