"""Reads of a case's threads."""

from django.db.models import QuerySet

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.conversations.models import Post
from secondopinion.conversations.rules import threads_of


def posts(case: Case, person: Person) -> QuerySet[Post]:
    """Return what was written in the threads that the person has a part in, the oldest first."""
    return Post.objects.filter(case=case, thread__in=threads_of(case, person)).select_related(
        "author"
    )
