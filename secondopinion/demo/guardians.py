"""What the demonstration shows of guardians: a country in which both parents have to agree."""

from datetime import date

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import age_on
from secondopinion.cases.models import Case, Consent
from secondopinion.cases.rules import NEEDED_CONSENTS
from secondopinion.core import clock
from secondopinion.demo.people import Family
from secondopinion.guardians import actions
from secondopinion.program import actions as program_actions
from secondopinion.program import queries as program
from secondopinion.program.models import Program
from secondopinion.program.sections import SECTIONS

BOTH_PARENTS = "UA"
BASIS = (
    "Invented example: in this demonstration both parents agree before a specialist starts. A real "
    "program writes here what its own counsel has found."
)


def set_up() -> None:
    """Write the rule of that country, where no country has one."""
    rows = SECTIONS["guardians"].read()
    if any(row["country"] for row in rows):
        return
    example = rows[0] | {"country": BOTH_PARENTS, "both_parents": True, "legal_basis": BASIS}
    revision = Program.objects.get().revision
    program_actions.change(by=None, section="guardians", value=[*rows, example], revision=revision)


def consents(told: Family) -> list[str]:
    """Return what a family agrees to; a child of an age to be asked agrees too."""
    rule = program.guardian_rule(told.country)
    asked = age_on(date.fromisoformat(told.born), clock.today()) >= rule.assent_from
    return [*NEEDED_CONSENTS, *([Consent.Kind.ASSENT] if asked else [])]


def ask_other_parent(told: Family, case: Case, by: Person) -> None:
    """Ask the other parent where the country wants it; the answer is left to who looks on."""
    if told.country == BOTH_PARENTS:
        actions.ask_parent(
            by=by, case=case, full_name=f"Father of {told.child_latin}",
            email=f"father.{told.email}", language="en",
        )  # fmt: skip
