"""A machine's draft of a translation, in a transaction of its own."""

from django.db import transaction

from secondopinion.audit import actions as audit
from secondopinion.translation import engines
from secondopinion.translation.models import Method, Translation, TranslationState


def draft_by_machine(translation_id: str) -> None:
    """Draft a translation; what a person has begun in the meantime is left alone."""
    row = Translation.objects.get(pk=translation_id)
    if row.state != TranslationState.REQUESTED:
        return
    text = engines.draft(row.engine, row.original)
    with transaction.atomic():
        changed = Translation.objects.filter(pk=row.pk, state=TranslationState.REQUESTED).update(
            text=text, method=Method.MACHINE, state=TranslationState.DRAFT,
            revision=row.revision + 1,
        )  # fmt: skip
        if changed:
            audit.record("translation-drafted", by=None, case_id=row.case_id, target=row)
