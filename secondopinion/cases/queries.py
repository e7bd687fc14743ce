"""Reads of cases; what a person may see is decided here and nowhere else."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import sees_only, staff_roles
from secondopinion.cases.models import (
    Case,
    EmergencyAccess,
    HandOver,
    InformationRequest,
    Part,
    Participation,
)
from secondopinion.cases.states import State
from secondopinion.core import clock, zones
from secondopinion.core.errors import NotYours
from secondopinion.core.lists import listed
from secondopinion.core.prepared import prepared

# The parts that are work here: they open nothing once their role has been taken away.
_OF_STAFF: dict[str, frozenset[str]] = {
    Part.COORDINATOR: frozenset({Role.COORDINATOR}),
    Part.ENTRY: frozenset({Role.COORDINATOR}),
    Part.SPECIALIST: frozenset({Role.SPECIALIST}),
    Part.SECOND_READER: frozenset({Role.SPECIALIST}),
    Part.REFERRAL_COORDINATOR: frozenset({Role.REFERRAL_COORDINATOR}),
    Part.EMERGENCY: frozenset({Role.SPECIALIST, Role.COORDINATOR, Role.REFERRAL_COORDINATOR}),
}


_WAITING: dict[frozenset[str], str | Promise] = {
    frozenset({Part.LOCAL_PROVIDER}): _("Waiting on the local provider"),
    frozenset({Part.FAMILY, Part.LOCAL_PROVIDER}): _("Waiting on family and local provider"),
}


def live_parts() -> QuerySet[Participation]:
    """Return the participations in force now."""
    return Participation.objects.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))


def _closed_to(held: set[str]) -> list[str]:
    """Return the parts that open nothing to who holds these staff roles."""
    return [part for part, roles in _OF_STAFF.items() if not roles & held]


def visible_to(person: Person) -> QuerySet[Case]:
    """Return the cases in which the person has a live part.

    The intake team is one team: who holds the role of a coordinator sees every case that has been
    submitted, and no draft.
    """
    held = staff_roles(person)
    parts = live_parts().filter(case=OuterRef("pk"), person=person)
    seen = Q(Exists(parts.exclude(role__in=_closed_to(held))))
    if "coordinator" in held:
        seen |= Q(submitted_at__isnull=False)
    return Case.objects.filter(seen)


@prepared
def _held(case: UUID, person: UUID) -> QuerySet[Participation, tuple[str, datetime | None]]:
    """Return the parts that a person has or had in a case, and until when."""
    rows = Participation.objects.filter(case_id=case, person_id=person)
    return rows.values_list("role", "until")


def roles_of(case: Case, person: Person) -> set[str]:
    """Return the parts that a person has in a case now; ``desk`` is the intake team."""
    if case.parts_for_reading is not None and case.parts_for_reading[0] == person.pk:
        return set(case.parts_for_reading[1])
    rows, now = _held(case.pk, person.pk), clock.now()
    roles = {role for role, until in rows if until is None or until > now}
    if case.submitted_at is None and not roles & _OF_STAFF.keys():
        return roles
    held = staff_roles(person)
    roles -= {*_closed_to(held)}
    if case.submitted_at is not None and "coordinator" in held:
        roles.add("desk")
    return roles


def case_with_parts(person: Person, reference: str) -> tuple[Case, set[str]]:
    """Return a case that the person may see, and the parts that they have in it now.

    Raises:
        NotYours: there is none, or it is somebody else's; the two look the same.
    """
    beside = ("child", "specialty", "coordinator", "request", "vault", "local_provider", "fee",
              "entry__by", "entry__family")  # fmt: skip
    roles = staff_roles(person)
    held = list(
        live_parts()
        .filter(person=person, case__reference=reference)
        .exclude(role__in=_closed_to(roles))
        .select_related("case", *(f"case__{each}" for each in beside))
        .annotate(limited=Exists(sees_only(person).filter(child=OuterRef("case__child"))))
    )
    on_team = "coordinator" in roles
    if held:
        case = held[0].case
        case.read_only = held[0].limited
    else:
        sent = Case.objects.filter(reference=reference, submitted_at__isnull=False)
        found = sent.select_related(*beside).first() if on_team else None
        if found is None:
            raise NotYours
        case = found
    parts = {str(each.role) for each in held}
    if on_team and case.submitted_at is not None:
        parts.add("desk")
    return case, parts


def case_for(person: Person, reference: str) -> Case:
    """Return a case that the person may see.

    Raises:
        NotYours: there is none, or it is somebody else's; the two look the same.
    """
    return case_with_parts(person, reference)[0]


def with_answers(case: Case) -> Case:
    """Read at once what the family has answered: questions, consents, ties to the child."""
    prefetch_related_objects([case], "questions", "consents", "child__guardianships")
    return case


def emergencies() -> QuerySet[EmergencyAccess]:
    """Return every emergency access, the latest first: for the privacy officer."""
    return EmergencyAccess.objects.select_related(
        "case__coordinator", "participation__person", "reviewed_by"
    )


def live_emergency(case: Case, person: Person) -> EmergencyAccess:
    """Return a person's emergency access to a case that is live now.

    Raises:
        NotYours: there is none.
    """
    parts = live_parts().filter(person=person, role=Part.EMERGENCY)
    found = emergencies().filter(case=case, participation__in=parts).first()
    if found is None:
        raise NotYours
    return found


def holders_of(case: Case, role: str) -> QuerySet[Person]:
    """Return the people who have a part in a case now, the oldest first."""
    live = Q(participations__until__isnull=True) | Q(participations__until__gt=clock.now())
    # One filter: behind each other, they would ask of several parts.
    rows = Person.objects.filter(live, participations__case=case, participations__role=role)
    return rows.order_by("participations__since")


def who_holds(cases: Collection[UUID], roles: Collection[str]) -> set[tuple[UUID, UUID]]:
    """Return who has one of these parts in some cases now, as case and person."""
    return set(live_parts().filter(case__in=cases, role__in=roles).values_list("case", "person"))


def zone_at_home(case: Case) -> str:
    """Return the zone in which who is asked at home may be thought to live, until their device says
    more: the family's, where it lies in the child's country, else the only one of that country."""
    here = str(case.country)
    for told in holders_of(case, Part.FAMILY).values_list("timezone", flat=True):
        if zones.country_of(told) == here:
            return told
    return zones.zone_of(here)


def taken_out(case: Case) -> QuerySet[Participation]:
    """Return the parts of the family that the team has ended, each with why."""
    parts = Participation.objects.filter(case=case, role=Part.FAMILY, until__isnull=False)
    return parts.exclude(ended_why="").select_related("person").order_by("until")


def parts_from_outside(case: Case) -> QuerySet[Participation]:
    """Return the parts that the family and local providers have or had, the oldest first.

    Those of the family that the team has ended say why.
    """
    parts = Participation.objects.filter(case=case, role__in=[Part.FAMILY, Part.LOCAL_PROVIDER])
    return parts.select_related("person").order_by("since")


def open_requests(case: Case) -> QuerySet[InformationRequest]:
    """Return what has been asked and not answered."""
    return InformationRequest.objects.filter(
        case=case, answered_at__isnull=True, dropped_at__isnull=True
    ).select_related("item", "asked_by")


def asked_outside(case: Case, part: str) -> QuerySet[InformationRequest]:
    """Return what the family, or the local provider, has been asked and not answered."""
    return open_requests(case).filter(to=part, held=False)


def asked_of_family(cases: Iterable[Case]) -> set[UUID]:
    """Return the keys of those cases in which the family has been asked and not answered."""
    rows = InformationRequest.objects.filter(
        case__in=cases, to=Part.FAMILY, held=False,
        answered_at__isnull=True, dropped_at__isnull=True,
    )  # fmt: skip
    return set(rows.values_list("case_id", flat=True))


def states_of(cases: Sequence[Case]) -> dict[UUID, str]:
    """Return in words where cases stand; of those that wait, whom they wait for."""
    words = {key: str(label) for key, label in State.choices}
    waiting = [case.pk for case in cases if case.state == State.WAITING_ON_FAMILY]
    asked_there: dict[UUID, set[str]] = {}
    rows = InformationRequest.objects.filter(
        case__in=waiting, held=False, answered_at__isnull=True, dropped_at__isnull=True
    )
    for case, to in rows.values_list("case", "to") if waiting else ():
        asked_there.setdefault(case, set()).add(to)
    return {
        case.pk: str(_WAITING.get(frozenset(asked_there.get(case.pk, ())), words[case.state]))
        for case in cases
    }


def asked(case: Case, **beside: Coalesce) -> list[InformationRequest]:
    """Return what has been asked and not taken back, the oldest first, answered or not, with the
    columns that a room above this one wants `beside`."""
    rows = InformationRequest.objects.filter(case=case, dropped_at__isnull=True)
    return list(rows.select_related("item", "asked_by", "answered_by").annotate(**beside))


def handed() -> Coalesce:
    """Return the hand-overs of a case to who owns it now, with note and cause, as one column."""
    rows = HandOver.objects.filter(taker=F("case__coordinator"), for_taker=True)
    return listed(rows, "case", "id", "note", "cause", outer="pk")


def of_team(person: Person) -> QuerySet[Case]:
    """Return the cases that the intake team has: all that were sent, and none for who is not of it.

    What is neither a draft, nor expired, nor withdrawn was sent (a constraint says so).
    """
    if "coordinator" not in staff_roles(person):
        return Case.objects.none()
    return Case.objects.exclude(state__in=[State.DRAFT, State.EXPIRED]).exclude(
        state=State.WITHDRAWN, submitted_at=None
    )


def with_zone(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Let each case know the time zone of its family (`zone`)."""
    family = live_parts().filter(case=OuterRef("pk"), role=Part.FAMILY).order_by("since")
    return rows.annotate(zone=Subquery(family.values("person__timezone")[:1])).select_related(
        "child", "specialty", "coordinator"
    )
