"""Reads of the team's own: who is away, who is on duty, saved views, how much each one has."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import people_with
from secondopinion.accounts.rules import MOST_TRIES
from secondopinion.cases.models import Case, Part, Request
from secondopinion.cases.owners import chooses_owner
from secondopinion.cases.queries import live_parts
from secondopinion.cases.states import ENDED, State
from secondopinion.core import clock
from secondopinion.core.prepared import prepared
from secondopinion.desk.models import (
    CaseEntry,
    Duplicate,
    Join,
    OneAccount,
    SavedView,
    Shift,
    Step,
)
from secondopinion.desk.rules import still_stands
from secondopinion.program import queries as program


def today() -> date:
    """Return the day at the hospital."""
    return clock.now().astimezone(program.calendar().zone).date()


def shifts() -> QuerySet[Shift]:
    """Return the shifts of today and later."""
    return Shift.objects.filter(last__gte=today()).select_related("person", "cover")


def on_now(kind: str) -> QuerySet[Shift]:
    """Return the shifts of a kind that today is in."""
    return shifts().filter(kind=kind, first__lte=today())


def covered_by(person: Person) -> list[UUID]:
    """Return for whom a person covers today."""
    return list(on_now(Shift.Kind.AWAY).filter(cover=person).values_list("person_id", flat=True))


def views_of(person: Person) -> QuerySet[SavedView]:
    """Return a person's saved views, and those that colleagues share."""
    return SavedView.objects.filter(Q(owner=person) | Q(shared=True)).select_related("owner")


def last_step(person: Person) -> Step | None:
    """Return the last step on several cases that a person can still undo."""
    return (
        Step.objects.filter(by=person, undone_at=None, created_at__gt=clock.now() - Step.UNDONE_FOR)
        .order_by("-created_at")
        .first()
    )


def undoable(step: Step) -> int:
    """Return in how many cases a step still stands, and so can be undone."""
    return sum(still_stands(step, case) for case in Case.objects.filter(pk__in=step.before))


def entries_of(person: Person) -> QuerySet[CaseEntry]:
    """Return the requests that a person enters and that no family has taken over yet."""
    parts = live_parts().filter(person=person, role=Part.ENTRY)
    rows = CaseEntry.objects.filter(case__in=parts.values("case"), taken_over_at=None)
    return rows.exclude(case__state__in=ENDED).select_related(
        "case__child", "family"
    ).order_by("-created_at")  # fmt: skip


def entries_left() -> QuerySet[CaseEntry]:
    """Return the requests whose family waits and that nobody here can go on with: who entered them
    has left. What stands in them is for who takes them up.
    """
    entering = live_parts().filter(role=Part.ENTRY, person__in=people_with(Role.COORDINATOR))
    # Asked of each of these few entries: by a join SQLite reads through all cases instead.
    over = Exists(Case.objects.filter(pk=OuterRef("case"), state__in=ENDED))
    rows = CaseEntry.objects.filter(~over, taken_over_at=None)
    return rows.exclude(case__in=entering.values("case")).select_related(
        "case", "by"
    ).order_by("created_at")  # fmt: skip


def entry_of(case: Case) -> CaseEntry | None:
    """Return how a case was entered for its family; None where they wrote it themselves."""
    return getattr(case, "entry", None)


def entered_pages(entry: CaseEntry | None, request: Request) -> set[str]:
    """Return the pages of a request that stand as the team entered them."""
    pages = entry.pages if entry else {}
    return {page for page, revision in pages.items() if request.changed.get(page) == revision}


@dataclass(slots=True)
class Load:
    """How much one coordinator has: open cases, those that need them, and late ones."""

    person: Person
    cases: int = 0
    due: int = 0
    late: int = 0
    away: Shift | None = None
    duty: Shift | None = None


def _counted(now: datetime) -> QuerySet[Case, tuple[Any, ...]]:
    """Return how many open cases each owner has: those that need them now, and all."""
    here = Q(put_off_until=None) | Q(put_off_until__lte=now)
    due = Count("state", filter=Q(act_by__lt=clock.NEVER) & here)
    rows = Case.objects.filter(ended_at=None).exclude(state=State.DRAFT).order_by()
    return rows.values_list("coordinator").annotate(due=due, cases=Count("*"))


_loads = prepared(_counted)


def loads() -> list[Load]:
    """Return what each coordinator of the team has now, the least loaded first.

    Who has fewer cases that need them comes before who has fewer cases; who is away comes last.
    """
    now = clock.now()
    found = {each.pk: Load(each) for each in people_with(Role.COORDINATOR)}
    late = Count("state", filter=Q(act_by__lt=now) | Q(due_at__lt=now))
    for owner, *counts in _counted(now).filter(coordinator__in=found).annotate(late=late):
        load = found[owner]
        load.due, load.cases, load.late = counts
    for shift in shifts().filter(first__lte=today(), person__in=found):
        if shift.kind == Shift.Kind.AWAY:
            found[shift.person_id].away = shift
        else:
            found[shift.person_id].duty = shift
    return sorted(found.values(), key=lambda each: (each.away is not None, each.due, each.cases))


def of_nobody() -> QuerySet[Case]:
    """Return the cases that were sent and have no owner: while there was no coordinator."""
    return Case.objects.filter(ended_at=None, coordinator=None).exclude(state=State.DRAFT)


@chooses_owner
def first_owner(case: Case) -> Person | None:
    """Return who gets a case that is sent: who entered it with the family, as long as they are here
    and not away, else who has the least to do."""
    known = people_with(Role.COORDINATOR).filter(
        pk__in=CaseEntry.objects.filter(case=case).values("by")
    )
    away = on_now(Shift.Kind.AWAY).values("person")
    return known.exclude(pk__in=away).first() or least_loaded()


def least_loaded() -> Person | None:
    """Return the coordinator who has the least to do and is not away, if there is one: the first
    of `loads`, without all that a page says of them."""
    team = list(people_with(Role.COORDINATOR))
    away = set(on_now(Shift.Kind.AWAY).values_list("person_id", flat=True))
    has = {owner: counts for owner, *counts in _loads(clock.now())}
    return min(team, key=lambda each: (each.pk in away, has.get(each.pk, [0, 0])), default=None)


def duplicates(state: str) -> QuerySet[Duplicate]:
    """Return the pairs of requests that are in a state, the latest first."""
    return Duplicate.objects.filter(state=state).select_related(
        "earlier__child", "later__child", "earlier__coordinator", "later__coordinator", "by"
    )


def joined_into(case: Case) -> Join | None:
    """Return with what a request was joined, as long as it is not taken apart again."""
    rows = Join.objects.filter(joined=case, undone_at=None)
    return rows.select_related("kept", "by").first()


def _waiting() -> Q:
    return Q(confirmed_at=None, expires_at__gt=clock.now(), tries__lt=MOST_TRIES)


def waiting_one(person: Person) -> OneAccount | None:
    """Return with which account a person is asked to make their own one, in the account that
    stays."""
    return OneAccount.objects.filter(_waiting(), kept=person).select_related("case").first()


def one_accounts(case: Case) -> list[OneAccount]:
    """Return which accounts are asked to be one, or were made one, by the desk of a case or in it:
    those that stand, and those that were undone."""
    here = live_parts().filter(case=case, role=Part.FAMILY)
    rows = OneAccount.objects.filter(
        Q(case=case) | Q(kept__in=here.values("person")),
        _waiting() | Q(confirmed_at__isnull=False),
    )
    return list(rows.select_related("kept", "other", "by", "undone_by", "case"))
