"""Reads of follow-up questions."""

from django.db.models import QuerySet

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.cases.queries import visible_to
from secondopinion.core.errors import NotYours
from secondopinion.followup.models import FollowUpQuestion
from secondopinion.followup.rules import WAITING


def questions(case: Case) -> QuerySet[FollowUpQuestion]:
    """Return the follow-up questions of a case, by number."""
    return FollowUpQuestion.objects.filter(case=case).select_related("asked_by", "addendum")


def question_for(person: Person, reference: str, number: int) -> FollowUpQuestion:
    """Return a question of a case that the person may see.

    Raises:
        NotYours: there is none, or it is somebody else's.
    """
    found = (
        FollowUpQuestion.objects.filter(
            case__in=visible_to(person), case__reference=reference, number=number
        )
        .select_related("case", "asked_by")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def waiting(person: Person) -> QuerySet[FollowUpQuestion]:
    """Return what waits for an answer in the cases that the person may see, by due time."""
    return (
        FollowUpQuestion.objects.filter(
            case__in=visible_to(person),
            state__in=WAITING,
        )
        .select_related("case", "case__child", "asked_by")
        .order_by("due_at")
    )
