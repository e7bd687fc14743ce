"""What changes who works here."""

from collections.abc import Collection, Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role, staff_roles
from secondopinion.audit import actions as audit
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.languages import enumerated
from secondopinion.experts import actions as experts
from secondopinion.experts.models import ExpertProfile
from secondopinion.followup import leaving
from secondopinion.messaging.actions import notify
from secondopinion.opinions import handing
from secondopinion.program import queries as program
from secondopinion.program.models import Specialty


@transaction.atomic
def add(*, by: Person | None, email: str, full_name: str, language: str = "en") -> Person:
    """Return the account of somebody who will work here, made when there is none.

    Raises:
        NotYours: by somebody who is not an administrator.
        Refused: no address, or no name.
    """
    _require_administrator(by)
    person = accounts.ensure_person(email=email, full_name=full_name, language=language)
    return accounts.name_staff(by=by, person=person, full_name=full_name, language=language)


@transaction.atomic
def set_roles(
    *, by: Person | None, person: Person, roles: Collection[str],
    shown: Collection[str] | None = None,
) -> None:  # fmt: skip
    """Give and take roles until the person has these and no others.

    Who is no specialist any more has no offer, no case under review and no question after a report
    from then on. `shown` are the roles that whoever chose has seen: a page that was opened before
    somebody else changed them gives nothing back.

    Raises:
        NotYours: by somebody who is not an administrator.
        Conflict: the roles are others by now than those that were shown.
        Refused: an unknown role, one's own of administrator, or that of the only one.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    person.roles_for_reading = None
    held = staff_roles(person)
    if shown is not None and held != set(shown):
        raise Conflict(_("Somebody has changed this already. Load the page again."), code="state")
    for role in roles:
        if role not in held:
            accounts.grant_role(by=by, person=person, role=role)
    for role in held - set(roles):
        accounts.end_role(by=by, person=person, role=role)
    if Role.SPECIALIST in held - set(roles):
        experts.lapse_offers()
        handing.let_go_of_gone()
        leaving.let_go_of_gone()


@transaction.atomic
def describe_specialist(
    *, by: Person | None, person: Person, title: str, specialties: Iterable[str], **fields: Any
) -> ExpertProfile:
    """Say who a specialist is and what they can take; `specialties` are keys of fields.

    Other `fields` are those of the profile; what is not named stays as it is.

    Raises:
        NotYours: by somebody who may not, or about somebody who is not a specialist.
        Refused: without a title or a field, a field that there is not, or a value that cannot be.
    """
    return experts.describe(
        by=by, person=person, specialties=fields_of(specialties), title=title_of(title), **fields
    )


def title_of(text: str) -> str:
    """Return what stands under the reports of a specialist.

    Raises:
        Refused: there is nothing.
    """
    if not text.strip():
        raise _refused(_("The report needs a title, like Pediatric neurologist."), "title")
    return text.strip()


def fields_of(keys: Iterable[str]) -> list[Specialty]:
    """Return the fields of medicine with these keys.

    Raises:
        Refused: there is no such field, or none is named.
    """
    known = {row.key: row for row in program.specialties()}
    chosen = list(dict.fromkeys(keys))
    if unknown := [key for key in chosen if key not in known]:
        raise _refused(
            _("There is no such field of medicine: %(name)s") % {"name": enumerated(unknown)},
            "specialties",
        )
    if not chosen:
        raise _refused(_("Choose at least one field: cases are offered by it."), "specialties")
    return [known[key] for key in chosen]


@transaction.atomic
def reset_factor(*, by: Person | None, person: Person) -> None:
    """Take every second factor of a person away, end their sessions and tell them.

    Raises:
        NotYours: by somebody who is not an administrator.
        Refused: there is none, or it is one's own.
    """
    _require_administrator(by)
    if by is not None and by.pk == person.pk:
        raise Refused(_("Nobody takes away their own second factor here. Ask a colleague."))
    gone, _kinds = Authenticator.objects.filter(user=person).delete()
    if not gone:
        raise Refused(_("This person has no second factor."))
    accounts.end_sessions(by=by, person=person)
    audit.record("factor-reset", by=by, target=person)
    notify(to=person, template="factor-reset")


def language_of(code: str) -> str:
    """Return a language of the product.

    Raises:
        Refused: there is no such one.
    """
    if code not in dict(settings.LANGUAGES):
        raise _refused(
            _("There is no such language. Choose one of these: %(languages)s")
            % {"languages": enumerated(dict(settings.LANGUAGES))},
            "language",
        )
    return code


def _refused(sentence: Any, field: str) -> Refused:
    return Refused(sentence, code="staff-refused", field=field)


def _require_administrator(by: Person | None) -> None:
    if by is not None and not has_role(by, Role.ADMINISTRATOR):
        raise NotYours
