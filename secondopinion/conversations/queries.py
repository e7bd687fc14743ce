"""Reads of a case's threads."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.conversations.models import Post, Seen
from secondopinion.conversations.rules import threads_of


def posts(case: Case, person: Person) -> QuerySet[Post]:
    """Return what was written in the threads that the person has a part in, the oldest first."""
    return Post.objects.filter(case=case, thread__in=threads_of(case, person)).select_related(
        "author"
    )


def unread_by(person: Person) -> Exists:
    """Return what says of each row of cases whether it has messages that `person` has not read."""
    seen = Seen.objects.filter(case=OuterRef("case"), person=person, at__gte=OuterRef("created_at"))
    return Exists(Post.objects.filter(~Q(author=person), ~Exists(seen), case=OuterRef("pk")))
