"""Who may read and write in which thread of a case."""

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.cases.queries import roles_of
from secondopinion.conversations.models import Thread

WRITERS: dict[str, frozenset[str]] = {
    Thread.FAMILY: frozenset({"family", "coordinator", "desk"}),
    Thread.LOCAL_PROVIDER: frozenset({"local_provider", "coordinator", "desk"}),
    Thread.STAFF: frozenset({"coordinator", "desk", "specialist", "referral_coordinator"}),
}


def threads_of(case: Case, person: Person) -> list[Thread]:
    """Return the threads of a case that a person has a part in."""
    roles = roles_of(case, person)
    return [thread for thread in Thread if roles & WRITERS[thread]]
