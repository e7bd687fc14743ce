"""Offering a case to a specialist, what they answer, and what silence does."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role, people_with
from secondopinion.audit import actions as audit
from secondopinion.cases import workflow
from secondopinion.cases.actions.parts import give_first_part, require
from secondopinion.cases.actions.telling import tell, tell_coordinator
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts import rules
from secondopinion.experts.facts import gather, with_ties
from secondopinion.experts.known import Known
from secondopinion.experts.matching import Suggestion, points, suggest
from secondopinion.experts.models import ExpertProfile, Offer, OfferState
from secondopinion.experts.queries import OFFERED, open_offers
from secondopinion.program import queries as program
from secondopinion.program.models import Urgency

_LONGEST_WHY = 500


@transaction.atomic
def offer(
    *,
    by: Person,
    case: Case,
    expert: ExpertProfile,
    urgency: str = "",
    onward: bool = False,
    instead: str = "",
) -> Offer:
    """Offer a case to a specialist, who has the program's time to answer: that of the case's
    urgency, or of the one that is named.

    `onward`: when they decline or do not answer in time, it goes to the next on the list by
    itself. `instead`: why this one and not the first of the list; it is kept with the list.

    Raises:
        NotYours: by somebody who does not own the case, or to somebody who is no specialist now.
        Conflict: the case is not ready, or is offered to somebody already.
        Refused: something stands in the way: the place, the child's age, an absence, no free
            place, a kind of case that they do not take, a conflict of interest, another part in
            the case.
    """
    urgency = urgency or case.urgency
    if urgency not in Urgency.values:
        raise Refused(_("Choose how soon."), code="urgency", field="urgency")
    listed = [each for each in _judged(case, expert, urgency) if not each.obstacles]
    return _make(
        case, expert, by=by, offered_by=by, urgency=urgency, onward=onward,
        suggested=points(listed), rank=_place(expert, [each.expert.pk for each in listed]),
        instead=instead.strip()[:_LONGEST_WHY],
    )  # fmt: skip


def _judged(case: Case, expert: ExpertProfile, urgency: str) -> list[Suggestion]:
    """Return the list of a case in which this expert may stand; nobody else fills their last place
    meanwhile, for their row is locked.

    Raises:
        Refused: something stands in the way.
    """
    locked = ExpertProfile.objects.select_for_update().filter(pk=expert.pk)
    locked.values_list("person__is_active").get()  # their row, and that of the person
    kinds = rules.kinds_of(case, urgency)
    judged = suggest(case, *kinds)
    mine = next((each.known for each in judged if each.expert.pk == expert.pk), None)
    rules.must_be_possible(mine or _not_listed(case, expert), case, *kinds)
    return judged


def _not_listed(case: Case, expert: ExpertProfile) -> Known:
    """Return what is known of an expert who is not on a case's list: it was offered to them before.

    Raises:
        Refused: they are no specialist any more, or have another part in the case.
    """
    known = next((each for each in gather() if each.expert.pk == expert.pk), None)
    if known is None:
        raise Refused(
            _("%(name)s is not a specialist here any more.") % {"name": expert.person},
            code="not-a-specialist",
        )
    if case.participations.filter(person=expert.person, until__isnull=True).exists():
        raise Refused(_("This person has another part in the case."), code="other-part")
    return known


def _place(expert: ExpertProfile, listed: list[UUID]) -> int | None:
    return listed.index(expert.pk) + 1 if expert.pk in listed else None


def _make(
    case: Case, expert: ExpertProfile, *, by: Person | None, offered_by: Person, urgency: str,
    onward: bool, suggested: list[dict[str, Any]], rank: int | None, instead: str = "",
    onward_from: Offer | None = None,
) -> Offer:  # fmt: skip
    workflow.advance(case, "offer", by=by)
    hours = program.matching()[urgency]
    made = Offer.objects.create(
        case=case, expert=expert, offered_by=offered_by, urgency=urgency, onward=onward,
        answer_by=program.calendar().add(clock.now(), timedelta(hours=hours)),
        suggested=suggested, rank=rank, instead=instead, onward_from=onward_from,
    )  # fmt: skip
    tell(case, expert.person, "offer-waiting", "/expert/offers")
    audit.record(
        "offer-made", by=by, case_id=case.pk, target=expert.person,
        detail={"rank": rank, "onward": onward_from is not None},
    )  # fmt: skip
    return made


def _answer(offer: Offer, state: OfferState, **fields: str) -> None:
    answer = {"state": state, "answered_at": clock.now(), **fields}
    if Offer.objects.filter(pk=offer.pk, state=OfferState.OPEN).update(**answer):
        for name, value in answer.items():
            setattr(offer, name, value)
    else:
        offer.refresh_from_db()
        raise Conflict(
            _("This offer is not open any more: %(state)s. Nothing was changed.")
            % {"state": offer.get_state_display()},
            code="offer-ended",
        )


@transaction.atomic
def accept(*, by: Person, offer: Offer) -> Case:
    """Accept an offer: the specialist gets a part in the case and the review begins.

    Raises:
        NotYours: it was offered to somebody else, or they are no specialist any more.
        Refused: since it was offered, a conflict of interest, or a country where they may not
            advise, has been said of them.
        Conflict: it is not open any more.
    """
    if offer.expert.person_id != by.pk or not has_role(by, Role.SPECIALIST):
        raise NotYours
    rules.must_be_allowed(with_ties(offer.expert), offer.case)
    _answer(offer, OfferState.ACCEPTED)
    parts = roles_of(offer.case, by)
    case = workflow.advance(offer.case, "accept_offer", by=by, also=OFFERED, parts=parts)
    if Part.SPECIALIST not in parts:
        give_first_part(case=case, person=by, role=Part.SPECIALIST, by=by)
    tell_coordinator(case, "offer-accepted")
    return case


@transaction.atomic
def decline(*, by: Person, offer: Offer, reason: str, note: str = "") -> Case:
    """Decline an offer with a reason; the case is ready for another specialist, or goes on to one.

    Raises:
        NotYours: it was offered to somebody else.
        Refused: without a reason.
        Conflict: it is not open any more.
    """
    if offer.expert.person_id != by.pk:
        raise NotYours
    if reason not in Offer.Reason.values:
        raise Refused(_("Choose a reason."), code="reason-missing", field="reason")
    return _decline(offer, by, reason, note.strip())


def _decline(offer: Offer, by: Person | None, reason: str, note: str) -> Case:
    _answer(offer, OfferState.DECLINED, reason=reason, note=note)
    case = workflow.advance(offer.case, "decline_offer", by=by, also=OFFERED)
    tell_coordinator(case, "offer-moved-on" if _moved_on(offer, case) else "offer-refused")
    return case


@transaction.atomic
def close_barred(*, by: Person | None, expert: ExpertProfile) -> list[Offer]:
    """Close the open offers of cases in which an expert may have no part by what is said of them
    now: each goes on like one that they decline. Return them.

    Raises:
        NotYours: by somebody who does not say what this expert takes.
    """
    rules.may_describe(by, expert.person)
    known, closed = with_ties(expert), []
    for each in open_offers(expert.person):
        found = rules.barriers(known, each.case)
        if not found:
            continue
        conflict = rules.conflicts(known, each.case)
        reason = Offer.Reason.CONFLICT if conflict else Offer.Reason.OTHER
        with suppress(Conflict), transaction.atomic():  # answered this very moment
            _decline(each, by if by == expert.person else None, reason, str(found[0]))
            closed.append(each)
    return closed


@transaction.atomic
def take_back(*, by: Person, offer: Offer) -> Case:
    """Take an open offer back."""
    parts = require(offer.case, by, Part.COORDINATOR)
    _answer(offer, OfferState.TAKEN_BACK)
    return workflow.advance(offer.case, "withdraw_offer", by=by, parts=parts)


def hand_back(*, offer: Offer, reason: str, note: str) -> None:
    """Note that an accepted case was given back, in the caller's transaction: the place is free.

    Raises:
        Conflict: it was given back meanwhile.
    """
    done = Offer.objects.filter(pk=offer.pk, state=OfferState.ACCEPTED).update(
        state=OfferState.HANDED_BACK, answered_at=clock.now(), reason=reason, note=note.strip()
    )
    if not done:
        raise Conflict(_("It was given back meanwhile. Nothing was changed."), code="offer-ended")
    offer.refresh_from_db()


def pass_on(*, offer: Offer, to: ExpertProfile, by: Person) -> Offer:
    """Note that an accepted case goes from one expert to another who writes the report with them,
    in the caller's transaction: the one's place is free, and the other's is taken.

    Raises:
        Conflict: it was given back meanwhile.
    """
    hand_back(offer=offer, reason=Offer.Reason.OTHER, note="")
    now = clock.now()
    return Offer.objects.create(
        case=offer.case, expert=to, offered_by=by, urgency=offer.urgency,
        state=OfferState.ACCEPTED, answer_by=now, answered_at=now, passed_from=offer,
    )  # fmt: skip


def _moved_on(last: Offer, case: Case) -> bool:
    """Offer a case to the next of the list, where that was wished; say whether it was.

    Only to somebody of the case's field, and not more often than the program has it. What stands
    in the way of any offer by now (a fee that is due, say) leaves the case ready for the desk.
    Who is next is judged anew; their place is that on the list as the coordinator had it, which
    goes on with the offer (none, if they were not among those of it that are kept).
    """
    made = case.offers.exclude(state=OfferState.TAKEN_BACK).filter(onward=True).count()
    if not last.onward or made > program.matching()["moves"]:
        return False
    urgency = max(last.urgency, case.urgency, key=Urgency.values.index)  # as it is by now
    judged = suggest(case, *rules.kinds_of(case, urgency))
    onward = (
        each.expert
        for each in judged
        if not each.obstacles and case.specialty_id in each.known.specialties
    )
    chosen = next(onward, None)
    if chosen is None:
        return False
    try:
        with transaction.atomic():
            _judged(case, chosen, urgency)
            _make(
                case, chosen, by=None, offered_by=last.offered_by, urgency=urgency, onward=True,
                suggested=last.suggested, onward_from=last,
                rank=_place(chosen, [UUID(each["expert"]) for each in last.suggested]),
            )  # fmt: skip
    except Refused:
        return False
    return True


def lapse_offers() -> int:
    """Let offers lapse that nobody answered in time, or whose specialist has left; return how many.

    An offer of a case that has ended meanwhile is taken back. Safe to run at any time.
    """
    lapsed, now = 0, clock.now()
    waiting = Offer.objects.filter(state=OfferState.OPEN).values_list(
        "pk", "case__state", "answer_by", "expert__person"
    )
    people = {person for *_rest, person in waiting}
    here = people_with(Role.SPECIALIST).order_by().filter(pk__in=people)
    able = set(here.values_list("pk", flat=True)) if people else set()
    for offer, state, until, person in waiting:
        if state == State.OFFERED and until >= now and person in able:
            continue
        try:
            with transaction.atomic():
                lapsed += _lapse(Offer.objects.select_related("case__coordinator").get(pk=offer))
        except Conflict:
            continue  # answered this very moment
    return lapsed


def _lapse(offer: Offer) -> bool:
    """End an offer that is over; say whether it lapsed: its case goes on to somebody else."""
    if offer.case.state != State.OFFERED:
        _answer(offer, OfferState.TAKEN_BACK)
        return False
    _answer(offer, OfferState.LAPSED)
    workflow.advance(offer.case, "decline_offer", by=None)
    onward = _moved_on(offer, offer.case)
    tell_coordinator(offer.case, "offer-moved-on" if onward else "offer-lapsed")
    return True


def remind_of_offers() -> int:
    """Write once more to specialists when half of the time to answer has passed; return how many.

    Safe to run at any time: each offer is reminded of once.
    """
    now = clock.now()
    waiting = Offer.objects.filter(
        state=OfferState.OPEN, reminded_at__isnull=True, answer_by__gt=now
    )
    due = [
        offer
        for offer, made, until in waiting.order_by().values_list("pk", "created_at", "answer_by")
        if made + (until - made) / 2 <= now
    ]
    reminded = 0
    for offer in due:
        with transaction.atomic():
            if not waiting.filter(pk=offer).update(reminded_at=now):
                continue  # answered this very moment
            each = Offer.objects.select_related("case", "expert__person").get(pk=offer)
            tell(each.case, each.expert.person, "offer-reminder", "/expert/offers")
            audit.record("offer-reminded", by=None, case_id=each.case_id, target=each.expert.person)
        reminded += 1
    return reminded
