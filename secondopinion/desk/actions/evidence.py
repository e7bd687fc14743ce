"""What a thing on the checklist rests on: a record or a study of the case, linked by the desk."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import actions as cases
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import ChecklistItem, ItemState, Part
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.desk.fitting import WAITING
from secondopinion.desk.models import Evidence
from secondopinion.imaging.models import Study
from secondopinion.imaging.queries import studies_for_case
from secondopinion.records.actions import describe
from secondopinion.records.models import Record
from secondopinion.records.queries import for_case


@transaction.atomic
def settle_with(
    *, by: Person, item: ChecklistItem, state: str, note: str = "", evidence: str = ""
) -> ChecklistItem:
    """Settle a thing on the checklist; `evidence` is ``record:`` or ``study:`` and an id.

    Raises:
        NotYours: by somebody who does not own the case, or of what is not in it.
        Refused: not needed, without a reason.
        Conflict: the case has ended.
    """
    settled = cases.settle_item(by=by, item=item, state=state, note=note)
    if evidence and state == ItemState.ARRIVED:
        kind, _colon, key = evidence.partition(":")
        try:
            subject = UUID(key)
        except ValueError:
            raise NotYours from None
        rows = {"record": for_case(item.case), "study": studies_for_case(item.case)}.get(kind)
        if rows is None or not rows.filter(pk=subject).exists():
            raise NotYours
        made = Evidence.objects.get_or_create(
            item=item, **{f"{kind}_id": subject}, defaults={"by": by}
        )[0]
        audit.record("evidence-linked", by=by, case_id=item.case_id, target=made,
                     detail={"key": item.key})  # fmt: skip
    return settled


@transaction.atomic
def this_is_it(*, by: Person, item: ChecklistItem, found: Record | Study) -> Evidence:
    """Say that a record or study which has arrived is what an item waits for; `not_it` takes it
    back.

    Who says so has looked: the kind that a program took it for is kept as said.

    Raises:
        NotYours: by somebody who does not own the case, or of what is not in it.
        Conflict: the item does not wait any more, or the case has ended.
    """
    before = item.state
    if before not in WAITING:
        raise Conflict(_("The checklist has changed meanwhile."), code="item-settled")
    kind = "record" if isinstance(found, Record) else "study"
    settle_with(by=by, item=item, state=ItemState.ARRIVED, evidence=f"{kind}:{found.pk}")
    made = Evidence.objects.get(item=item, **{f"{kind}_id": found.pk})
    made.before = before
    made.save(update_fields=["before"])
    if isinstance(found, Record) and "kind" in found.guessed:
        describe(by=by, record=found, kind=found.likely["kind"])
    return made


@transaction.atomic
def not_it(*, by: Person, evidence: Evidence) -> None:
    """Take back what `this_is_it` said: the link goes, and the item waits as it did, unless it was
    settled in another way since.

    Raises:
        NotYours: by somebody who does not own the case, or it was not said so.
        Conflict: the case has ended.
    """
    if not evidence.before:
        raise NotYours
    item = evidence.item
    if item.state == ItemState.ARRIVED and not item.evidence.exclude(pk=evidence.pk).exists():
        cases.settle_item(by=by, item=item, state=evidence.before)
    unlink(by=by, evidence=evidence)


@transaction.atomic
def unlink(*, by: Person, evidence: Evidence) -> None:
    """Take a link back; the record stays, and so does what the checklist says.

    Raises:
        NotYours: by somebody who does not own the case.
    """
    case = evidence.item.case
    require(case, by, Part.COORDINATOR)
    audit.record("evidence-unlinked", by=by, case_id=case.pk, target=evidence,
                 detail={"key": evidence.item.key})  # fmt: skip
    evidence.delete()
