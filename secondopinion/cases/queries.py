"""Reads of cases; what a person may see is decided here and nowhere else."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.cases.models import Case, InformationRequest, Participation
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import NotYours


def live_parts() -> QuerySet[Participation]:
    """Return the participations in force now."""
    return Participation.objects.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))


def visible_to(person: Person) -> QuerySet[Case]:
    """Return the cases in which the person has a live part.

    The intake team is one team: who holds the role of a coordinator sees every case that has been
    submitted, and no draft.
    """
    parts = live_parts().filter(case=OuterRef("pk"), person=person)
    seen = Q(Exists(parts))
    if "coordinator" in staff_roles(person):
        seen |= Q(submitted_at__isnull=False)
    return Case.objects.filter(seen)


def roles_of(case: Case, person: Person) -> set[str]:
    """Return the parts that a person has in a case now; ``desk`` is the intake team."""
    known: dict[object, set[str]] = getattr(case, "known_parts", {})
    if person.pk in known:
        return set(known[person.pk])
    roles = set(live_parts().filter(case=case, person=person).values_list("role", flat=True))
    if case.submitted_at is not None and "coordinator" in staff_roles(person):
        roles.add("desk")
    return roles


def remember_parts(case: Case, person: Person) -> set[str]:
    """Read a person's parts once for as long as this object lives: for the reading of one page."""
    parts = roles_of(case, person)
    setattr(case, "known_parts", {person.pk: parts})  # noqa: B010 - not a column
    return parts


def case_for(person: Person, reference: str) -> Case:
    """Return a case that the person may see.

    Raises:
        NotYours: there is none, or it is somebody else's; the two look the same.
    """
    found = (
        visible_to(person)
        .select_related("child", "specialty", "coordinator", "request", "vault")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotYours
    return found


def holders_of(case: Case, role: str) -> QuerySet[Person]:
    """Return the people who have a part in a case now, the oldest first."""
    parts = live_parts().filter(case=case, role=role)
    return Person.objects.filter(participations__in=parts).order_by("participations__since")


def open_requests(case: Case) -> QuerySet[InformationRequest]:
    """Return what has been asked and not answered."""
    return InformationRequest.objects.filter(
        case=case, answered_at__isnull=True, dropped_at__isnull=True
    ).select_related("item", "asked_by")


def worklist(person: Person) -> QuerySet[Case]:
    """Return the desk's cases that are under way, by due time; those without one come last."""
    return (
        visible_to(person)
        .exclude(state__in=[State.DRAFT, State.EXPIRED])
        .select_related("child", "specialty", "coordinator")
        .order_by(F("due_at").asc(nulls_last=True), "state_since")
    )
