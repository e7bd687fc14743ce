"""What changes people, roles, guardianship and links."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import queries, rules
from secondopinion.accounts.models import (
    FOR_GUESTS,
    AccessLink,
    Child,
    GuardianKind,
    Guardianship,
    Person,
    Role,
    StaffRole,
)
from secondopinion.accounts.tokens import hash_of, new_token
from secondopinion.audit import actions as audit
from secondopinion.core import clock, zones
from secondopinion.core.errors import NotYours, Refused

LINK_DAYS = 30  # that a one-time link works, where nothing else is said


@transaction.atomic
def ensure_person(
    *, email: str, full_name: str = "", language: str = "en", **more: object
) -> Person:
    """Return the person with this address, made when there is none. An account that was made one
    with another is that other one.

    Raises:
        Refused: the address is not one.
    """
    email = rules.clean_email(email)
    person = Person.objects.filter(email__iexact=email).first()
    while person is not None and person.goes_on_as is not None:
        person = person.goes_on_as
    if person is None:
        person = Person(email=email, full_name=full_name, language=language, **more)
        person.set_unusable_password()
        person.save()
        audit.record("person-made", by=None, target=person)
    return person


@transaction.atomic
def make_without_mail(*, full_name: str, phone: str, language: str = "en") -> Person:
    """Make somebody who is reached by telephone alone and comes in by codes, or by a passkey.

    Raises:
        Refused: no phone number, or none that can be one.
    """
    phone = rules.clean_phone(phone)
    if not phone:
        raise Refused(
            _("Without an e-mail address we need a phone number."), code="phone-missing",
            field="phone",
        )  # fmt: skip
    person = Person(full_name=full_name, language=language, phone=phone, email=None)
    person.set_unusable_password()
    person.save()
    audit.record("person-made", by=None, target=person)
    return person


@transaction.atomic
def make_guest(
    *, full_name: str, email: str, language: str = "en", timezone: str = zones.UNKNOWN
) -> Person:
    """Make a person who cannot sign in and is reached by one-time links, at an address kept apart.

    The address may belong to an account too: the guest is another row, so that a link never opens
    more than the one case that it was made for.
    """
    person = Person(
        full_name=full_name, language=language, timezone=timezone, may_sign_in=False, email=None
    )
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
def end_sessions(*, by: Person | None, person: Person) -> None:
    """End every session of a person: a session holds a mark of the password, and nobody has one.

    Raises:
        NotYours: by somebody else who is not an administrator.
    """
    if by is None or by.pk != person.pk:
        _require_administrator(by)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    audit.record("sessions-ended", by=by, target=person)


@transaction.atomic
def note_sign_in_change(*, by: Person, verb: str) -> None:
    """Write down that a person changed how they sign in."""
    audit.record(verb, by=by, target=by)


@transaction.atomic
def grant_role(*, by: Person | None, person: Person, role: str) -> StaffRole:
    """Give a staff role; `by` is None only on the command line.

    Raises:
        NotYours: by somebody who is not an administrator (for emergency access: nor a privacy
            officer).
        Refused: there is no such role.
    """
    _may_give(by, role)
    if role not in Role.values:
        raise Refused(
            _("There is no such role. Choose one of these: %(roles)s")
            % {"roles": ", ".join(Role.values)},
            code="role-unknown",
            field="roles",
        )
    held, made = StaffRole.objects.get_or_create(person=person, role=role, until=None)
    taken_on = held.source != StaffRole.Source.HOUSE
    if taken_on:
        held.source = StaffRole.Source.HOUSE
        held.save(update_fields=["source"])
    if made or taken_on:
        audit.record("role-granted", by=by, target=person, detail={"role": role})
    return held


@transaction.atomic
def end_role(*, by: Person | None, person: Person, role: str) -> None:
    """Take a staff role away; who may give it may take it.

    Raises:
        NotYours: by somebody who may not.
        Refused: one's own role of administrator, or that of the only one.
    """
    _may_give(by, role)
    if role == Role.ADMINISTRATOR:
        # Locked, so that two administrators cannot take it from each other at the same time.
        list(StaffRole.objects.select_for_update().filter(role=role, until__isnull=True))
        if by is not None and by.pk == person.pk:
            raise Refused(
                _("Nobody takes away their own role of administrator. Ask a colleague."),
                code="own-role",
                field="roles",
            )
        if not queries.people_with(role).exclude(pk=person.pk).exists():
            raise Refused(
                _("This is the only administrator. Make another one first."),
                code="last-administrator",
                field="roles",
            )
    ended = StaffRole.objects.filter(person=person, role=role, until=None).update(until=clock.now())
    if ended:
        audit.record("role-ended", by=by, target=person, detail={"role": role})
    if not queries.given_by_house(person).exists():
        follow_groups(person=person, roles=set())


@transaction.atomic
def follow_groups(*, person: Person, roles: set[str]) -> None:
    """Give the roles that a person's groups at single sign-on stand for, and end those they left.

    Only somebody to whom the house gave a role gets more by a group, and never an administrator's.
    """
    if not queries.given_by_house(person).exists():
        roles = set()
    roles = {role for role in roles if role in Role.values} - {Role.ADMINISTRATOR, Role.EMERGENCY}
    by_group = StaffRole.objects.filter(person=person, source=StaffRole.Source.SIGN_ON, until=None)
    for left in by_group.exclude(role__in=roles):
        StaffRole.objects.filter(pk=left.pk).update(until=clock.now())
        audit.record(
            "role-ended", by=None, target=person, detail={"role": left.role, "how": "group"}
        )
    for role in sorted(roles - queries.staff_roles(person)):
        StaffRole.objects.create(person=person, role=role, source=StaffRole.Source.SIGN_ON)
        audit.record("role-granted", by=None, target=person, detail={"role": role, "how": "group"})


@transaction.atomic
def note_link(*, person: Person) -> None:
    """Write down that a person's account at single sign-on was tied to them."""
    audit.record("single-sign-on-linked", by=None, target=person)


