"""What changes people, roles, guardianship and links."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import queries, rules
from secondopinion.accounts.models import AccessLink, Child, Guardianship, Person, StaffRole
from secondopinion.accounts.tokens import hash_of, new_token
from secondopinion.audit import actions as audit
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused


@transaction.atomic
def ensure_person(
    *, email: str, full_name: str = "", language: str = "en", **more: object
) -> Person:
    """Return the person with this address, made when there is none.

    Raises:
        Refused: the address is not one.
    """
    email = rules.clean_email(email)
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        person = Person(email=email, full_name=full_name, language=language, **more)
        person.set_unusable_password()
        person.save()
        audit.record("person-made", by=None, target=person)
    return person


@transaction.atomic
def make_guest(*, full_name: str, email: str, language: str = "en") -> Person:
    """Make a person who cannot sign in and is reached by one-time links, at an address kept apart.

    The address may belong to an account too: the guest is another row, so that a link never opens
    more than the one case that it was made for.
    """
    person = Person(full_name=full_name, language=language, may_sign_in=False, email=None)
    person.set_unusable_password()
    person.contact_email = rules.clean_email(email)
    person.save()
    audit.record("guest-made", by=None, target=person)
    return person


@transaction.atomic
def describe(*, by: Person, person: Person, **fields: str) -> Person:
    """Change a person's own name, phone, language, time zone or country.

    Raises:
        NotYours: it is somebody else.
    """
    if by.pk != person.pk:
        raise NotYours
    allowed = {"full_name", "latin_name", "phone", "language", "timezone", "country"}
    for name, value in fields.items():
        if name not in allowed:
            raise ValueError(name)
        setattr(person, name, value)
    person.save(update_fields=list(fields))
    audit.record("person-described", by=by, target=person, detail={"fields": sorted(fields)})
    return person


@transaction.atomic
def grant_role(*, by: Person | None, person: Person, role: str) -> StaffRole:
    """Give a staff role; `by` is None only on the command line.

    Raises:
        NotYours: by somebody who is not an administrator.
    """
    if by is not None and not queries.has_role(by, "administrator"):
        raise NotYours
    held, made = StaffRole.objects.get_or_create(person=person, role=role, until=None)
    if made:
        audit.record("role-granted", by=by, target=person, detail={"role": role})
    return held


@transaction.atomic
def end_role(*, by: Person, person: Person, role: str) -> None:
    """Take a staff role away.

    Raises:
        NotYours: by somebody who is not an administrator.
        Refused: it would leave nobody to administer.
    """
    if not queries.has_role(by, "administrator"):
        raise NotYours
    if role == "administrator" and by.pk == person.pk:
        raise Refused(_("You cannot take your own administrator role away."), code="own-role")
    StaffRole.objects.filter(person=person, role=role, until=None).update(until=clock.now())
    audit.record("role-ended", by=by, target=person, detail={"role": role})


@transaction.atomic
def set_guardianship(*, by: Person, child: Child, person: Person, kind: str) -> Guardianship:
    """Say on what ground a person decides for a child; saying it again changes the ground."""
    tie, _made = Guardianship.objects.update_or_create(
        child=child, person=person, revoked_at=None, defaults={"kind": kind}
    )
    audit.record("guardianship-set", by=by, target=child, detail={"kind": kind})
    return tie


@transaction.atomic
def revoke_guardianship(*, by: Person, tie: Guardianship) -> None:
    """End a tie, by the desk's privacy officer or by the guardian in person.

    Raises:
        NotYours: by anybody else.
    """
    if by.pk != tie.person_id and not queries.has_role(by, "privacy"):
        raise NotYours
    Guardianship.objects.filter(pk=tie.pk, revoked_at=None).update(revoked_at=clock.now())
    audit.record("guardianship-revoked", by=by, target=tie)


@transaction.atomic
def make_link(*, person: Person, purpose: str, case_id: UUID, days: int = 30) -> str:
    """Return the token of a fresh one-time link; earlier unused links for the same end."""
    AccessLink.objects.filter(
        person=person, purpose=purpose, case_id=case_id, used_at__isnull=True
    ).update(expires_at=clock.now())
    token = new_token()
    AccessLink.objects.create(
        token_hash=hash_of(token),
        person=person,
        purpose=purpose,
        case_id=case_id,
        expires_at=clock.now() + timedelta(days=days),
    )
    return token


@transaction.atomic
def use_link(*, token: str) -> AccessLink:
    """Use a one-time link up and return it.

    Raises:
        Refused: unknown, out of date, or used before.
    """
    link = queries.link_for(token)
    used = link is not None and AccessLink.objects.filter(pk=link.pk, used_at__isnull=True).update(
        used_at=clock.now()
    )
    if link is None or not used:
        raise Refused(
            _("This link has been used or is out of date. Ask for a new one below."),
            code="link-used",
        )
    audit.record("link-used", by=link.person, case_id=link.case_id, detail={"for": link.purpose})
    return link
