"""Reads of who works here."""

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q

from secondopinion.accounts.models import Person, Role
from secondopinion.cases.models import Case
from secondopinion.cases.states import ENDED
from secondopinion.core import clock
from secondopinion.experts.models import ExpertProfile


@dataclass(slots=True)
class Member:
    """A person who works here or did: their roles now, factor, profile, and open cases."""

    person: Person
    roles: list[str]
    factor: bool
    profile: ExpertProfile | None
    open_cases: int

    @property
    def role_names(self) -> list[str]:
        """The roles in the reader's language."""
        return [str(Role(role).label) for role in self.roles]

    @property
    def cannot_be_offered(self) -> bool:
        """Whether a specialist lacks what matching and the report need."""
        return Role.SPECIALIST in self.roles and (
            self.profile is None
            or not self.profile.specialties.all()
            or not self.profile.title
            or not self.person.full_name
        )


def members() -> list[Member]:
    """Return everybody who has or had a staff role, those who have one first, by name."""
    people = Person.objects.filter(staff_roles__isnull=False).distinct()
    found = _members(list(people.prefetch_related("staff_roles")))
    return sorted(found, key=lambda each: (not each.roles, str(each.person).casefold()))


def member(person_id: UUID) -> Member | None:
    """Return one of them, or None."""
    people = Person.objects.filter(pk=person_id, staff_roles__isnull=False).distinct()
    return next(iter(_members(list(people.prefetch_related("staff_roles")))), None)


def _members(people: list[Person]) -> list[Member]:
    now = clock.now()
    keys = [person.pk for person in people]
    factors = set(
        Authenticator.objects.filter(user__in=keys)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .values_list("user_id", flat=True)
    )
    profiles = {
        each.person_id: each
        for each in ExpertProfile.objects.filter(person__in=keys).prefetch_related("specialties")
    }
    parts = Q(participations__until__isnull=True) & ~Q(participations__role="family")
    cases = dict(
        Case.objects.exclude(state__in=ENDED)
        .filter(parts, participations__person__in=keys)
        .values_list("participations__person")
        .annotate(Count("pk", distinct=True))
    )
    return [
        Member(
            person=person,
            roles=[
                role
                for role in Role.values
                if any(
                    held.role == role and (held.until is None or held.until > now)
                    for held in person.staff_roles.all()
                )
            ],
            factor=person.pk in factors,
            profile=profiles.get(person.pk),
            open_cases=cases.get(person.pk, 0),
        )
        for person in people
    ]
