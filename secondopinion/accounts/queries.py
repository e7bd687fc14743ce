"""Reads about people."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from secondopinion.accounts.models import (
    AccessLink,
    Child,
    Guardianship,
    NewAddress,
    Person,
    StaffRole,
)
from secondopinion.accounts.rules import MOST_TRIES
from secondopinion.accounts.tokens import hash_of
from secondopinion.core import clock
from secondopinion.core.prepared import prepared


@prepared
def _with_roles(person: UUID) -> QuerySet[Any]:
    """Return a person, once for each staff role that they have or had."""
    rows = Person.objects.filter(pk=person)
    return rows.annotate(held=F("staff_roles__role"), held_until=F("staff_roles__until"))


@prepared
def _roles(person: UUID, now: datetime) -> QuerySet[Any, str]:
    live = Q(until__isnull=True) | Q(until__gt=now)
    return StaffRole.objects.filter(live, person_id=person).values_list("role", flat=True)


def person_with_roles(person_id: UUID) -> Person | None:
    """Return a person who knows their staff roles of this moment: for one request."""
    now, rows = clock.now(), _with_roles(person_id)
    if not rows:
        return None
    person: Person = rows[0]  # once for each role that they have or had
    person.roles_for_reading = {
        each.held for each in rows
        if each.held and (each.held_until is None or each.held_until > now)
    }  # fmt: skip
    return person


def staff_roles(person: Person) -> set[str]:
    """Return the staff roles that the person holds now."""
    if not getattr(person, "is_authenticated", False):
        return set()
    if person.roles_for_reading is not None:
        return set(person.roles_for_reading)
    return set(_roles(person.pk, clock.now()))


def has_role(person: Person, *roles: str) -> bool:
    """Say whether the person holds one of these staff roles now."""
    return bool(staff_roles(person) & set(roles))


def given_by_house(person: Person) -> QuerySet[StaffRole]:
    """Return the roles in force that somebody of the house gave: they make a person staff."""
    return StaffRole.objects.filter(person=person, source=StaffRole.Source.HOUSE).filter(
        Q(until__isnull=True) | Q(until__gt=clock.now())
    )


def staff_at(email: str) -> Person | None:
    """Return the member of staff with this address, to whom the house gave a role."""
    person = Person.objects.filter(email__iexact=email, is_active=True, may_sign_in=True).first()
    return person if person is not None and given_by_house(person).exists() else None


def may_open_in_emergency(person: Person) -> bool:
    """Say whether the person may open a case without a part in it, in an emergency.

    A specialist may; somebody who coordinates may once the privacy officer has approved it.
    """
    roles = staff_roles(person)
    coordinates = roles & {"coordinator", "referral_coordinator"}
    return "specialist" in roles or ("emergency" in roles and bool(coordinates))


def people_with(role: str) -> QuerySet[Person]:
    """Return the active people who hold a staff role now, by name."""
    # One filter: behind each other, they would ask of two roles, and any other one would do.
    live = Q(staff_roles__until__isnull=True) | Q(staff_roles__until__gt=clock.now())
    rows = Person.objects.filter(live, is_active=True, staff_roles__role=role)
    return rows.order_by("full_name").distinct()


def guardianship(child: Child, person: Person) -> Guardianship | None:
    """Return the live tie between a child and a person, if there is one."""
    today = clock.today()
    for tie in child.guardianships.all():
        live = tie.revoked_at is None and (tie.until is None or tie.until >= today)
        if live and tie.person_id == person.pk:
            return tie
    return None


def access_links(person: Person, case_id: UUID) -> list[AccessLink]:
    """Return the latest links that a person was sent for a case, the last one first."""
    return list(
        AccessLink.objects.filter(person=person, case_id=case_id).order_by("-created_at")[:10]
    )


def link_for(token: str, purpose: str) -> AccessLink | None:
    """Return a live access link for a token as it stands in the address, used or not.

    A link opens what it was made for, and nothing else.
    """
    return (
        AccessLink.objects.select_related("person")
        .filter(token_hash=hash_of(token), purpose=purpose, expires_at__gt=clock.now())
        .first()
    )


def waiting_address(person: Person, case_id: UUID | None = None) -> NewAddress | None:
    """Return the address that a person has still to confirm by the code that was sent there; with
    a case, if its desk was asked for it."""
    rows = NewAddress.objects.filter(
        person=person, confirmed_at=None, expires_at__gt=clock.now(), tries__lt=MOST_TRIES
    )
    return rows.filter(case_id=case_id).first() if case_id else rows.first()


def holder_of(email: str) -> Person | None:
    """Return whose address this is, if it is anybody's who has begun something here.

    Whoever has only typed an address at the sign-in has an account, and nothing in it.
    """
    begun = Q(staff_roles__isnull=False) | Q(guardianships__isnull=False)
    begun |= Q(participations__isnull=False)
    return Person.objects.filter(begun, email__iexact=email).first()


def sees_only(person: Person) -> QuerySet[Guardianship]:
    """Return the ties by which a person sees everything and decides nothing."""
    return Guardianship.objects.filter(person=person, may_consent=False, revoked_at=None)


def closed_for_another(email: str) -> Person | None:
    """Return the account with this address, if it was made one with another of its person."""
    return Person.objects.filter(email__iexact=email.strip(), goes_on_as__isnull=False).first()
