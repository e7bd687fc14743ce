"""Reads of a case's threads."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Subquery

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part
from secondopinion.conversations.models import Post, Seen, Thread
from secondopinion.conversations.rules import threads_of


def posts(case: Case, person: Person) -> QuerySet[Post]:
    """Return what was written in the threads that the person has a part in, the oldest first."""
    seen = Seen.objects.filter(case=case, person=person).values("at")[:1]
    rows = Post.objects.filter(case=case, thread__in=threads_of(case, person))
    return rows.annotate(read_until=Subquery(seen)).select_related("author")


def unanswered(case: Case) -> QuerySet[Post]:
    """Return what the family or the local provider wrote and nobody has answered."""
    return Post.objects.filter(case=case, answered_at__isnull=True)


def anything_new(rows: Iterable[Any], person: Person) -> bool:
    """Say of what `posts` has read whether somebody else wrote after the person looked last."""
    return any(
        row.author_id != person.pk and (row.read_until is None or row.read_until < row.created_at)
        for row in rows
    )


# Whose reading of a thread the other side is told.
READERS = {Thread.FAMILY: Part.FAMILY, Thread.LOCAL_PROVIDER: Part.LOCAL_PROVIDER}


def read_by(case: Case) -> dict[str, datetime]:
    """Return, by thread, until when the family and the local provider have read theirs."""
    seen = Seen.objects.filter(
        case=case, person__participations__case=case, person__participations__until__isnull=True
    ).values_list("person__participations__role", "at")
    found: dict[str, datetime] = {}
    for thread, part in READERS.items():
        times = [at for role, at in seen if role == part]
        if times:
            found[thread] = max(times)
    return found
