"""What somebody has handed over or signed off, and taking it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.audit import actions as audit
from secondopinion.audit.queries import seen_since
from secondopinion.cases.models import Part
from secondopinion.cases.queries import who_holds
from secondopinion.cases.states import ENDED
from secondopinion.core.errors import NotYours
from secondopinion.translation import closing
from secondopinion.translation.actions import give_again
from secondopinion.translation.keeping import tell
from secondopinion.translation.models import (
    CHECKED,
    WORDS,
    Method,
    Translation,
    TranslationPart,
    TranslationState,
)
from secondopinion.translation.queries import DOERS
from secondopinion.translation.rules import changed

# What is signed in the program's name afterwards is not taken back from under it.
RETURNS = ("record", *WORDS)
_READS = (Part.SPECIALIST, Part.SECOND_READER)
_UNCHECKED = {checked: method for method, checked in CHECKED.items()}


@dataclass(frozen=True, slots=True)
class Done:
    """Something that somebody handed over or signed off: when, as which part, and whether the
    next one has begun with it."""

    row: Translation
    kind: TranslationPart.Kind
    at: datetime
    begun: bool

    @property
    def returns(self) -> bool:
        """Whether it can be taken back: a sign-off as long as the case goes on, a hand-over until
        somebody has begun with it."""
        if self.row.subject_kind not in RETURNS:
            return False
        if self.kind == TranslationPart.Kind.REVIEWER:
            return True
        return not self.begun and self.row.state == TranslationState.WRITTEN


def _rows(person: Person) -> QuerySet[Translation]:
    """Return what a person handed over or signed off in cases that go on; what is withdrawn or
    closed is closed to them too."""
    written = Q(made_by=person, state__in=[TranslationState.WRITTEN, TranslationState.REVIEWED])
    checked = Q(reviewed_by=person, state=TranslationState.REVIEWED)
    rows = Translation.objects.filter(written | checked).exclude(case__state__in=ENDED)
    return rows.exclude(closing.closed()).select_related("case").order_by("-made_at")


def done_by(person: Person) -> list[Done]:
    """Return what a person handed over or signed off, the latest first, as long as its case goes
    on; its text stays closed to them."""
    return _done(list(_rows(person)), person)


def _done(rows: Collection[Translation], person: Person) -> list[Done]:
    held = staff_roles(person)
    begun = _begun([row for row in rows if row.made_by_id == person.pk])
    return [
        Done(row, kind, at, row.pk in begun)
        for row in rows
        for kind, who, at in (
            (TranslationPart.Kind.REVIEWER, row.reviewed_by_id, row.reviewed_at),
            (TranslationPart.Kind.TRANSLATOR, row.made_by_id, row.made_at),
        )
        if who == person.pk and at is not None and held & DOERS[kind]
    ]


def _begun(rows: Collection[Translation]) -> set[UUID]:
    """Return with which translations somebody has begun since they were handed over: who checks one
    opened it, or who reviews its case opened anything there. Every reading is in the audit."""
    since = {row.pk: row.made_at for row in rows if row.made_at is not None}
    if not since:
        return set()
    readers = who_holds({row.case_id for row in rows}, _READS)
    parts = TranslationPart.objects.filter(
        translation__in=since, kind=TranslationPart.Kind.REVIEWER
    )
    checkers = set(parts.values_list("translation_id", "person_id"))
    people = {person for _of, person in readers | checkers}
    seen = list(seen_since({row.case_id for row in rows}, people, min(since.values())))
    return {
        row.pk
        for row in rows
        for case, actor, target, at in seen
        if case == row.case_id and at > since[row.pk]
        and ((case, actor) in readers or ((row.pk, actor) in checkers and target == str(row.pk)))
    }  # fmt: skip


@transaction.atomic
def take_back(*, by: Person, translation_id: UUID) -> Translation:
    """Take back what one has handed over, or open again what one has signed off; it is open to them
    as before.

    Raises:
        NotYours: it is not theirs, or its case goes on no more.
        Conflict: somebody has begun with it.
    """
    row = _rows(by).select_for_update(of=("self",)).filter(pk=translation_id).first()
    if row is None:
        raise NotYours
    done = next((each for each in _done([row], by) if each.returns), None)
    if done is None:
        raise changed()
    if done.kind == TranslationPart.Kind.REVIEWER:
        row.state, row.method = TranslationState.WRITTEN, _UNCHECKED[Method(row.method)]
        row.reviewed_by, row.reviewed_at = None, None
        row.save(update_fields=["state", "method", "reviewed_by", "reviewed_at"])
        tell(row)
        audit.record("translation-reopened", by=by, case_id=row.case_id, target=row)
    else:
        row.state = TranslationState.DRAFT
        row.save(update_fields=["state"])
        audit.record("translation-taken-back", by=by, case_id=row.case_id, target=row)
    give_again(row, by, done.kind)
    return row
