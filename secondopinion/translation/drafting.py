"""A machine's draft of a translation, in a transaction of its own."""

from typing import Any

from django.db import transaction

from secondopinion.audit import actions as audit
from secondopinion.translation import engines, outside
from secondopinion.translation.closing import is_closed
from secondopinion.translation.models import Method, Translation, TranslationState
from secondopinion.translation.queries import OVER, outside_agreed


def draft_by_machine(translation_id: str) -> None:
    """Draft a translation; what a person has begun in the meantime is left alone, and so is what
    nobody translates any more: of a request that was withdrawn, or a closed record, nothing leaves.

    Raises:
        Trouble, NoEngine: it is worth another try.
    """
    row = Translation.objects.select_related("case").get(pk=translation_id)
    if row.state != TranslationState.REQUESTED or row.case.state in OVER:
        return
    if is_closed(row.subject_id):
        return
    try:
        drafted = _drafted(row)
    except outside.Trouble as trouble:
        Translation.objects.filter(pk=row.pk).update(trouble=trouble.code)
        if trouble.lasting:
            return
        raise
    with transaction.atomic():
        changed = Translation.objects.filter(pk=row.pk, state=TranslationState.REQUESTED).update(
            method=Method.MACHINE, state=TranslationState.DRAFT, trouble="",
            revision=row.revision + 1, **drafted,
        )  # fmt: skip
        if changed:
            audit.record("translation-drafted", by=None, case_id=row.case_id, target=row)


def _drafted(row: Translation) -> dict[str, Any]:
    """Return what a machine makes of each text, as the columns that keep it."""
    if engines.is_outside(row.engine):
        _let_out(row)
    made = {
        key: outside.translate(original, row.source_language, row.language)
        if engines.is_outside(row.engine)
        else engines.draft(row.engine, original)
        for key, original, _text in row.texts
    }
    if row.passages:
        return {"passages": [each | {"text": made[each["key"]]} for each in row.passages]}
    return {"text": made[""]}


def _let_out(row: Translation) -> None:
    """Hold that the family agrees at this moment; that a text leaves is audited first."""
    if not outside_agreed(row.case):
        raise outside.Trouble("not-agreed")
    audit.record(
        "translation-sent-outside", by=None, case_id=row.case_id, target=row,
        detail={"language": row.language},
    )  # fmt: skip
