"""The desk: the group of conditions of a case, and what it calls for."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import changes
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, ChecklistItem, ItemState, Part
from secondopinion.cases.states import ENDED
from secondopinion.core.errors import Conflict
from secondopinion.program.models import Condition
from secondopinion.program.queries import called_for


@transaction.atomic
def choose_condition(
    *, by: Person, case: Case, condition: Condition | None
) -> tuple[list[ChecklistItem], list[ChecklistItem]]:
    """Put what a group of conditions calls for on the checklist; return what was added and what
    has gone.

    What another group called for goes, unless it is settled or was asked for. What stands there
    already, from the field's list, stays as it is.

    Raises:
        NotYours: by somebody who does not own the case.
        Conflict: the case has ended, or the request has not been sent.
    """
    require(case, by, Part.COORDINATOR)
    if case.state in ENDED or case.submitted_at is None:
        raise Conflict(_("This case has ended."), code="ended")
    chosen = condition.key if condition else ""
    waiting = case.checklist.filter(state=ItemState.OPEN, informationrequest__isnull=True)
    gone = list(waiting.exclude(condition__in=["", chosen]))
    case.checklist.filter(pk__in=[row.pk for row in gone]).delete()
    known = set(case.checklist.values_list("key", flat=True))
    first = (case.checklist.aggregate(Max("position"))["position__max"] or 0) + 1
    rows = called_for(condition) if condition else []
    added = [
        ChecklistItem(
            case=case, key=row.key, kind=row.kind, labels=row.labels, required=row.required,
            condition=chosen, months=row.months, position=first + number,
        )
        for number, row in enumerate(rows)
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
