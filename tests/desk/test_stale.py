"""Two coordinators, two tabs: a stale action says what happened meanwhile, and by whom."""

import pytest

from secondopinion.accounts.models import Person
from secondopinion.billing import actions as billing
from secondopinion.cases import actions as cases
from secondopinion.cases.models import ItemState
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.program.models import Program
from tests.web.conftest import person, sign_in, submitted, taken, yesterday


@pytest.fixture
def mother(hospital: Program) -> Person:
    """A mother."""
    return person("maria@familia.example")


def test_who_comes_second_is_told_who_was_first(mother: Person) -> None:
    case = submitted(mother)
    grace = person("grace@harbour.example", "coordinator", name="Grace Okafor")
    omar = person("omar@harbour.example", "coordinator", name="Omar Haddad")
    address = f"/desk/cases/{case.reference}/do/take/"
    assert sign_in(grace).post(address).status_code == 302
    answer = sign_in(omar).post(address)
    assert answer.status_code == 409
    assert "Collecting records" in answer.content.decode()
    assert "Grace Okafor did this on" in answer.content.decode()
    with pytest.raises(Conflict) as told:
        cases.submit(by=mother, case=case)
    assert "Grace" not in str(told.value), "a family is not told who of the staff did what"


def test_who_had_the_case_is_told_who_has_it_and_what_was_typed_is_kept(mother: Person) -> None:
    case, grace = taken(mother)
    omar = person("omar@harbour.example", "coordinator", name="Omar Haddad")
    cases.hand_over(by=omar, case=case, to=omar, note="Grace is ill.")
    page = sign_in(grace)
    answer = page.post(f"/desk/cases/{case.reference}/do/ask/", {"text": "The EEG, please."})
    assert answer.status_code == 409
    for words in ("Omar Haddad", "Grace is ill.", "The EEG, please."):
        assert words in answer.content.decode()
    item = case.checklist.exclude(state=ItemState.ARRIVED).first()
    with pytest.raises(Conflict):
        cases.settle_item(by=grace, item=item, state=ItemState.ARRIVED)
    never = person("ruth@harbour.example", "coordinator")
    with pytest.raises(NotYours):
        cases.settle_item(by=never, item=item, state=ItemState.ARRIVED)
    assert not case.information_requests.exists()


def test_whatever_was_done_meanwhile_is_said_with_who_did_it(mother: Person) -> None:
    case, grace = taken(mother)
    omar = person("omar@harbour.example", "coordinator", name="Omar Haddad")
    fee = billing.charge(case=case, by=grace)
    billing.note_payment(
        fee=fee, by=grace, amount=fee.amount, due=fee.amount, on=yesterday(), note="Transfer"
    )
    cases.hand_over(by=omar, case=case, to=omar, note="Grace is ill.")
    fresh = f"/desk/cases/{case.reference}/fee/do/waive/"
    answer = sign_in(omar).post(fresh, {"state": "waived", "note": "Charity"})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "This fee has been settled already." in shown
    assert "Last in this case: “The case was handed to a colleague”, Omar Haddad" in shown
    assert "Charity" in shown, "what was typed is kept"
    sign_in(omar).get(f"/desk/cases/{case.reference}/")
    again = sign_in(omar).post(fresh, {"state": "waived", "note": "Charity"})
    assert "The case was opened" not in again.content.decode(), "looking is no doing"


def test_the_history_names_what_was_settled_and_counts_what_was_done_again(mother: Person) -> None:
    case, grace = taken(mother)
    item = case.checklist.all()[0]
    for state in ("arrived", "arrived", "open"):
        cases.settle_item(by=grace, item=item, state=state)
    shown = sign_in(grace).get(f"/desk/cases/{case.reference}/history/").content.decode()
    label = item.labels["en"]
    assert f"The checklist was changed: <bdi>{label}</bdi> (Missing) <small>" in shown
    assert (
        f'The checklist was changed: <bdi>{label}</bdi> (Here) <span class="tag">2 times' in shown
    )


def test_the_history_says_in_words_who_did_what_and_what_stopped_the_clock(mother: Person) -> None:
    case, grace = taken(mother)
    asked = cases.ask(by=grace, case=case, text="The EEG, please.")
    cases.answer(by=mother, information_request=asked, text="There is none.")
    page = sign_in(grace)
    shown = page.get(f"/desk/cases/{case.reference}/history/").content.decode()
    for words in (
        "The team began with the case",
        "Grace Okafor",
        "Something missing was asked for",
    ):
        assert words in shown
    assert "Somebody was let into the case: <bdi>Grace Okafor</bdi> (Intake coordinator)" in shown
    for machine in ("case-accept", "information-asked", "case-opened", "The case was opened"):
        assert machine not in shown
