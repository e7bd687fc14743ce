"""Reads about people."""

from django.db.models import Q, QuerySet

from secondopinion.accounts.models import AccessLink, Child, Guardianship, Person, StaffRole
from secondopinion.accounts.tokens import hash_of
from secondopinion.core import clock


def staff_roles(person: Person) -> set[str]:
    """Return the staff roles that the person holds now."""
    if not getattr(person, "is_authenticated", False):
        return set()
    known: set[str] | None = getattr(person, "known_roles", None)
    if known is not None:
        return set(known)
    held = StaffRole.objects.filter(person=person).filter(
        Q(until__isnull=True) | Q(until__gt=clock.now())
    )
    return set(held.values_list("role", flat=True))


def remember_roles(person: Person) -> set[str]:
    """Read a person's roles once for as long as this object lives: for the reading of one page."""
    roles = staff_roles(person)
    setattr(person, "known_roles", roles)  # noqa: B010 - not a column
    return roles


def has_role(person: Person, *roles: str) -> bool:
    """Say whether the person holds one of these staff roles now."""
    return bool(staff_roles(person) & set(roles))


def people_with(role: str) -> QuerySet[Person]:
    """Return the active people who hold a staff role now, by name."""
    return (
        Person.objects.filter(is_active=True, staff_roles__role=role)
        .filter(Q(staff_roles__until__isnull=True) | Q(staff_roles__until__gt=clock.now()))
        .order_by("full_name")
        .distinct()
    )


def guardianship(child: Child, person: Person) -> Guardianship | None:
    """Return the live tie between a child and a person, if there is one."""
    return (
        Guardianship.objects.filter(child=child, person=person, revoked_at__isnull=True)
        .filter(Q(until__isnull=True) | Q(until__gte=clock.today()))
        .first()
    )


def link_for(token: str) -> AccessLink | None:
    """Return a live access link for a token as it stands in the address, used or not."""
    return (
        AccessLink.objects.select_related("person")
        .filter(token_hash=hash_of(token), expires_at__gt=clock.now())
        .first()
    )
