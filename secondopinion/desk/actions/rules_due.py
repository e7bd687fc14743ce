"""Rules of the program that were checked almost a year ago: who may change them is told."""

from django.db import transaction

from secondopinion.accounts.queries import people_with
from secondopinion.messaging.actions import notify
from secondopinion.program import queries as program
from secondopinion.program.actions import MAY_CHANGE


@transaction.atomic
def tell_rules_due() -> int:
    """Write to administrators and directors while a rule asks to be checked; return to how many."""
    if not (program.rules_to_check() or program.guardian_rules_to_check()):
        return 0
    people = {person.pk: person for role in MAY_CHANGE for person in people_with(role)}
    for person in people.values():
        notify(to=person, template="rules-to-check", link="/program/")
    return len(people)
