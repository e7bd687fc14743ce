"""How a case ends: declined, withdrawn, closed, expired."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases import rules, workflow
from secondopinion.cases.actions.telling import tell_coordinator, tell_family
from secondopinion.cases.models import Case, InformationRequest
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.program import queries as program


@transaction.atomic
def decline(*, by: Person, case: Case, reason: str, instead: str, urgent: bool = False) -> Case:
    """Decline a case, with the reason and with what the family can do instead.

    `urgent`: the mail asks the family to read it now.

    Raises:
        Refused: without the one or the other.
    """
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    if not instead.strip():
        raise Refused(
            _("Say what the family can do instead."), code="instead-missing", field="instead"
        )
    workflow.advance(
        case, "decline", by=by, stamps={"reason": reason.strip(), "instead": instead.strip()}
    )
    _end_requests(case)
    tell_family(case, "case-declined-urgent" if urgent else "case-declined")
    return case


@transaction.atomic
def withdraw(*, by: Person, case: Case, reason: str = "") -> Case:
    """Withdraw the request, as its family, at any time before it has ended.

    Raises:
        Refused: by somebody who only sees, and decides nothing.
    """
    rules.not_limited(case, by)
    workflow.advance(case, "withdraw", by=by, stamps={"reason": reason.strip()})
    _end_requests(case)
    tell_coordinator(case)
    return case


@transaction.atomic
def close(*, by: Person | None, case: Case) -> Case:
    """Close a case after its follow-up."""
    workflow.advance(case, "close", by=by)
    tell_family(case, "case-closed")
    return case


@transaction.atomic
def join(*, by: Person, case: Case) -> Case:
    """End a request because the same child's other request goes on; what it holds stays in it."""
    return workflow.advance(case, "join", by=by)


@transaction.atomic
def separate(*, by: Person, case: Case) -> Case:
    """Take a request up again that was joined with another one, where it stood before."""
    if case.accepted_at is None:
        action = "separate_new"
    else:
        waits = InformationRequest.objects.filter(
            case=case, answered_at__isnull=True, dropped_at__isnull=True
        ).exists()
        action = "separate_waiting" if waits else "separate"
    return workflow.advance(case, action, by=by)


def _end_requests(case: Case) -> None:
    InformationRequest.objects.filter(
        case=case, answered_at__isnull=True, dropped_at__isnull=True
    ).update(dropped_at=clock.now())


def expire_drafts() -> int:
    """Let drafts expire that nobody has touched for the program's time; return how many.

    Each is its own transaction, so that a job that dies goes on where it stopped.
    """
    settings = program.program()
    limit = clock.now() - timedelta(days=settings.draft_days)
    expired = 0
    for case in Case.objects.filter(state=State.DRAFT, request__touched_at__lt=limit):
        try:
            workflow.advance(case, "expire", by=None)
        except Conflict:
            continue  # submitted this very moment
        expired += 1
    return expired
