"""Asking for a translation, writing it, checking it."""

from collections.abc import Mapping

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role
from secondopinion.audit import actions as audit
from secondopinion.cases import needs
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.messaging.actions import notify
from secondopinion.translation import engines
from secondopinion.translation.closing import is_closed
from secondopinion.translation.keeping import tell
from secondopinion.translation.models import (
    CHECKED,
    WORDS,
    Method,
    Translation,
    TranslationPart,
    TranslationState,
)
from secondopinion.translation.queries import outside_agreed
from secondopinion.translation.rules import OPEN, changed, locked
from secondopinion.translation.tasks import machine_draft


@transaction.atomic
def ask(
    *,
    by: Person,
    case: Case,
    subject: models.Model,
    title: str,
    original: str,
    source_language: str,
    language: str,
    translator: Person | None,
    reviewer: Person | None = None,
    text: str = "",
    machine: bool = False,
) -> Translation:
    """Ask a translator for the text of a record, or of a report, in another language.

    `text` is a translation that came with the record; `machine` has an engine draft one first.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Refused: the record is closed, both languages are the same, somebody lacks the role or would
            check their own work, or no engine knows the languages.
    """
    require(case, by, Part.COORDINATOR)
    if is_closed(subject.pk):
        raise Refused(
            _("This document may be another child’s. Settle that first: look at it under “What "
              "checks found”."),
            code="locked-away", field="record",
        )  # fmt: skip
    if not source_language or source_language == language:
        raise Refused(
            _("Say in which language the record is, and into which other it goes."),
            code="same-language",
            field="language" if source_language else "source",
        )
    translator = _fitting(translator, reviewer)
    engine = (
        engines.available(source_language, language, outside_agreed=outside_agreed(case))
        if machine
        else ""
    )
    if machine and not engine:
        raise Refused(_("No machine here knows these two languages."), code="no-engine",
                      field="machine")  # fmt: skip
    row = Translation.objects.create(
        case=case, subject_kind=subject._meta.model_name or "", subject_id=subject.pk,  # noqa: SLF001
        title=title, source_language=source_language, language=language, original=original,
        text=text.strip(), asked_by=by, engine=engine,
        method=Method.CAME if text.strip() else Method.PERSON,
        state=TranslationState.DRAFT if text.strip() else TranslationState.REQUESTED,
    )  # fmt: skip
    audit.record(
        "translation-asked", by=by, case_id=case.pk, target=row, detail={"language": language}
    )
    give_parts(row, translator, reviewer, by)
    if engine:
        machine_draft.enqueue(str(row.pk))
    return row


def _fitting(
    translator: Person | None, reviewer: Person | None, by: Person | None = None
) -> Person:
    """Return the translator, where both may do it; `by` may translate without the role.

    Raises:
        Refused: somebody lacks the role, or would check their own work.
    """
    if translator is None or not (translator == by or has_role(translator, Role.TRANSLATOR)):
        raise Refused(_("Choose a translator."), code="no-translator", field="translator")
    if reviewer is not None and (
        reviewer.pk == translator.pk or not has_role(reviewer, Role.TRANSLATION_REVIEWER)
    ):
        raise Refused(
            _("Choose a reviewer who is not the translator."), code="no-reviewer", field="reviewer"
        )
    return translator


@transaction.atomic
def give(
    *, by: Person, translation: Translation, translator: Person | None, reviewer: Person | None
) -> Translation:
    """Say who translates what the family wrote, and who checks it; who had it before loses it.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Refused: somebody lacks the role (a coordinator may translate themselves), or would check
            their own work.
        Conflict: it is handed over already.
    """
    require(translation.case, by, Part.COORDINATOR)
    row = Translation.objects.select_for_update().select_related("case").get(pk=translation.pk)
    if row.state not in OPEN:
        raise changed()
    translator = _fitting(translator, reviewer, by)
    _end_parts(row)
    give_parts(row, translator, reviewer, by)
    return row


@transaction.atomic
def name_reviewer(
    *, by: Person, translation: Translation, reviewer: Person | None
) -> Translation:  # fmt: skip
    """Say who checks a translation that nobody has checked yet, in the place of who was to.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Refused: they lack the role, or would check their own work.
        Conflict: it is checked, or withdrawn.
    """
    require(translation.case, by, Part.COORDINATOR)
    row = Translation.objects.select_for_update().select_related("case").get(pk=translation.pk)
    if row.state not in {*OPEN, TranslationState.WRITTEN}:
        raise changed()
    parts = row.parts.filter(until__isnull=True)
    translators = parts.filter(kind=TranslationPart.Kind.TRANSLATOR).values_list(
        "person", flat=True
    )
    own = reviewer is not None and reviewer.pk in {row.made_by_id, *translators}
    if reviewer is None or own or not has_role(reviewer, Role.TRANSLATION_REVIEWER):
        raise Refused(
            _("Choose a reviewer who is not the translator."), code="no-reviewer", field="reviewer"
        )
    parts.filter(kind=TranslationPart.Kind.REVIEWER).update(until=clock.now())
    _give(row, reviewer, TranslationPart.Kind.REVIEWER, by)
    if row.state == TranslationState.WRITTEN:
        _tell(row, reviewer)
    return row


def give_parts(
    row: Translation, translator: Person, reviewer: Person | None, by: Person | None
) -> None:
    """Give the parts in a translation, and tell its translator."""
    _give(row, translator, TranslationPart.Kind.TRANSLATOR, by)
    if reviewer is not None:
        _give(row, reviewer, TranslationPart.Kind.REVIEWER, by)
    if translator != by:
        _tell(row, translator)
    hold_need(row.case)


