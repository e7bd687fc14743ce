"""What `secondopinion staff` does; each returns the lines that it says."""

import argparse

from django.db import transaction

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.rules import clean_email
from secondopinion.core.errors import Refused
from secondopinion.program import queries as program
from secondopinion.staffing import actions, queries

FIRST_SIGN_IN = "At the first sign-in they set up a second factor."


def list_(_given: argparse.Namespace) -> list[str]:
    """Return a line for everybody who has or had a role."""
    lines = []
    for each in queries.members():
        more = "" if each.factor else ", no second factor yet"
        more += ", profile is not complete" if each.cannot_be_offered else ""
        roles = ", ".join(each.roles) or "no role any more"
        lines.append(f"{each.person.email}: {roles} ({each.person.full_name or 'no name'}{more})")
    return lines or ["Nobody works here yet: secondopinion staff add EMAIL --name … --role …"]


def fields_(_given: argparse.Namespace) -> list[str]:
    """Return a line for every field of medicine: its key and its name."""
    return [f"{row.key}: {row}" for row in program.specialties()]


def _require_whole(given: argparse.Namespace) -> None:
    """Say in one sentence all that a specialist lacks.

    Raises:
        Refused: with what is missing, and the keys that there are.
    """
    keys = [row.key for row in program.specialties()]
    lacking = [] if given.title.strip() else ["--title (like 'Pediatric neurologist')"]
    if not given.field:
        lacking.append("--field")
    lacking += [f"a key in place of {each}" for each in given.field if each not in keys]
    if lacking:
        raise Refused(
            f"A specialist needs {' and '.join(lacking)}. Keys of fields: {', '.join(keys)}."
        )


@transaction.atomic
def add_(given: argparse.Namespace) -> list[str]:
    """Make somebody a member of the staff, with roles and, for a specialist, a profile."""
    if Role.SPECIALIST in given.role:
        _require_whole(given)
    language = actions.language_of(given.language)
    person = actions.add(by=None, email=given.email, full_name=given.name, language=language)
    for role in given.role:
        accounts.grant_role(by=None, person=person, role=role)
    if Role.SPECIALIST in given.role:
        actions.describe_specialist(
            by=None, person=person, title=given.title, registration=given.registration,
            specialties=given.field, languages=given.reads, conditions=given.condition,
            capacity=given.capacity,
        )  # fmt: skip
    return [f"{person.email} ({person.full_name}): {', '.join(given.role) or 'no new role'}.",
            FIRST_SIGN_IN]  # fmt: skip


def grant_(given: argparse.Namespace) -> list[str]:
    """Give a role to somebody who has an account."""
    person = _person(given.email)
    accounts.grant_role(by=None, person=person, role=given.role)
    return [f"{person.email} is {given.role} now. {FIRST_SIGN_IN}"]


def revoke_(given: argparse.Namespace) -> list[str]:
    """Take a role away."""
    person = _person(given.email)
    accounts.end_role(by=None, person=person, role=given.role)
    member = queries.member(person.pk)
    lines = [f"{person.email} is not {given.role} any more."]
    if member and member.open_cases:
        lines.append(f"Their open cases ({member.open_cases}) have to be handed over.")
    return lines


def reset_factor_(given: argparse.Namespace) -> list[str]:
    """Take a lost second factor away."""
    person = _person(given.email)
    actions.reset_factor(by=None, person=person)
    return [f"The second factor of {person.email} is gone, and a mail says so."]


def _person(email: str) -> Person:
    person = Person.objects.filter(email__iexact=clean_email(email)).first()
    if person is None:
        raise Refused(f"There is no account {email}: secondopinion staff add {email} --name …")
    return person
