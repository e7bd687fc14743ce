"""What follow-up questions stand in the way of, and that they are translated too."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.cases.rules import in_the_way_of
from secondopinion.core.errors import Refused
from secondopinion.followup.models import FollowUpQuestion, QuestionState
from secondopinion.translation.told import FAMILY, LOCAL_PROVIDER, Said, language_of, tells

WAITING = (QuestionState.ASKED, QuestionState.WITH_EXPERT)


def waiting_in(case: Case) -> bool:
    """Say whether a question of the family or the local provider waits for its answer."""
    return FollowUpQuestion.objects.filter(case=case, state__in=WAITING).exists()


@in_the_way_of("close")
def every_question_is_answered(case: Case) -> None:
    """Hold when no question of the family or the local provider waits for its answer.

    Raises:
        Refused: one does.
    """
    if waiting_in(case):
        raise Refused(
            _("A question after the report has not been answered yet. Answer it before you close."),
            code="question-open",
        )


def asked_by(question: FollowUpQuestion) -> str:
    """Return who asked, as translations name them: the family, or the local provider, who has no
    account."""
    return FAMILY if question.asked_by.may_sign_in else LOCAL_PROVIDER


def key_of(question: FollowUpQuestion) -> str:
    """Return the key of a question among the texts of its case."""
    return f"follow-up-{question.number}"


@tells
def _questions(case: Case) -> Iterator[Said]:
    """Yield the questions that a specialist answers, or will."""
    rows = FollowUpQuestion.objects.filter(case=case).exclude(state=QuestionState.SETTLED)
    for row in rows.select_related("asked_by"):
        who = asked_by(row)
        yield Said(key_of(row), row.text, who, language_of(case, who))