def hold_need(case: Case) -> None:
    """Let the desk be needed as long as nobody has been asked to translate what was written."""
    live = TranslationPart.objects.filter(translation=OuterRef("pk"), until=None)
    rows = Translation.objects.filter(case=case, subject_kind__in=WORDS)
    unwritten = rows.filter(~Exists(live.filter(kind=TranslationPart.Kind.TRANSLATOR)),
                            state__in=OPEN)  # fmt: skip
    needs.hold(case, Why.TRANSLATE, unwritten.exists())


def _give(row: Translation, person: Person, kind: str, by: Person | None) -> None:
    TranslationPart.objects.create(translation=row, person=person, kind=kind)
    audit.record(
        "translation-part-given", by=by, case_id=row.case_id, target=person, detail={"as": kind}
    )


def _tell(row: Translation, *people: Person) -> None:
    for person in people:
        notify(
            to=person, template="message-waiting", case_id=row.case_id,
            case_reference=row.case.reference, link="/translations/",
        )  # fmt: skip


@transaction.atomic
def save(
    *, by: Person, translation: Translation, base_revision: int | None, text: str | None = None,
    original: str | None = None, passages: Mapping[str, str] | None = None,
) -> Translation:  # fmt: skip
    """Keep what the translator has typed; the original of a record may be typed where it is only a
    picture. That of a report stays as it was signed.

    `passages` are the translations of what was written at home, by their keys.

    Raises:
        NotYours: by somebody who is not its translator.
        Conflict: it was changed in another window, or is finished.
    """
    row = locked(translation, by, TranslationPart.Kind.TRANSLATOR)
    if base_revision is not None and base_revision != row.revision:
        raise Conflict(
            _("The translation was changed in another window. Load the page again."),
            code="changed-elsewhere",
        )
    if row.state == TranslationState.REQUESTED:
        audit.record("translation-begun", by=by, case_id=row.case_id, target=row)
    row.text = row.text if text is None else text
    if original is not None and row.subject_kind == "record":
        row.original = original
    row.passages = [
        each | {"text": (passages or {}).get(each["key"], each["text"])} for each in row.passages
    ]
    row.state = TranslationState.DRAFT
    row.revision += 1
    row.save(update_fields=["text", "original", "passages", "state", "revision"])
    return row


@transaction.atomic
def finish(*, by: Person, translation: Translation) -> Translation:
    """Hand a translation over to be checked; what the checks find goes to the desk. Where nobody
    is asked to check it, it is open to its translator no more.

    Raises:
        NotYours: by somebody who is not its translator.
        Refused: there is no text, or one of several is missing.
        Conflict: it is finished already.
    """
    row = locked(translation, by, TranslationPart.Kind.TRANSLATOR)
    if not all(text.strip() for _key, _original, text in row.texts):
        raise Refused(_("Write the translation first."), code="text-missing", field="text")
    row.state, row.made_by, row.made_at = TranslationState.WRITTEN, by, clock.now()
    row.save(update_fields=["state", "made_by", "made_at"])
    tell(row)
    audit.record("translation-written", by=by, case_id=row.case_id, target=row)
    parts = row.parts.filter(kind=TranslationPart.Kind.REVIEWER, until__isnull=True)
    reviewers = [part.person for part in parts.select_related("person")]
    if reviewers:
        _tell(row, *reviewers)
    else:
        _end_parts(row)
    return row


@transaction.atomic
def sign_off(*, by: Person, translation: Translation) -> Translation:
    """Say that a translation was compared with its original by a second person.

    Raises:
        NotYours: by somebody who is not its reviewer.
        Conflict: it is not there to be checked.
    """
    row = locked(translation, by, TranslationPart.Kind.REVIEWER)
    row.state, row.reviewed_by, row.reviewed_at = TranslationState.REVIEWED, by, clock.now()
    row.method = CHECKED[Method(row.method)]
    row.save(update_fields=["state", "reviewed_by", "reviewed_at", "method"])
    _end_parts(row)
    audit.record("translation-reviewed", by=by, case_id=row.case_id, target=row)
    return row


@transaction.atomic
def send_back(*, by: Person, translation: Translation, note: str) -> Translation:
    """Give a translation back to its translator with what is to be changed; it is open to them
    again where their work had ended.

    Raises:
        NotYours: by somebody who is not its reviewer.
        Refused: without a note.
        Conflict: it is not there to be checked.
    """
    row = locked(translation, by, TranslationPart.Kind.REVIEWER)
    if not note.strip():
        raise Refused(_("Say what is to be changed."), code="note-missing", field="note")
    row.state, row.note = TranslationState.DRAFT, note.strip()
    row.save(update_fields=["state", "note"])
    audit.record("translation-sent-back", by=by, case_id=row.case_id, target=row)
    if row.made_by is not None:
        give_again(row, row.made_by, TranslationPart.Kind.TRANSLATOR, by)
        _tell(row, row.made_by)
    return row


def give_again(
    row: Translation, person: Person, kind: TranslationPart.Kind, by: Person | None = None
) -> None:
    """Give somebody the part again that they had, where it has ended."""
    if not row.parts.filter(person=person, kind=kind, until__isnull=True).exists():
        _give(row, person, kind, by or person)


def _end_parts(row: Translation) -> None:
    row.parts.filter(until__isnull=True).update(until=clock.now())
