"""The desk: the group of conditions of a case, and what it calls for."""

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import changes
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, ChecklistItem, ItemState, Part
from secondopinion.cases.states import ENDED
from secondopinion.core.errors import Conflict
from secondopinion.program.models import ChecklistTemplate, Condition
from secondopinion.program.queries import called_for, checklist_for


@transaction.atomic
def choose_condition(
    *, by: Person, case: Case, condition: Condition | None
) -> tuple[list[ChecklistItem], list[ChecklistItem]]:
    """Put what a group of conditions calls for on the checklist; return what was added and what
    has gone.

    What another group called for goes, unless it is settled or was asked for, and so does what of
    the field's list this group says more exactly. What the former group had stood instead of comes
    back. What is settled or asked for stays as it is.

    Raises:
        NotYours: by somebody who does not own the case.
        Conflict: the case has ended, or the request has not been sent.
    """
    require(case, by, Part.COORDINATOR)
    if case.state in ENDED or case.submitted_at is None:
        raise Conflict(_("This case has ended."), code="ended")
    chosen = condition.key if condition else ""
    former = called_for(Condition.objects.filter(key=case.condition).first())
    rows = called_for(condition)
    instead = _instead_of(rows)
    back = _instead_of(former) - instead
    waiting = case.checklist.filter(state=ItemState.OPEN, informationrequest__isnull=True)
    of_others = ~Q(condition__in=["", chosen])
    gone = list(waiting.filter(of_others | Q(condition="", key__in=instead)))
    case.checklist.filter(pk__in=[row.pk for row in gone]).delete()
    known = set(case.checklist.values_list("key", flat=True))
    first = (case.checklist.aggregate(Max("position"))["position__max"] or 0) + 1
    of_field = enumerate(checklist_for(case.specialty_id))
    added = [
        ChecklistItem(
            case=case, key=row.key, kind=row.kind, labels=row.labels, required=row.required,
            condition=of, months=row.months, position=position,
        )
        for of, position, row in (
            *(("", position, row) for position, row in of_field if row.key in back),
            *((chosen, first + number, row) for number, row in enumerate(rows)),
        )
        if row.key not in known
    ]  # fmt: skip
    ChecklistItem.objects.bulk_create(added)
    Case.objects.filter(pk=case.pk).update(condition=chosen)
    audit.record(
        "condition-chosen", by=by, case_id=case.pk, target=case,
        detail={"condition": chosen, "added": len(added), "gone": len(gone)},
    )  # fmt: skip
    changes.tell(case.pk)
    return added, gone


def _instead_of(rows: list[ChecklistTemplate]) -> set[str]:
    """Return the keys of the field's list that these say more exactly: their own among them."""
    return {key for row in rows for key in (row.key, *row.replaces.split())}
