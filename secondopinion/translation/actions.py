"""Keeping a translation that a person made; machines and the work-queue come in a later part."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import Refused
from secondopinion.translation.models import Method, Translation


@transaction.atomic
def add(
    *,
    by: Person,
    case: Case,
    subject_kind: str,
    subject_id: UUID,
    source_language: str,
    language: str,
    text: str,
) -> Translation:
    """Keep a person's translation of a page or record; earlier ones stay.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Refused: without text, or into the language it is in.
    """
    require(case, by, Part.COORDINATOR)
    if not text.strip():
        raise Refused(_("Write the translation first."), code="text-missing", field="text")
    if source_language == language:
        raise Refused(_("Both languages are the same."), code="same-language", field="language")
    made = Translation.objects.create(
        case=case,
        subject_kind=subject_kind,
        subject_id=subject_id,
        source_language=source_language,
        language=language,
        text=text.strip(),
        method=Method.PERSON,
        made_by=by,
    )
    audit.record(
        "translation-added", by=by, case_id=case.pk, target=made, detail={"language": language}
    )
    return made
