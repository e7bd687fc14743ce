"""The desk: how soon a case has to go on, and whether one expert or several write its report."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import clocks, needs
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell
from secondopinion.cases.models import Case, Pace, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import ENDED, State
from secondopinion.core.errors import Conflict, Refused
from secondopinion.program.models import Price, Urgency

_WITH_SPECIALIST = frozenset({State.IN_REVIEW, State.MORE_NEEDED})
LONGEST = 500  # letters of a reason


@transaction.atomic
def set_pace(
    *, by: Person, case: Case, urgency: str = "", kind: str = "", reason: str, tells: bool = True
) -> Case:
    """Say how urgent a case is, or of which kind; what is not named stays. Its clocks follow.

    What was used of a target stays used, and the specialist who reviews the case is told, unless
    the caller tells them of what brings the change.

    Raises:
        NotYours: by somebody who does not own the case.
        Refused: no such urgency or kind, or without a reason.
        Conflict: the case has ended, or the request has not been sent.
    """
    require(case, by, Part.COORDINATOR)
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    if fresh.state in ENDED or fresh.submitted_at is None:
        raise Conflict(_("This case has ended."), code="ended")
    urgency, kind = urgency or fresh.urgency, kind or fresh.kind
    if urgency not in Urgency.values:
        raise Refused(_("Choose how soon."), code="urgency", field="urgency")
    if kind not in Price.Kind.values:
        raise Refused(_("Choose what it is."), code="kind", field="kind")
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    if (urgency, kind) == (fresh.urgency, fresh.kind):
        return fresh
    Pace.objects.create(
        case=case, by=by, urgency=urgency, kind=kind, reason=reason.strip()[:LONGEST]
    )
    Case.objects.filter(pk=case.pk).update(urgency=urgency, kind=kind)
    case.refresh_from_db()
    case.due_at = clocks.set_anew(case)
    case.act_by, case.put_off_until = needs.follow(case), None
    case.save(update_fields=["due_at", "act_by", "put_off_until"])
    if tells and case.state in _WITH_SPECIALIST:
        for person in holders_of(case, Part.SPECIALIST):
            tell(case, person, "case-news", "/expert/cases")
    audit.record(
        "pace-set", by=by, case_id=case.pk, target=case,
        detail={"urgency": urgency, "kind": kind, "before": f"{fresh.urgency} {fresh.kind}"},
    )  # fmt: skip
    return case
