"""Two coordinators, two tabs: a stale action says what happened meanwhile, and by whom."""

import pytest

from secondopinion.accounts.models import Person
from secondopinion.billing import actions as billing
from secondopinion.cases import actions as cases
from secondopinion.cases.models import ItemState
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.messaging.models import Message
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


def test_who_had_the_case_gets_a_mail_that_says_nothing_of_the_child(mother: Person) -> None:
    case, grace = taken(mother)
    omar = person("omar@harbour.example", "coordinator", name="Omar Haddad")

    def mails(to: Person) -> list[str]:
        sent = Message.objects.filter(to=to, case_id=case.pk).order_by("created_at")
        return list(sent.values_list("template", flat=True))

    before = mails(grace)
    sign_in(omar).post(f"/desk/cases/{case.reference}/do/take-over/", {"note": "Grace is ill."})
    case.refresh_from_db()
    assert case.coordinator == omar
    assert mails(grace) == [*before, "case-taken-over"]
    assert "case-taken-over" not in mails(omar), "who did it needs no mail"
    mail = Message.objects.get(template="case-taken-over")
    assert case.reference in mail.subject
    for word in ("Camila", "Grace is ill", "Omar"):
        assert word not in mail.subject + mail.body
    sign_in(grace).post(
        f"/desk/cases/{case.reference}/do/hand-over/", {"to": str(grace.pk), "note": "I am back."}
    )
    assert mails(omar)[-1] == "case-taken-over"
    cases.hand_over(by=grace, case=case, to=omar, note="For you.")
    assert mails(grace) == [*before, "case-taken-over"], "who gives it away knows"


def test_who_had_a_new_request_is_told_that_a_colleague_began_with_it(hospital: Program) -> None:
    grace = person("grace@harbour.example", "coordinator", name="Grace Okafor")
    case = submitted(person("maria@familia.example"))
    assert case.coordinator == grace
    cases.take(by=person("omar@harbour.example", "coordinator"), case=case)
    assert Message.objects.filter(to=grace, template="case-taken-over").count() == 1


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
