"""Makes the demonstration by calling the real actions on real files; each family is made once."""

import logging

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import connection

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.demo import guardians, past
from secondopinion.demo.bank import say_how_to_pay
from secondopinion.demo.people import FAMILIES, STAFF, Family, Staff
from secondopinion.demo.walk import WITH_WHOLE_SERIES, Walk
from secondopinion.experts import actions as experts
from secondopinion.program import actions as program_actions
from secondopinion.program.models import Specialty

log = logging.getLogger(__name__)


def ensure() -> None:
    """Make what is missing of the demonstration: the people, and the cases of the families."""
    walks = people()
    past.ensure(walks[0].staff)
    for walk in sorted(walks, key=_length):
        if not _has_case(walk.family):
            log.info("making the case of %s: %s", walk.family.child, walk.family.until)
            walk.run()
    jobs.run_all()
    audit.seal()


def people() -> list[Walk]:
    """Make what is missing of the program, its staff and the families; return their cases to be."""
    program_actions.set_up()
    guardians.set_up()
    say_how_to_pay()
    staff = {each.email: _staff(each) for each in STAFF}
    return [Walk(each, staff) for each in FAMILIES]


def is_whole() -> bool:
    """Say whether nothing is missing."""
    tables = connection.introspection.table_names()
    return "cases_case" in tables and all(map(_has_case, (*FAMILIES, past.families()[-1])))


def _length(walk: Walk) -> tuple[bool, int, bool]:
    """Sort what takes a moment before what takes a minute."""
    whole = walk.family.until == WITH_WHOLE_SERIES
    return whole, walk.family.images, walk.goes_on


def _has_case(family: Family) -> bool:
    return Case.objects.filter(participations__person__email=family.email).exists()


def _staff(each: Staff) -> Person:
    person = Person.objects.filter(email=each.email).first()
    if person is not None:
        return person
    person = accounts.ensure_person(
        email=each.email, full_name=each.name, timezone="America/New_York"
    )
    for role in each.roles:
        accounts.grant_role(by=None, person=person, role=role)
    if not Authenticator.objects.filter(user=person).exists():
        TOTP.activate(person, each.secret)
    if each.title:
        experts.describe(
            by=None,
            person=person,
            specialties=list(Specialty.objects.filter(key__in=each.specialties)),
            title=each.title,
            conditions=list(each.conditions),
            languages=list(each.languages),
            registration=f"MA-{str(person.pk.int)[-6:]}",
            capacity=5,
        )
    return person


def lines() -> list[str]:
    """Return what is printed when the demonstration is ready."""
    site = settings.SITE_URL
    people = [(each.email, f"{each.name} ({', '.join(each.roles)})") for each in STAFF]
    people += [
        (each.email, f"{each.parent_latin or each.parent} (family)") for each in FAMILIES[:5]
    ]
    width = max(len(label) for _email, label in people)
    return [
        f"Second Opinion: {site}/",
        "",
        "Sign in with one click (demonstration only):",
        *(f"  {label:<{width}}  {site}/demo/as/{email}/" for email, label in people),
        "",
        f"Everybody, their codes, and the outgoing mail: {site}/demo/",
        f"Outgoing mail: {site}/demo/mail/",
        "Stop with Ctrl-C; what you did is kept. `make demo-reset` starts over.",
    ]
