"""The specialist of a report has left while questions may come: another expert answers them."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import people_with
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import end_parts, give_part, require
from secondopinion.cases.actions.telling import tell, tell_coordinator, tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import live_parts, roles_of
from secondopinion.cases.states import State
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts.fitting import must_fit
from secondopinion.experts.models import ExpertProfile
from secondopinion.followup.actions import follow_needs
from secondopinion.followup.models import FollowUpQuestion, QuestionState
from secondopinion.opinions.models import SignedReport
from secondopinion.opinions.queries import REPORTS
from secondopinion.translation.watching import look_again


def unanswering() -> Q:
    """Return what says of a row of cases whether it is in its follow-up and has no specialist
    (any more) who answers questions."""
    here = live_parts().filter(case=OuterRef("pk"), role=Part.SPECIALIST)
    return Q(state=State.FOLLOW_UP) & ~Q(Exists(here))


def nobody_answers(case: Case) -> bool:
    """Say whether a case in its follow-up has no specialist (any more) who answers questions."""
    return Case.objects.filter(unanswering(), pk=case.pk).exists()


def writer_who_left(
    case: Case, reports: Iterable[SignedReport], here: Collection[UUID]
) -> Person | None:
    """Return who signed the report that counts, among those that somebody reads (`readable`), if
    they are none of the specialists who answer in its follow-up (`here`) any more."""
    if case.state != State.FOLLOW_UP:
        return None
    signed = (
        each.signed_by for each in reports if each.kind in REPORTS and not vars(each)["replaced"]
    )
    return next((each for each in signed if each.pk not in here), None)


def let_go_of_gone() -> int:
    """End the parts of specialists who are none of the staff any more in cases whose report is
    delivered; return how many.

    Where nobody is left to answer, what waits for them goes back to the coordinator, who is told,
    as is the family. Safe to run at any time.
    """
    here = people_with(Role.SPECIALIST).order_by().values("pk")
    gone = live_parts().filter(role=Part.SPECIALIST, case__state=State.FOLLOW_UP)
    ended = 0
    for part in gone.exclude(person__in=here).select_related("person"):
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=part.case_id)
            if not live_parts().filter(pk=part.pk).exists():
                continue  # ended this very moment
            end_parts(case=case, role=Part.SPECIALIST, by=None, person=part.person)
            if nobody_answers(case):
                FollowUpQuestion.objects.filter(case=case, state=QuestionState.WITH_EXPERT).update(
                    state=QuestionState.ASKED
                )
                follow_needs(case)
                tell_coordinator(case, "follow-up-left")
                tell_family(case, "another-answers")
                audit.record("follow-up-left", by=None, case_id=case.pk, target=part.person)
        ended += 1
    return ended


@transaction.atomic
def hand_on(*, by: Person, case: Case, expert: ExpertProfile) -> None:
    """Let another expert answer the questions after a report whose specialist has left.

    Raises:
        NotYours: by somebody who does not own the case, or to somebody who is no specialist now.
        Refused: they have another part in the case, a conflict of interest, or may not advise
            in the country.
        Conflict: the case is not in its follow-up, or somebody answers already.
    """
    require(case, by, Part.COORDINATOR)
    if expert.person not in people_with(Role.SPECIALIST):
        raise NotYours
    if not nobody_answers(Case.objects.select_for_update().get(pk=case.pk)):
        raise Conflict(
            _("A specialist answers in this case already. Nothing was changed."), code="answers"
        )
    if roles_of(case, expert.person) - {"desk"}:
        raise Refused(_("This person has another part in the case."), code="other-part")
    must_fit(expert.person, case)
    give_part(case=case, person=expert.person, role=Part.SPECIALIST, by=by)
    look_again(case.pk)
    tell(case, expert.person, "follow-up-yours", "/expert/cases")
    audit.record("follow-up-handed-on", by=by, case_id=case.pk, target=expert.person)
