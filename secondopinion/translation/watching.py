"""Looks after a case has moved on whether somebody cannot read what was written at home."""

from uuid import UUID

from django.tasks import task

from secondopinion.cases.changes import when_moved
from secondopinion.core.jobs import enqueue_once
from secondopinion.translation.asking import look

# With these somebody new reads the case, or something new was written.
_MOVES = frozenset({"complete", "offer", "accept_offer", "more_arrived"})


@task()
def look_for_words(case_id: str) -> None:
    """Ask for the translations that a case lacks for who reviews it."""
    look(UUID(case_id))


def look_again(case_id: UUID) -> None:
    """Have a case looked at soon: somebody new reads it, or something was written."""
    enqueue_once(look_for_words, str(case_id))


@when_moved
def _moved(case_id: UUID, action: str) -> None:
    if action in _MOVES:
        look_again(case_id)
