"""What the desk reads of guardians: what is still owed, and whom a court keeps out."""

import pytest
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ItemState
from secondopinion.guardians import actions, queries
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from secondopinion.program.queries import disclaimer
from tests.guardians.test_guardians import link_in, rule
from tests.web.conftest import person, sign_in, taken


@pytest.fixture
def checked(hospital: Program) -> tuple[Case, Person, Person]:
    """A case whose checklist is settled, its parent and its coordinator."""
    maria = person("maria@familia.example", name="María López")
    case, grace = taken(maria)
    for item in case.checklist.all():
        cases.settle_item(by=grace, item=item, state=ItemState.ARRIVED)
    return case, maria, grace


def test_the_desk_reads_what_is_waited_for_where_it_goes_on(
    checked: tuple[Case, Person, Person],
) -> None:
    case, maria, grace = checked
    browser, address = sign_in(grace), f"/desk/cases/{case.reference}/"
    guardians, waits = f'href="{address}guardians/"', "The case waits for this:"
    assert waits not in browser.get(address).content.decode()
    rule(both_parents=True)
    page = browser.get(address).content.decode()
    assert f"{waits} <strong>The other parent’s agreement</strong>" in page
    assert guardians in page
    assert "Asked for" not in page
    actions.ask_parent(
        by=maria, case=case, full_name="José López", email="jose@familia.example", language="es"
    )
    assert "Asked for" in browser.get(address).content.decode()
    token = link_in(Message.objects.get(template="second-parent")).split("/")[2]
    _link, row = queries.asked_by(token) or (None, None)
    assert row is not None
    actions.answer(token=token, row=row, agrees=True, disclaimer=disclaimer())
    page = browser.get(address).content.decode()
    assert waits not in page
    assert "The other parent agrees." in page
    cases.complete(by=grace, case=case)
    assert "The other parent agrees" not in browser.get(address).content.decode(), "it is past"


def test_the_desk_reads_that_a_court_keeps_an_address_out_and_a_family_does_not(
    checked: tuple[Case, Person, Person],
) -> None:
    case, maria, grace = checked
    actions.note_order(
        by=grace, case=case, full_name="José", email="jose@familia.example", effect="kept_out",
        basis="Court of X, 12/26",
    )  # fmt: skip
    told = {"full_name": "J", "email": "JOSE+x@familia.example", "language": "en"}
    here = f"/desk/cases/{case.reference}/guardians/do/ask-parent/"
    words = sign_in(grace).post(here, told, follow=True).content.decode()
    assert "A court order keeps JOSE+x@familia.example out of this case." in words
    assert "Write us a message" not in words
    family = sign_in(maria).post(reverse("my-parent", args=[case.reference]), told)
    assert "This person cannot be let in here." in family.content.decode()
    assert "court" not in family.content.decode(), "a family learns of no order"
