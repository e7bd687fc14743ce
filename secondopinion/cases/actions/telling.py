"""Who is told when something happened in a case; each mail says only that there is something.

Where the family has no part in it yet, a room above this one knows whom to tell: it adds how when
it is loaded.
"""

from collections.abc import Callable

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.messaging.actions import notify

StandIn = Callable[[Case, str], None]
STAND_INS: list[StandIn] = []
_PAGES = {Part.FAMILY: "/my/cases", Part.LOCAL_PROVIDER: "/provider/cases"}


def stands_in(told: StandIn) -> StandIn:
    """Let a function tell whoever is to be the family of a case that has none yet."""
    STAND_INS.append(told)
    return told


def tell(case: Case, person: Person, template: str, pages: str) -> None:
    """Write to one person, with the case's address among their pages."""
    notify(
        to=person, template=template, case_id=case.pk, case_reference=case.reference,
        link=f"{pages}/{case.reference}/",
    )  # fmt: skip


def tell_part(case: Case, part: Part, template: str) -> None:
    """Write to everybody who is the family, or the local provider, of a case."""
    people = list(holders_of(case, part))
    for person in people:
        tell(case, person, template, _PAGES[part])
    if part == Part.FAMILY and not people:
        for told in STAND_INS:
            told(case, template)


def tell_family(case: Case, template: str) -> None:
    """Write to the family of a case."""
    tell_part(case, Part.FAMILY, template)


def tell_former_owner(case: Case, former: Person, by: Person) -> None:
    """Write to who had a case that somebody else has taken over, unless they have left the team."""
    if former.pk != by.pk and has_role(former, "coordinator"):
        tell(case, former, "case-taken-over", "/desk/cases")


def tell_coordinator(case: Case, template: str = "case-news") -> None:
    """Write to the owner of a case, if it has one."""
    if case.coordinator:
        tell(case, case.coordinator, template, "/desk/cases")
