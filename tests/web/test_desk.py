"""The desk: what came in is seen, what stands in the way is said, nothing closes by accident."""

import pytest
from django.test import Client

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions
from secondopinion.cases.models import Case, ItemState
from secondopinion.cases.states import State
from secondopinion.conversations.actions import post
from secondopinion.core import jobs
from secondopinion.core.errors import Conflict, Refused
from secondopinion.findings.actions import Found, replace
from secondopinion.findings.models import Finding, Severity
from secondopinion.findings.queries import limitations_for
from secondopinion.followup import actions as followup
from secondopinion.guardians import actions as guardians
from secondopinion.program.models import Program
from secondopinion.records import queries as records
from tests.web.conftest import Whole, doctor_of, letter, person, sign_in, taken


@pytest.fixture
def maria(hospital: Program) -> Person:
    """A mother."""
    return person("maria@familia.example")


def text_of(browser: Client, address: str) -> str:
    """Return a page."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def ask(case: Case, coordinator: Person) -> None:
    """Ask for the first thing on the checklist."""
    item = case.checklist.filter(state=ItemState.OPEN).first()
    actions.ask(by=coordinator, case=case, text="Please send the EEG.", item=item)


def test_what_was_answered_is_read_on_every_page_that_asks(maria: Person) -> None:
    case, coordinator = taken(maria)
    ask(case, coordinator)
    asked = case.information_requests.get()
    address = f"/my/cases/{case.reference}/answer/{asked.pk}/"
    assert sign_in(maria).post(address, {"text": " "}).status_code == 400, "nothing was said"
    arrivals.receive_file(by=maria, case=case, name="again.png", source=letter())
    jobs.run_all()
    answer = sign_in(maria).post(address, {"text": "It was never made."}, follow=True)
    assert "We had this already, so it is kept once: again.png" in answer.content.decode()
    [shown] = answer.context["asked"]
    assert [record.title for record in shown.came] == ["letter.png"]
    case.refresh_from_db()
    assert case.state == State.COLLECTING
    item = asked.item
    assert item is not None
    item.refresh_from_db()
    assert item.state == ItemState.ANSWERED, "the desk looks before it counts as here"
    for who, page in ((maria, "/my"), (coordinator, "/desk")):
        shown = text_of(sign_in(who), f"{page}/cases/{case.reference}/")
        assert "It was never made." in shown
        assert "Please send the EEG." in shown
    with pytest.raises(Refused):
        actions.complete(by=coordinator, case=case)


def test_the_worklist_says_what_is_new_until_it_was_read(maria: Person) -> None:
    case, coordinator = taken(maria)
    desk = sign_in(coordinator)
    assert "New message" not in text_of(desk, "/desk/")
    post(case=case, thread="family", by=maria, text="When will you call?")
    assert "New message" in text_of(desk, "/desk/")
    assert case.reference in text_of(desk, "/desk/?view=news")
    text_of(desk, f"/desk/cases/{case.reference}/messages/")
    assert "New message" not in text_of(desk, "/desk/")
    assert "Message not answered" in text_of(desk, "/desk/")
    assert case.reference in text_of(desk, "/desk/?view=news"), "reading is no answer"
    post(case=case, thread="local_provider", by=coordinator, text="Please send the images.")
    assert case.reference in text_of(desk, "/desk/?view=news"), "the doctor is not the family"
    post(case=case, thread="family", by=coordinator, text="Today.")
    assert "Message not answered" not in text_of(desk, "/desk/")
    assert case.reference not in text_of(desk, "/desk/?view=news")
    assert "New message" not in text_of(desk, "/desk/"), "one's own message is not new"


def test_a_message_can_be_said_to_need_no_answer(maria: Person) -> None:
    case, coordinator = taken(maria)
    desk, here = sign_in(coordinator), f"/desk/cases/{case.reference}/"
    post(case=case, thread="family", by=maria, text="Thank you.")
    assert "No answer is needed" in text_of(desk, f"{here}messages/")
    assert "A message waits for an answer." in text_of(desk, here)
    colleague = person("omar@hospital.example", "coordinator")
    assert sign_in(colleague).post(f"{here}do/no-answer-needed/").status_code == 404
    assert desk.post(f"{here}do/no-answer-needed/").status_code == 302
    assert "A message waits for an answer." not in text_of(desk, here)
    assert "No answer is needed" not in text_of(desk, f"{here}messages/")


def test_a_reason_is_kept_only_of_what_is_not_needed(maria: Person) -> None:
    case, coordinator = taken(maria)
    item = case.checklist.all()[0]
    desk, address = sign_in(coordinator), f"/desk/cases/{case.reference}/do/settle/"
    desk.post(address, {"item": item.pk, "state": "waived", "note": "There is none."})
    item.refresh_from_db()
    assert (item.state, item.note) == (ItemState.WAIVED, "There is none.")
    desk.post(address, {"item": item.pk, "state": "arrived", "note": "There is none."})
    item.refresh_from_db()
    assert (item.state, item.note) == (ItemState.ARRIVED, "")


def test_a_finding_that_was_checked_stands_in_no_report(maria: Person) -> None:
    case, coordinator = taken(maria)
    desk, here = sign_in(coordinator), f"/desk/cases/{case.reference}/"
    found = [
        Found("not-this-child", Severity.BLOCKER, "The date of birth is another."),
        Found("motion", Severity.WARNING, "The child has moved."),
    ]
    whose, moved = replace(case=case, subject=case, check="identity@1", found=found)
    shown = desk.get(f"{here}records/").content.decode()
    assert f'id="clear-finding-{whose.pk}"' in shown
    assert f'id="accept-finding-{whose.pk}"' not in shown, "another child is no limitation"
    assert f'id="accept-finding-{moved.pk}"' in shown
    for row in (whose, moved):
        answer = desk.post(f"{here}do/clear-finding/", {"finding": row.pk, "reason": "x"},
                           headers={"accept": "application/json"})  # fmt: skip
        assert answer.json()["code"] == "reason-missing"
        desk.post(f"{here}do/clear-finding/", {"finding": row.pk, "reason": "A typing error."})
        row.refresh_from_db()
        assert (row.state, row.reason, row.settled_by) == (
            "cleared", "A typing error.", coordinator,
        )  # fmt: skip
    assert not limitations_for(case).exists()
    assert "A typing error." in text_of(desk, f"{here}records/")
    replace(case=case, subject=case, check="identity@2", found=found)
    assert not limitations_for(case).exists(), "found again, it stays cleared"


def test_a_document_of_another_child_is_taken_out(whole: Whole) -> None:
    case = whole.case
    Case.objects.filter(pk=case.pk).update(reported_at=None, state=State.COLLECTING)
    record = records.for_case(case)[0]
    found = [Found("not-this-child", Severity.BLOCKER, "The name is another.", "", {"page": 1})]
    [row] = replace(case=case, subject=record, check="whose@1", found=found)
    desk, here = sign_in(whole.coordinator), f"/desk/cases/{case.reference}/"
    assert "Take this document out" in text_of(desk, f"{here}records/")
    desk.post(f"{here}do/take-out-record/", {"record": record.pk})
    assert record not in records.for_case(case)
    row.refresh_from_db()
    assert row.state == "fixed"


def test_a_case_is_not_complete_while_something_may_be_another_childs(maria: Person) -> None:
    case, coordinator = taken(maria)
    for item in case.checklist.all():
        actions.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    found = [Found("not-this-child", Severity.BLOCKER, "The date of birth is another.")]
    replace(case=case, subject=case, check="identity@1", found=found)
    desk = sign_in(coordinator)
    address = f"/desk/cases/{case.reference}/do/"
    refused = desk.post(f"{address}complete/", headers={"accept": "application/json"})
    assert refused.json()["code"] == "not-this-child"
    finding = Finding.objects.get(case=case, code="not-this-child")
    desk.post(f"{address}accept-finding/", {"finding": finding.pk, "reason": "A typing error."})
    assert desk.post(f"{address}complete/").status_code == 302
    case.refresh_from_db()
    assert case.state == State.READY


def test_a_case_closes_only_when_every_question_is_answered(whole: Whole) -> None:
    desk = sign_in(whole.coordinator)
    here = f"/desk/cases/{whole.case.reference}/"
    shown = text_of(desk, f"{here}close/")
    assert "may ask questions until" in shown
    assert "has not been answered yet" in shown, "said before it is pressed"
    assert "do/close/" not in shown
    refused = desk.post(f"{here}do/close/", headers={"accept": "application/json"})
    assert refused.json()["code"] == "question-open"
    followup.settle(
        by=whole.coordinator, question=whole.case.follow_up_questions.get(), reply="In May."
    )
    assert "do/close/" in text_of(desk, f"{here}close/")
    assert desk.post(f"{here}do/close/").status_code == 302
    whole.case.refresh_from_db()
    assert whole.case.state == State.CLOSED


def test_what_is_missing_is_asked_for_in_the_readers_language(maria: Person) -> None:
    case, coordinator = taken(maria)
    desk, here = sign_in(coordinator), f"/desk/cases/{case.reference}/"
    item = case.checklist.get(key="eeg-report")
    typed = {"item": str(item.pk), "to": "local_provider", "template": "1", "text": "Epilepsy!"}
    answer = desk.post(f"{here}ask/", typed)
    assert (answer.status_code, answer.headers.get("Location")) == (200, None), "no address tells"
    form = answer.content.decode()
    assert "Epilepsy!" in form, "what was typed is kept"
    assert "No podemos leer bien esto: El informe del electroencefalograma" in form
    refused = desk.post(f"{here}do/ask/", {"to": "family", "text": "We need this: {item}."})
    assert refused.status_code == 400
    assert not case.information_requests.exists()
    desk.post(f"{here}do/ask/", {"item": item.pk, "to": "family", "text": "Please: {item}."})
    assert case.information_requests.get().text == "Please: The EEG report, if one was done."


def test_each_kind_of_thing_is_asked_for_in_its_own_words(maria: Person) -> None:
    case, coordinator = taken(maria)
    desk, here = sign_in(coordinator), f"/desk/cases/{case.reference}/"
    case.checklist.update(state="open")
    for key, words in (
        ("medicines", "our expert needs to know this"),
        ("brain-images", "We need the images themselves"),
    ):
        item = case.checklist.get(key=key)
        assert words in text_of(desk, f"{here}?item={item.pk}")
    confirmed = case.checklist.get(key="provider-confirmed")
    shown = desk.get(here).content.decode()
    assert f'<option value="{confirmed.pk}"' not in shown, "that is asked by the provider's link"
    assert f'href="{here}people/"' in shown


def test_everything_that_is_missing_is_named_at_once(maria: Person) -> None:
    case, coordinator = taken(maria)
    desk, here = sign_in(coordinator), f"/desk/cases/{case.reference}/"
    shown = desk.post(f"{here}do/complete/", headers={"accept": "application/json"}).json()
    for words in ("The last letter", "MRI of the brain", "The written report of the MRI"):
        assert words in shown["message"]


def test_what_is_to_be_done_says_what_is_new(whole: Whole) -> None:
    desk, here = sign_in(whole.coordinator), f"/desk/cases/{whole.case.reference}/"
    post(case=whole.case, thread="family", by=whole.family, text="When will you call?")
    shown = text_of(desk, here)
    assert "There is a new question about the report." in shown
    assert "There is a message that you have not read." in shown
    text_of(desk, f"{here}messages/")
    followup.pass_to_expert(by=whole.coordinator, question=whole.case.follow_up_questions.get())
    shown = text_of(desk, here)
    assert "There is a new question" not in shown
    assert "There is a message" not in shown


def test_after_the_report_one_sees_who_has_it_and_what_is_open(whole: Whole) -> None:
    desk, here = sign_in(whole.coordinator), f"/desk/cases/{whole.case.reference}/"
    assert "not opened yet" in text_of(desk, f"{here}after/")
    for browser in (sign_in(whole.family), doctor_of(whole.case)):
        browser.get(f"/files/{whole.case.reference}/reports/1.pdf")
    assert "not opened yet" not in text_of(desk, f"{here}after/")
    assert "A referral is still open:" in text_of(desk, f"{here}close/")


def test_the_specialist_reads_what_the_local_provider_corrected(whole: Whole) -> None:
    actions.confirm_treating(by=whole.provider, case=whole.case, correction="300 mg, not 250.")
    shown = text_of(sign_in(whole.specialist), f"/expert/cases/{whole.case.reference}/")
    assert "300 mg, not 250." in shown
    assert shown.index("300 mg, not 250.") < shown.index("Levetiracetam")
    # The desk reads it beside what it corrects, and is asked to look.
    assert "300 mg, not 250." in text_of(
        sign_in(whole.coordinator), f"/desk/cases/{whole.case.reference}/request/"
    )
    item = whole.case.checklist.get(key="provider-confirmed")
    assert item.state == ItemState.ANSWERED
    actions.settle_item(by=whole.coordinator, item=item, state=ItemState.ARRIVED)
    actions.confirm_treating(by=whole.provider, case=whole.case, correction="300 mg, not 250.")
    item.refresh_from_db()
    assert item.state == ItemState.ARRIVED, "the same words ask for nothing again"


def test_the_family_sees_what_it_sent(whole: Whole) -> None:
    shown = text_of(sign_in(whole.family), f"/my/cases/{whole.case.reference}/what-you-sent/")
    for words in ("Levetiracetam", "letter.png", "Can she swim?"):
        assert words in shown


def test_a_link_in_a_mail_leads_through_the_sign_in(whole: Whole) -> None:
    address = f"/my/cases/{whole.case.reference}/"
    answer = Client().get(address)
    assert answer.status_code == 404
    assert f"/sign-in/?next={address}" in answer.content.decode()
    unknown = Client().get("/my/cases/2026-AAAAA/")
    assert unknown.status_code == 404
    same = answer.content.decode().replace(whole.case.reference, "2026-AAAAA")
    without = [page.partition("csrf")[0] for page in (same, unknown.content.decode())]
    assert without[0] == without[1], "the two look the same"


def test_what_is_no_button_is_not_there(whole: Whole) -> None:
    browser, address = sign_in(whole.coordinator), f"/desk/cases/{whole.case.reference}/do/"
    for name in ("case", "given", "text", "-row", "-files", "-member", "nothing"):
        assert browser.post(f"{address}{name}/").status_code == 404, name


def test_that_a_referral_was_opened_is_in_the_history(whole: Whole) -> None:
    page = sign_in(whole.coordinator).get(f"/desk/cases/{whole.case.reference}/history/")
    assert "A referral was opened" in page.content.decode()


def test_reading_a_question_or_a_preview_is_in_the_audit(whole: Whole) -> None:
    case, browser = whole.case, sign_in(whole.specialist)
    before = entries_for(case.pk).count()
    here = f"/expert/cases/{case.reference}/"
    assert browser.get(f"{here}questions/1/").status_code == 200
    assert browser.get(f"{here}preview.pdf").status_code == 200
    verbs = [each.verb for each in entries_for(case.pk)[: entries_for(case.pk).count() - before]]
    assert verbs == ["report-preview-opened", "case-opened"]


def test_who_takes_a_case_twice_has_it_once_on_their_page(whole: Whole) -> None:
    case, family = whole.case, whole.family
    actions.invite_guardian(
        by=family, case=case, full_name="José", email="jose@familia.example", kind="parent"
    )
    other = accounts.ensure_person(email="jose@familia.example")
    guardians.leave(by=family, case=case)
    actions.invite_guardian(
        by=other, case=case, full_name="María", email=family.email, kind="parent"
    )
    page = sign_in(family).get("/my/").content.decode()
    assert page.count(f"/my/cases/{case.reference}/") == 1


def test_who_has_left_a_draft_begins_another(hospital: Program) -> None:
    mother = person("maria@familia.example")
    case = actions.start_draft(by=mother, language="en")
    actions.save_guardian(
        by=mother, case=case, full_name="María", latin_name="", phone="", kind="parent"
    )
    actions.invite_guardian(
        by=mother, case=case, full_name="José", email="jose@familia.example", kind="parent"
    )
    guardians.leave(by=mother, case=case)
    assert actions.start_draft(by=mother, language="en").pk != case.pk


def test_what_was_answered_is_not_taken_back(maria: Person) -> None:
    case, coordinator = taken(maria)
    asked = actions.ask(by=coordinator, case=case, text="Send the EEG.")
    actions.answer(by=maria, information_request=asked, text="Here.")
    with pytest.raises(Conflict):
        actions.drop_request(by=coordinator, information_request=asked)
    assert "information-dropped" not in {each.verb for each in entries_for(case.pk)}
