"""Asking that what was written at home is translated: by itself for who reviews, or by the desk."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.core.errors import Refused
from secondopinion.translation import engines
from secondopinion.translation.actions import give_parts, hold_need
from secondopinion.translation.models import Translation, TranslationPart, TranslationState
from secondopinion.translation.queries import outside_agreed
from secondopinion.translation.tasks import machine_draft
from secondopinion.translation.told import (
    FAMILY,
    Reading,
    Said,
    every_translation,
    readings_of,
    said_in,
)

# From when the records are complete until the case ends somebody reviews, or is looked for.
_STATES = frozenset({
    State.READY, State.OFFERED, State.IN_REVIEW, State.MORE_NEEDED, State.REPORTED, State.FOLLOW_UP,
})  # fmt: skip


@transaction.atomic
def look(case_id: UUID) -> list[Translation]:
    """Ask for what those do not read who review a case, or are asked to; once, however often.

    What the desk has withdrawn is not asked for again by itself.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("request").get(pk=case_id)
    if case.state not in _STATES:
        return []
    made: list[Translation] = []
    for reading in readings_of(case):
        made += _ask(case, reading, every_translation(case), by=None)
    return made


@transaction.atomic
def ask_for_words(*, by: Person, case: Case, language: str) -> list[Translation]:
    """Ask for everything written at home that has no translation into a language as it is now.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Refused: there is nothing to be translated.
    """
    require(case, by, Part.COORDINATOR)
    Case.objects.select_for_update().get(pk=case.pk)
    live = [row for row in every_translation(case) if row.state != TranslationState.WITHDRAWN]
    made = _ask(case, Reading(frozenset({language}), language), live, by=by)
    if not made:
        raise Refused(
            _("Everything is in this language, or has been asked for already."),
            code="nothing-to-translate", field="language",
        )  # fmt: skip
    return made


def _ask(
    case: Case, reading: Reading, rows: list[Translation], by: Person | None
) -> list[Translation]:
    """Make one item of the queue for each who wrote and each language of what is missing."""
    known = {
        (key, original)
        for row in rows if row.language in reading.languages
        for key, original, _text in row.texts
    }  # fmt: skip
    missing: dict[tuple[str, str], list[Said]] = {}
    for each in said_in(case):
        if each.language not in reading.languages and (each.key, each.text) not in known:
            missing.setdefault((each.who, each.language), []).append(each)
    return [
        _make(case, who, source, reading.into, said, by) for (who, source), said in missing.items()
    ]


def _make(
    case: Case, who: str, source: str, into: str, said: list[Said], by: Person | None
) -> Translation:
    subject = case.request if who == FAMILY else case.local_provider
    row = Translation.objects.create(
        case=case, subject_kind=who, subject_id=subject.pk, source_language=source, language=into,
        passages=[{"key": each.key, "original": each.text, "text": ""} for each in said],
        asked_by=by, engine=engines.available(source, into, outside_agreed=outside_agreed(case)),
    )  # fmt: skip
    audit.record("translation-asked", by=by, case_id=case.pk, target=row, detail={"language": into})
    translator, reviewer = _who_knows_it(row)
    if translator is not None:
        give_parts(row, translator, reviewer, by)
    else:
        hold_need(case)
    if row.engine:
        machine_draft.enqueue(str(row.pk))
    return row


def _who_knows_it(row: Translation) -> tuple[Person | None, Person | None]:
    """Return who translated, and who checked, what was written in this case before."""
    parts = TranslationPart.objects.filter(
        translation__case=row.case_id, translation__source_language=row.source_language,
        translation__language=row.language, translation__subject_kind=row.subject_kind,
    ).exclude(translation__state=TranslationState.WITHDRAWN)  # fmt: skip
    translator = _last(parts, TranslationPart.Kind.TRANSLATOR, Role.TRANSLATOR)
    reviewer = _last(parts, TranslationPart.Kind.REVIEWER, Role.TRANSLATION_REVIEWER)
    return translator, None if reviewer == translator else reviewer


def _last(parts: QuerySet[TranslationPart], kind: str, role: Role) -> Person | None:
    found = parts.filter(kind=kind).select_related("person").order_by("-since").first()
    return found.person if found and has_role(found.person, role) else None
