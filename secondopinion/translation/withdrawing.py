"""Withdrawing a translation and putting it back; ending it with the record that it is of."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Part
from secondopinion.core import clock
from secondopinion.findings.actions import replace
from secondopinion.translation.actions import hold_need
from secondopinion.translation.checks.found import CHECK
from secondopinion.translation.closing import is_closed
from secondopinion.translation.keeping import tell
from secondopinion.translation.models import Translation, TranslationState
from secondopinion.translation.rules import changed
from secondopinion.translation.tasks import machine_draft
from secondopinion.translation.told import FINISHED


@transaction.atomic
def withdraw(*, by: Person, translation: Translation) -> None:
    """Take a translation back; its findings are settled and nobody's part in it goes on.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Conflict: it is withdrawn already.
    """
    require(translation.case, by, Part.COORDINATOR)
    row = Translation.objects.select_for_update().select_related("case").get(pk=translation.pk)
    if row.state == TranslationState.WITHDRAWN:
        raise changed()
    _end(row, by, row.state)


@transaction.atomic
def put_back(*, by: Person, translation: Translation) -> Translation:
    """Put a withdrawn translation back as it was, with who had a part in it.

    Raises:
        NotYours: by somebody who is not the case's coordinator.
        Conflict: it is not withdrawn, cannot be put back, or its record is closed.
    """
    require(translation.case, by, Part.COORDINATOR)
    row = Translation.objects.select_for_update().select_related("case").get(pk=translation.pk)
    if not row.withdrawn_from or is_closed(row.subject_id):
        raise changed()
    row.parts.filter(until=row.withdrawn_at).update(until=None)
    row.state, row.withdrawn_at, row.withdrawn_from = row.withdrawn_from, None, ""
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_from"])
    if row.state in FINISHED:
        tell(row)
    if row.state == TranslationState.REQUESTED and row.engine:
        machine_draft.enqueue(str(row.pk))  # what was to draft it has passed it by
    hold_need(row.case)
    audit.record("translation-put-back", by=by, case_id=row.case_id, target=row)
    return row


@transaction.atomic
def end_with(*, subjects: Collection[UUID], by: Person, for_good: bool = False) -> None:
    """End the translations of records that are taken out; `for_good` where pages have left a record
    of which one was another child's: the texts may still hold its words."""
    rows = Translation.objects.select_for_update().filter(subject_id__in=subjects)
    if for_good:
        rows.update(withdrawn_from="")
    for row in rows.exclude(state=TranslationState.WITHDRAWN).select_related("case"):
        _end(row, by, "" if for_good else row.state)


def _end(row: Translation, by: Person, before: str) -> None:
    row.state, row.withdrawn_at, row.withdrawn_from = (
        TranslationState.WITHDRAWN, clock.now(), before,
    )  # fmt: skip
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_from"])
    replace(case=row.case, subject=row, check=CHECK, found=[])
    row.parts.filter(until__isnull=True).update(until=row.withdrawn_at)
    hold_need(row.case)
    audit.record("translation-withdrawn", by=by, case_id=row.case_id, target=row)