@transaction.atomic
def name_staff(*, by: Person | None, person: Person, full_name: str, language: str) -> Person:
    """Set the name and the language of a member of staff; `by` is None only on the command line.

    Raises:
        NotYours: by somebody who is not an administrator.
        Refused: without a name.
    """
    _require_administrator(by)
    full_name = rules.staff_name(full_name)
    if (person.full_name, person.language) != (full_name, language):
        person.full_name, person.language = full_name, language
        person.save(update_fields=["full_name", "language"])
        fields = {"fields": ["full_name", "language"]}
        audit.record("person-described", by=by, target=person, detail=fields)
    return person


def _require_administrator(by: Person | None) -> None:
    if by is not None and not queries.has_role(by, Role.ADMINISTRATOR):
        raise NotYours


def _may_give(by: Person | None, role: str) -> None:
    givers = {"administrator", "privacy"} if role == Role.EMERGENCY else {"administrator"}
    if by is not None and not queries.has_role(by, *givers):
        raise NotYours


@transaction.atomic
def set_guardianship(*, by: Person, child: Child, person: Person, kind: str) -> Guardianship:
    """Say on what ground a person decides for a child; saying it again changes the ground."""
    tie, _made = Guardianship.objects.update_or_create(
        child=child, person=person, revoked_at=None, defaults={"kind": kind}
    )
    audit.record("guardianship-set", by=by, target=child, detail={"kind": kind})
    return tie


@transaction.atomic
def limit_guardianship(
    *, by: Person | None, child: Child, person: Person, may_see: bool, may_consent: bool
) -> Guardianship:
    """Say whether a person may see, and may decide, what is about a child; a job has no `by`.

    Who may see nothing keeps a tie of this kind, so that they cannot be let in again.
    """
    limits = {"may_see": may_see, "may_consent": may_consent}
    tie, _made = Guardianship.objects.update_or_create(
        child=child, person=person, revoked_at=None, defaults=limits,
        create_defaults={**limits, "kind": GuardianKind.PARENT},
    )  # fmt: skip
    audit.record("guardianship-limited", by=by, target=child, detail=dict(limits))
    return tie


@transaction.atomic
def end_guardianship(*, by: Person | None, child: Child, person: Person) -> None:
    """Say that a person does not decide for a child any more; the tie stays on record."""
    ended = Guardianship.objects.filter(child=child, person=person, revoked_at=None).update(
        revoked_at=clock.now()
    )
    if ended:
        audit.record("guardianship-ended", by=by, target=child)


@transaction.atomic
def make_link(
    *,
    person: Person,
    case_id: UUID,
    purpose: str = FOR_GUESTS,
    days: int = LINK_DAYS,
    token: str = "",
    beside: bool = False,
) -> str:
    """Return the token of a fresh one-time link (a given one, or one too long to be typed);
    earlier unused ones end, unless it stands `beside` them.
    """
    if not beside:
        end_links(person=person, case_id=case_id)
    token = token or new_token()
    AccessLink.objects.create(
        token_hash=hash_of(token),
        person=person,
        purpose=purpose,
        case_id=case_id,
        expires_at=clock.now() + timedelta(days=days),
    )
    return token


@transaction.atomic
def end_links(*, person: Person, case_id: UUID) -> None:
    """Let no link open a case for this person any more."""
    AccessLink.objects.filter(person=person, case_id=case_id, used_at__isnull=True).update(
        expires_at=clock.now()
    )


@transaction.atomic
def shut_guest_out(*, by: Person | None, person: Person, case_id: UUID) -> None:
    """End every link and every session of a guest, who has no account to sign in to.

    Raises:
        NotYours: they have an account of their own.
    """
    if person.may_sign_in:
        raise NotYours
    end_links(person=person, case_id=case_id)
    person.set_unusable_password()  # a session holds a mark of it
    person.save(update_fields=["password"])
    audit.record("sessions-ended", by=by, target=person)


@transaction.atomic
def use_link(*, token: str, purpose: str = FOR_GUESTS) -> AccessLink:
    """Use a one-time link up and return it.

    Raises:
        Refused: unknown, for something else, out of date, or used before.
    """
    link = queries.link_for(token, purpose)
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
