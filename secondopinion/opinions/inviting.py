"""Asking an expert to write a report with its author: they have a part once they have said yes."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role, people_with
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell, tell_coordinator
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts.fitting import must_fit
from secondopinion.experts.models import Kind, Offer, OfferState
from secondopinion.opinions import panels
from secondopinion.opinions.models import Opinion, OpinionState, PanelInvitation, PanelMember
from secondopinion.program import queries as program

REVIEWED = (State.IN_REVIEW, State.MORE_NEEDED)
_OVER = ~Q(opinion__state=OpinionState.DRAFT) | ~Q(opinion__case__state__in=REVIEWED)


def waiting_for(person: Person) -> QuerySet[PanelInvitation]:
    """Return the invitations that wait for this expert, the most urgent first."""
    rows = PanelInvitation.objects.filter(person=person, state=OfferState.OPEN).exclude(_OVER)
    return rows.select_related("opinion__case__specialty").order_by("answer_by")


def last_invitation(person: Person, reference: str) -> PanelInvitation:
    """Return the open invitation of an expert to a case, else the last one.

    Raises:
        NotYours: there never was one.
    """
    rows = PanelInvitation.objects.filter(
        person=person, opinion__case__reference=reference
    ).select_related(
        "opinion__case__child", "opinion__case__specialty", "opinion__case__request",
        "opinion__author",
    )  # fmt: skip
    found = rows.filter(state=OfferState.OPEN).first() or rows.order_by("-created_at").first()
    if found is None:
        raise NotYours
    return found


def invitations(opinion: Opinion) -> QuerySet[PanelInvitation]:
    """Return who was asked to write a report with its author, without who has joined."""
    rows = opinion.invitations.exclude(state=OfferState.ACCEPTED)
    return rows.select_related("person").order_by("created_at")


@transaction.atomic
def invite(*, by: Person, case: Case, expert: Person) -> PanelInvitation:
    """Ask a specialist to write the report of a case in review with its author, as its coordinator.

    They have as long to answer as for an offer of this urgency, and no part until they accept.

    Raises:
        NotYours: by somebody else, or of somebody who is no specialist.
        Refused: they have a part in the case already, write no reports with others, have a conflict
            of interest, or may not advise in the country.
        Conflict: no report is being written, or they are asked already.
    """
    require(case, by, Part.COORDINATOR)
    draft = _fitting(case, expert)
    if draft.invitations.filter(person=expert, state=OfferState.OPEN).exists():
        raise Conflict(_("This person is asked already."), code="asked")
    hours = program.matching()[case.urgency]
    made = PanelInvitation.objects.create(
        opinion=draft, person=expert, by=by,
        answer_by=program.calendar().add(clock.now(), timedelta(hours=hours)),
    )  # fmt: skip
    tell(case, expert, "panel-invited", "/expert/invitations")
    audit.record("panel-invited", by=by, case_id=case.pk, target=expert)
    return made


def _fitting(case: Case, expert: Person) -> Opinion:
    """Return the draft that an expert may write with its author; its row is locked."""
    if not has_role(expert, Role.SPECIALIST):
        raise NotYours
    must_fit(expert, case, Kind.PANEL)
    if roles_of(case, expert) - {"desk"}:
        raise Refused(_("This person has another part in the case."), code="other-part")
    draft = Opinion.objects.select_for_update().filter(case=case).first()
    reviewed = Case.objects.filter(pk=case.pk, state__in=REVIEWED).exists()
    if draft is None or draft.state != OpinionState.DRAFT or not reviewed:
        raise Conflict(_("No report is being written in this case."), code="state-changed")
    return draft


def _answer(row: PanelInvitation, state: OfferState, **fields: str) -> None:
    answer = {"state": state, "answered_at": clock.now(), **fields}
    if not PanelInvitation.objects.filter(pk=row.pk, state=OfferState.OPEN).update(**answer):
        row.refresh_from_db()
        raise Conflict(
            _("This invitation is not open any more: %(state)s. Nothing was changed.")
            % {"state": row.get_state_display()},
            code="offer-ended",
        )
    row.refresh_from_db()


@transaction.atomic
def accept(*, by: Person, invitation: PanelInvitation) -> PanelMember:
    """Accept: the expert writes the report with its author from now on.

    Raises:
        NotYours: somebody else was asked, or they are no specialist any more.
        Refused: since they were asked, something has been said that keeps them out.
        Conflict: it is not open any more, or the report is not being written any more.
    """
    if invitation.person_id != by.pk:
        raise NotYours
    case = invitation.opinion.case
    _answer(invitation, OfferState.ACCEPTED)
    made = panels.join(draft=_fitting(case, by), expert=by)
    tell(case, made.opinion.author, "panel-joined", "/expert/cases")
    tell_coordinator(case)
    return made


@transaction.atomic
def decline(*, by: Person, invitation: PanelInvitation, reason: str, note: str = "") -> None:
    """Decline with a reason; the coordinator asks somebody else, or nobody.

    Raises:
        NotYours: somebody else was asked.
        Refused: without a reason.
        Conflict: it is not open any more.
    """
    if invitation.person_id != by.pk:
        raise NotYours
    if reason not in Offer.Reason.values:
        raise Refused(_("Choose a reason."), code="reason-missing", field="reason")
    _answer(invitation, OfferState.DECLINED, reason=reason, note=note.strip())
    case = invitation.opinion.case
    tell_coordinator(case, "panel-declined")
    audit.record("panel-declined", by=by, case_id=case.pk, target=invitation)


@transaction.atomic
def take_back(*, by: Person, invitation: PanelInvitation) -> None:
    """Ask somebody no more, as the coordinator.

    Raises:
        NotYours: by somebody else.
        Conflict: it was answered meanwhile.
    """
    case = invitation.opinion.case
    require(case, by, Part.COORDINATOR)
    _answer(invitation, OfferState.TAKEN_BACK)
    audit.record("panel-not-asked", by=by, case_id=case.pk, target=invitation.person)


def lapse_due() -> int:
    """Let invitations lapse that nobody answered in time; take those back whose report is signed or
    whose expert has left. Return how many ended. Safe to run at any time."""
    here = people_with(Role.SPECIALIST).order_by().values("pk")
    rows = PanelInvitation.objects.filter(state=OfferState.OPEN)
    over = rows.filter(_OVER | ~Q(person__in=here))
    late = rows.filter(answer_by__lt=clock.now()).exclude(pk__in=over.values("pk"))
    return _end(late, OfferState.LAPSED) + _end(over, OfferState.TAKEN_BACK)


def _end(rows: Iterable[PanelInvitation], state: OfferState) -> int:
    ended = 0
    for row in list(rows):
        try:
            with transaction.atomic():
                _answer(row, state)
                if state == OfferState.LAPSED:
                    tell_coordinator(row.opinion.case, "panel-declined")
                audit.record(
                    "panel-not-answered", by=None, case_id=row.opinion.case_id, target=row.person
                )
        except Conflict:
            continue  # answered this very moment
        ended += 1
    return ended


def remind_due() -> int:
    """Write once more when half of the time to answer has passed; return how many. Safe to run at
    any time."""
    now, reminded = clock.now(), 0
    waiting = PanelInvitation.objects.filter(
        state=OfferState.OPEN, reminded_at=None, answer_by__gt=now
    ).exclude(_OVER)
    for row in waiting.select_related("opinion__case", "person"):
        if row.created_at + (row.answer_by - row.created_at) / 2 > now:
            continue
        with transaction.atomic():
            fresh = PanelInvitation.objects.filter(pk=row.pk, state=OfferState.OPEN)
            if not fresh.filter(reminded_at=None).update(reminded_at=now):
                continue  # answered this very moment
            case = row.opinion.case
            tell(case, row.person, "panel-reminder", "/expert/invitations")
            audit.record("panel-reminded", by=None, case_id=case.pk, target=row.person)
        reminded += 1
    return reminded
