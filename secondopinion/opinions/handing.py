"""A case whose specialist gives it back, or has left: the draft stays, and the next one goes on."""

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role, people_with
from secondopinion.audit import actions as audit
from secondopinion.cases import workflow
from secondopinion.cases.actions.parts import end_parts, require
from secondopinion.cases.actions.telling import tell, tell_coordinator, tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of, live_parts
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts.actions import hand_back as hand_back_offer
from secondopinion.experts.actions import pass_on
from secondopinion.experts.models import ExpertProfile, Offer, OfferState
from secondopinion.opinions import seconding
from secondopinion.opinions.models import Opinion, OpinionState, PanelMember

REVIEWED = frozenset({State.IN_REVIEW, State.MORE_NEEDED})


def held(case: Case) -> Offer | None:
    """Return the accepted offer by which a specialist has this case under review now."""
    rows = Offer.objects.filter(case=case, state=OfferState.ACCEPTED, case__state__in=REVIEWED)
    return rows.select_related("expert__person").order_by("answered_at").last()


@transaction.atomic
def hand_back(*, by: Person | None, case: Case, reason: str, note: str) -> Case:
    """End a review before its report: the case is ready for another specialist, the draft is kept.

    The specialist who leads does it, or the coordinator for them; `by` is None when they have left
    the hospital's staff. A second reading of the draft ends; who writes with them stays.

    Raises:
        NotYours: by anybody else.
        Refused: without a reason, or a word to go with it.
        Conflict: nobody reviews the case (any more).
    """
    if by is not None:
        require(case, by, Part.SPECIALIST, Part.COORDINATOR)
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    offer = held(fresh)
    if offer is None:
        raise Conflict(_("Nobody reviews this case now. Nothing was changed."), code="not-held")
    lead = offer.expert.person
    if by is not None and by.pk not in {lead.pk, fresh.coordinator_id}:
        raise NotYours
    if reason not in Offer.Reason.values:
        raise Refused(_("Choose a reason."), code="reason-missing", field="reason")
    if not note.strip():
        raise Refused(_("Write what the next one should know."), code="note-missing", field="note")
    hand_back_offer(offer=offer, reason=reason, note=note)
    workflow.advance(case, "hand_back", by=by, detail={"reason": reason})
    end_parts(case=case, role=Part.SPECIALIST, by=by, person=lead)
    draft = Opinion.objects.select_for_update().filter(case=case).first()
    if draft is not None:
        seconding.call_off(draft, by)
    tell_coordinator(case, "case-handed-back")
    tell_family(case, "another-specialist")
    for person in holders_of(case, Part.SPECIALIST):
        tell(case, person, "case-news", "/expert/cases")
    if by is not None and by.pk != lead.pk:
        tell(case, lead, "review-ended", "/expert")
    return case


@transaction.atomic
def hand_lead(*, by: Person, member: PanelMember) -> Opinion:
    """Let a member of the panel lead the draft of a case in review, as its coordinator.

    The draft stays as it is. Who led goes on writing as a member, if they still work here; why
    doubted words stand is asked again, and a second reading of the draft ends.

    Raises:
        NotYours: by somebody else, or the member is no specialist any more.
        Conflict: the report is signed, nobody reviews the case, or the member has left the panel.
    """
    case = Case.objects.select_for_update().get(pk=member.opinion.case_id)
    require(case, by, Part.COORDINATOR)
    lead = member.person
    if not has_role(lead, Role.SPECIALIST):
        raise NotYours
    draft, offer = Opinion.objects.select_for_update().get(pk=member.opinion_id), held(case)
    seat = PanelMember.objects.filter(pk=member.pk, left_at=None)
    if (
        draft.state != OpinionState.DRAFT
        or offer is None
        or not seat.update(left_at=clock.now())
    ):  # fmt: skip
        raise Conflict(_("The panel has changed meanwhile."), code="state-changed")
    former = offer.expert.person
    pass_on(offer=offer, to=ExpertProfile.objects.get(person=lead), by=by)
    Opinion.objects.filter(pk=draft.pk).update(author=lead, kept={})
    draft.refresh_from_db()
    if has_role(former, Role.SPECIALIST):
        PanelMember.objects.create(opinion=draft, person=former)
    else:
        end_parts(case=case, role=Part.SPECIALIST, by=by, person=former)
    seconding.call_off(draft, by)
    tell(case, lead, "panel-lead", "/expert/cases")
    tell(case, former, "panel-lead-passed", "/expert/cases")
    audit.record(
        "panel-lead-passed", by=by, case_id=case.pk, target=lead, detail={"from": str(former.pk)}
    )
    return draft


def let_go_of_gone() -> int:
    """Give back the cases whose specialist is none of the staff any more; return how many.

    Safe to run at any time.
    """
    here = people_with(Role.SPECIALIST).order_by().values("pk")
    gone = Offer.objects.filter(state=OfferState.ACCEPTED, case__state__in=REVIEWED).exclude(
        expert__person__in=here
    )
    given = 0
    for offer in gone.select_related("case__coordinator", "expert__person"):
        owner = offer.case.coordinator
        with override(owner.language if owner else "en"):
            note = gettext("%(name)s does not work here any more.") % {"name": offer.expert.person}
        try:
            hand_back(by=None, case=offer.case, reason=Offer.Reason.OTHER, note=note)
        except Conflict:
            continue  # given back this very moment
        given += 1
    return given


def take_up(opinion: Opinion, by: Person) -> bool:
    """Let the specialist who has a case now lead the draft that another one left; say whether.

    In the caller's transaction. Why doubted words stand was for the former author to say: it is
    asked again.
    """
    waits = opinion.state == OpinionState.DRAFT and opinion.author_id != by.pk
    if not waits or opinion.panel.filter(person=by, left_at=None).exists():
        return False
    parts = live_parts().filter(case=opinion.case, role=Part.SPECIALIST)
    if parts.filter(person=opinion.author_id).exists():
        return False
    former = opinion.author
    done = Opinion.objects.filter(pk=opinion.pk, author=former, state=OpinionState.DRAFT).update(
        author=by, kept={}
    )
    if done:
        opinion.refresh_from_db()
        audit.record("report-taken-up", by=by, case_id=opinion.case_id, target=former)
    return bool(done)
