"""What follow-up questions stand in the way of."""

from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.cases.rules import in_the_way_of
from secondopinion.core.errors import Refused
from secondopinion.followup.models import FollowUpQuestion, QuestionState

WAITING = (QuestionState.ASKED, QuestionState.WITH_EXPERT)


@in_the_way_of("close")
def every_question_is_answered(case: Case) -> None:
    """Hold when no question of the family or the local provider waits for its answer.

    Raises:
        Refused: one does.
    """
    if FollowUpQuestion.objects.filter(case=case, state__in=WAITING).exists():
        raise Refused(
            _("A question after the report has not been answered yet. Answer it before you close."),
            code="question-open",
        )
