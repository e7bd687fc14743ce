"""Offering a case to a specialist, and what they answer."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role
from secondopinion.audit import actions as audit
from secondopinion.cases import workflow
from secondopinion.cases.actions.parts import give_part, require
from secondopinion.cases.actions.telling import tell, tell_coordinator
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts.models import ExpertProfile, Offer, OfferState
from secondopinion.experts.queries import OFFERED
from secondopinion.program import queries as program
from secondopinion.program.models import Specialty


@transaction.atomic
def describe(
    *, by: Person | None, person: Person, specialties: list[Specialty], **fields: Any
) -> ExpertProfile:
    """Say what a specialist can take; the specialist, the director or an administrator may.

    Raises:
        NotYours: by anybody else, or about somebody who is not a specialist.
    """
    if by is not None and by.pk != person.pk and not has_role(by, "director", "administrator"):
        raise NotYours
    if not has_role(person, "specialist"):
        raise NotYours
    profile, _made = ExpertProfile.objects.update_or_create(person=person, defaults=fields)
    profile.specialties.set(specialties)
    audit.record("expert-described", by=by, target=person)
    return profile


@transaction.atomic
def offer(*, by: Person, case: Case, expert: ExpertProfile) -> Offer:
    """Offer a case to a specialist, who has the program's time to answer.

    Raises:
        NotYours: by somebody who does not own the case.
        Conflict: the case is not ready, or is offered to somebody already.
        Refused: the specialist has a part in the case already, as family or otherwise.
    """
    if case.participations.filter(person=expert.person, until__isnull=True).exists():
        raise Refused(_("This person has another part in the case."), code="other-part")
    workflow.advance(case, "offer", by=by)
    hours = program.target("expert") / 2  # time for a second specialist, when the first declines
    made = Offer.objects.create(
        case=case,
        expert=expert,
        offered_by=by,
        answer_by=program.calendar().add(clock.now(), timedelta(hours=hours)),
    )
    tell(case, expert.person, "offer-waiting", "/expert/offers")
    audit.record("offer-made", by=by, case_id=case.pk, target=expert.person)
    return made


def _answer(offer: Offer, state: OfferState, **fields: Any) -> None:
    done = Offer.objects.filter(pk=offer.pk, state=OfferState.OPEN).update(
        state=state, answered_at=clock.now(), **fields
    )
    if not done:
        raise Conflict(_("This offer is not open any more."), code="offer-ended")
    offer.refresh_from_db()


@transaction.atomic
def accept(*, by: Person, offer: Offer) -> Case:
    """Accept an offer: the specialist gets a part in the case and the review begins.

    Raises:
        NotYours: it was offered to somebody else.
        Conflict: it is not open any more.
    """
    if offer.expert.person_id != by.pk:
        raise NotYours
    _answer(offer, OfferState.ACCEPTED)
    case = workflow.advance(offer.case, "accept_offer", by=by, also=OFFERED)
    give_part(case=case, person=by, role=Part.SPECIALIST, by=by)
    tell_coordinator(case)
    return case


@transaction.atomic
def decline(*, by: Person, offer: Offer, reason: str, note: str = "") -> Case:
    """Decline an offer with a reason; the case is ready for another specialist.

    Raises:
        NotYours: it was offered to somebody else.
        Refused: without a reason.
        Conflict: it is not open any more.
    """
    if offer.expert.person_id != by.pk:
        raise NotYours
    if reason not in Offer.Reason.values:
        raise Refused(_("Choose a reason."), code="reason-missing", field="reason")
    _answer(offer, OfferState.DECLINED, reason=reason, note=note.strip())
    case = workflow.advance(offer.case, "decline_offer", by=by, also=OFFERED)
    tell_coordinator(case)
    return case


@transaction.atomic
def take_back(*, by: Person, offer: Offer) -> Case:
    """Take an open offer back."""
    require(offer.case, by, Part.COORDINATOR)
    _answer(offer, OfferState.TAKEN_BACK)
    return workflow.advance(offer.case, "withdraw_offer", by=by)


def lapse_offers() -> int:
    """Let offers lapse that nobody answered in time; return how many. Safe to run at any time."""
    lapsed = 0
    overdue = Offer.objects.filter(state=OfferState.OPEN, answer_by__lt=clock.now())
    for each in overdue.select_related("case"):
        try:
            with transaction.atomic():
                _answer(each, OfferState.LAPSED)
                workflow.advance(each.case, "decline_offer", by=None)
                tell_coordinator(each.case, "offer-lapsed")
        except Conflict:
            continue  # answered this very moment
        lapsed += 1
    return lapsed
