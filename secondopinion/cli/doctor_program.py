"""What the doctor says about the program's settings and its staff."""

from collections.abc import Iterator

from django.conf import settings

from secondopinion.accounts.models import Role
from secondopinion.accounts.queries import people_with
from secondopinion.billing.providers import HAND, configured
from secondopinion.billing.registry import PROVIDERS
from secondopinion.billing.stripe import Stripe
from secondopinion.cli.found import Found, fine
from secondopinion.core import clock
from secondopinion.program import queries
from secondopinion.program.models import DeliveryRule, Disclaimer, Program
from secondopinion.program.sections import is_shipped
from secondopinion.staffing.queries import members

NEEDED = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.SPECIALIST, Role.PRIVACY, Role.DIRECTOR)
EXAMPLES = {
    "identity": "The hospital’s name and contact are still the example’s",
    "rules": "The rules of who may receive the opinion are still the examples",
    "guardians": "The rule of who decides for a child is still the example’s",
    "terms": "Price and periods are still the example’s",
}


def program() -> Iterator[Found]:
    """Look at what a program must have changed before it opens."""
    example = False
    for key, sentence in EXAMPLES.items():
        if is_shipped(key):
            example = True
            yield Found(
                f"{sentence}: change them on the page /program/{key}/ or by secondopinion program "
                "import.", bad=not settings.DEMO,
            )  # fmt: skip
    if not example:
        yield fine("Names, rules and price are the hospital’s own.")
    for code in Program.objects.get().languages:
        if not Disclaimer.objects.filter(language=code).exists():
            yield Found(f"There is no disclaimer in the language {code}.", bad=True)
    yield from _rules()
    yield from _payments()
    yield from _staff()


def _rules() -> Iterator[Found]:
    try:
        queries.delivery_rule("", None)
    except DeliveryRule.DoesNotExist:
        yield Found("No rule says who may receive the opinion everywhere else.", bad=True)
    year_ago = clock.today() - queries.YEAR
    old = DeliveryRule.objects.filter(checked_on__lt=year_ago).count()
    if old:
        yield Found(f"{old} rules were not checked within a year: see /program/rules/.", bad=True)
    due = len(queries.rules_to_check()) - old + len(queries.guardian_rules_to_check())
    if due:
        yield Found(f"{due} rules were checked almost a year ago: see /program/.")
    if not old and not due:
        yield fine("Every rule was checked within the year.")


def _payments() -> Iterator[Found]:
    name = configured()
    if name not in {HAND, *PROVIDERS}:
        yield Found(f"PAYMENTS names {name}, which is not known here.", bad=True)
    elif name == Stripe.name:
        needed = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
        missing = [each for each in needed if not getattr(settings, each)]
        if missing:
            yield Found(f"PAYMENTS is stripe, and this is not set: {', '.join(missing)}.", bad=True)
        else:
            yield fine("Families can pay on Stripe’s page; fees can be noted by hand too.")
    if name == HAND and not Program.objects.get().bank and Program.objects.get().fee_amount:
        yield Found("Families are not told where to pay: write it on /program/terms/.")


def _staff() -> Iterator[Found]:
    for role in NEEDED:
        if not people_with(role).exists():
            yield Found(
                f"Nobody is {role}: secondopinion staff add EMAIL --name … --role {role}"
                + (
                    " --title … --field KEY (secondopinion staff fields lists the keys)"
                    if role == Role.SPECIALIST
                    else ""
                ),
                bad=not settings.DEMO,
            )
    lacking = []
    for each in members():
        if each.cannot_be_offered:
            lacking.append(str(each.person.email))
        elif each.roles and not each.factor:
            yield Found(f"{each.person.email} has not set up a second factor yet.")
    if lacking:
        yield Found(f"No case can be offered to {', '.join(lacking)}: name, title or field is "
                    "missing.", bad=True)  # fmt: skip
