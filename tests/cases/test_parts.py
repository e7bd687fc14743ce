"""Parts that are work here: they open nothing to who has lost the role."""

import pytest

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import people_with
from secondopinion.cases.models import Case
from secondopinion.cases.queries import visible_to
from secondopinion.core.errors import NotYours
from secondopinion.opinions import actions
from secondopinion.opinions.models import Opinion
from secondopinion.program.models import Program
from secondopinion.staffing import actions as staffing
from tests.opinions.walk import joined, to_review
from tests.web.conftest import expert, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(hospital: Program) -> tuple[Case, Person]:
    """A case under review, with a report begun, and its coordinator."""
    case, specialist = to_review()
    actions.start_report(by=specialist, case=case)
    assert case.coordinator is not None
    return case, case.coordinator


def test_who_has_lost_the_role_opens_nothing_any_more(held: tuple[Case, Person]) -> None:
    case, _owner = held
    joins, page = expert("joins@harbour.example"), f"/expert/cases/{case.reference}/"
    joined(case, joins)
    browser = sign_in(joins)
    assert browser.get(page).status_code == 200
    staffing.set_roles(by=None, person=joins, roles={"director"})
    assert browser.get(page).status_code == 404, "in an open session too"
    assert not visible_to(joins).filter(pk=case.pk).exists()
    with pytest.raises(NotYours):
        actions.save_draft(
            by=joins, opinion=Opinion.objects.get(case=case), values={"findings": "Late."},
            base_revision=None,
        )  # fmt: skip


def test_who_has_another_role_still_has_lost_this_one(held: tuple[Case, Person]) -> None:
    case, owner = held
    lead = case.offers.get().expert.person
    staffing.set_roles(by=None, person=lead, roles={"director"})
    assert lead not in people_with("specialist")
    assert lead in people_with("director")
    case.refresh_from_db()
    assert case.state == "ready", "the case was given back"
    assert case.coordinator == owner
