"""A family's and a local provider's pages of a case that is under way."""

import re

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from secondopinion.accounts.models import AccessLink
from secondopinion.cases import actions
from secondopinion.cases.models import Case
from secondopinion.conversations.models import Post
from secondopinion.core import jobs
from secondopinion.followup.models import FollowUpQuestion
from secondopinion.messaging.models import Message
from secondopinion.opinions import translating
from secondopinion.program.models import Program
from tests.web.conftest import Whole, doctor_of, person, sign_in, submitted, taken


def link_of(case: Case) -> str:
    """Return the latest one-time link that was mailed to the local provider, or will be."""
    rows = Message.objects.filter(case_id=case.pk, template__startswith="provider-")
    body = rows.latest("created_at").body or mail.outbox[-1].body
    found = re.search(r"/link/[\w-]+/", body)
    assert found
    return found[0]


def test_the_family_sees_the_four_steps_who_has_it_and_by_when(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, _coordinator = taken(maria)
    browser = sign_in(maria)
    assert "UTC" in browser.get(f"/my/cases/{case.reference}/").content.decode()
    browser.cookies["zone"] = "America/Mexico_City"
    shown = browser.get(f"/my/cases/{case.reference}/").content.decode()
    for words in (
        "Submit a request", "Assigning an expert", "Review of medical information",
        "Follow-up questions", "Grace Okafor", "time in Mexico City",
    ):  # fmt: skip
        assert words in shown
    assert shown.count('aria-current="step"') == 1


def test_by_when_is_told_in_the_familys_own_time(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, _coordinator = taken(maria)
    browser, texts = sign_in(maria), set()
    for zone in ("America/Mexico_City", "Asia/Kolkata"):
        maria.timezone = zone
        maria.save()
        shown = browser.get(f"/my/cases/{case.reference}/").content.decode()
        found = re.search(
            r"By ([^<]*) \(<bdi>(?:time in Mexico City|time in Kolkata)</bdi>\)", shown
        )
        assert found
        texts.add(found[1])
    assert len(texts) == 2


def test_what_was_asked_for_is_answered_once(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, coordinator = taken(maria)
    asked = actions.ask(by=coordinator, case=case, text="Please send the EEG report.")
    browser = sign_in(maria)
    here = f"/my/cases/{case.reference}/"
    shown = browser.get(here).content.decode()
    assert "Please send the EEG report." in shown
    answer = f"{here}answer/{asked.pk}/"
    assert answer in shown
    assert browser.get(answer).status_code == 200
    assert browser.post(answer, {"text": "It does not exist."}).status_code == 302
    browser.post(answer, {"text": "Pressed twice."})
    asked.refresh_from_db()
    case.refresh_from_db()
    assert asked.answer == "It does not exist."
    assert case.state == "collecting"


def test_files_that_cannot_be_used_are_no_answer(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, coordinator = taken(maria)
    asked = actions.ask(by=coordinator, case=case, text="Please send the EEG report.")
    browser, here = sign_in(maria), f"/my/cases/{case.reference}/"
    answer = f"{here}answer/{asked.pk}/"

    def sent_with(name: str, content: bytes) -> str:
        browser.post(f"{here}files/add/", {"files": SimpleUploadedFile(name, content)})
        jobs.run_all()
        back = {"referer": f"http://testserver{answer}"}
        told = browser.post(answer, {"text": ""}, follow=True, headers=back).content.decode()
        asked.refresh_from_db()
        return told

    shown = sent_with("eeg.pdf", b"")
    assert "We cannot use the files that you sent." in shown
    assert "This file is empty" in shown, "why, on the same page"
    assert asked.answered_at is None
    case.refresh_from_db()
    assert case.state == "waiting_on_family"
    assert "Thank you. Your answer is with our team." in sent_with("eeg.txt", b"EEG: normal.")
    assert asked.answered_at


def test_nobody_answers_what_another_case_was_asked(hospital: Program) -> None:
    maria, amina = person("maria@familia.example"), person("amina@usra.example")
    case, coordinator = taken(maria)
    asked = actions.ask(by=coordinator, case=case, text="Please send the EEG report.")
    other = submitted(amina)
    answer = sign_in(amina).post(f"/my/cases/{other.reference}/answer/{asked.pk}/", {"text": "x"})
    assert answer.status_code == 404
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_a_message_reaches_the_thread_and_markup_stays_text(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, _coordinator = taken(maria)
    browser, here = sign_in(maria), f"/my/cases/{case.reference}/"
    browser.post(f"{here}message/", {"text": "<script>alert(1)</script> hola"})
    shown = browser.get(here).content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    assert Post.objects.filter(case=case).count() == 1


def test_a_file_that_cannot_be_opened_is_called_so_and_counted(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, _coordinator = taken(maria)
    browser, here = sign_in(maria), f"/my/cases/{case.reference}/"

    def counted() -> int:
        jobs.run_all()
        found = re.search(r"(\d+) things? needs? your", browser.get(here).content.decode())
        return int(found[1]) if found else 0

    before = counted()
    broken = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 and nothing more")
    browser.post(f"{here}message/", {"text": "The letter.", "files": broken})
    assert counted() == before + 1
    shown = browser.get(here).content.decode()
    assert "Cannot be opened" in shown
    assert "Added to the records" not in shown


def test_an_empty_message_is_told_and_nothing_is_posted(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, _coordinator = taken(maria)
    browser, here = sign_in(maria), f"/my/cases/{case.reference}/"
    answer = browser.post(
        f"{here}message/", {"text": "  "}, headers={"referer": f"http://testserver{here}"}
    )
    shown = browser.get(answer["Location"]).content.decode()
    assert "Write your message first." in shown
    assert not Post.objects.filter(case=case).exists()


def test_the_report_is_read_downloaded_and_asked_about(whole: Whole) -> None:
    browser, here = sign_in(whole.family), f"/my/cases/{whole.case.reference}/"
    shown = browser.get(here).content.decode()
    assert f"{here}reports/1/" in shown
    assert f"/files/{whole.case.reference}/reports/1.pdf" in shown
    read = browser.get(f"{here}reports/1/").content.decode()
    for words in ("Is it epilepsy?", "Yes, with an adult.", "No examination.", whole.report.code):
        assert words in read
    pdf = browser.get(f"/files/{whole.case.reference}/reports/1.pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    browser.post(f"{here}ask/", {"text": "May she fly?"})
    browser.post(f"{here}ask/", {"text": "May she fly?"})
    assert FollowUpQuestion.objects.filter(case=whole.case, text="May she fly?").count() == 1


def test_reading_the_report_as_a_page_is_a_receipt_too(whole: Whole) -> None:
    doctor_of(whole.case).get(f"/my/cases/{whole.case.reference}/reports/1/")
    assert whole.report.deliveries.get(to=whole.provider).opened_at


def test_a_report_is_verified_by_code_and_by_file(whole: Whole) -> None:
    anybody = Client()
    shown = anybody.get(f"/verify/{whole.report.code}/").content.decode()
    assert "This document is real" in shown
    assert "Camila" not in shown
    assert "cannot be confirmed" in anybody.get("/verify/?code=0000-0000-0000").content.decode()
    known = anybody.get("/verify/digest/", {"digest": whole.report.digest}).json()
    assert known["known"]
    assert anybody.get("/verify/digest/", {"digest": "0" * 64}).json() == {"known": False}


def test_the_family_agrees_to_a_referral(whole: Whole) -> None:
    browser, here = sign_in(whole.family), f"/my/cases/{whole.case.reference}/"
    assert "Epilepsy clinic" in browser.get(here).content.decode()
    page = browser.get(f"{here}referrals/1/")
    assert "Second opinion 1" in page.content.decode()
    browser.post(f"{here}referrals/1/", {"answer": "yes", "seen": page.context["seen"]})
    assert whole.case.referrals.get().consented_at


def test_a_request_is_withdrawn_after_asking_once_more(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, _coordinator = taken(maria)
    browser, here = sign_in(maria), f"/my/cases/{case.reference}/"
    assert browser.get(f"{here}withdraw/").status_code == 200
    case.refresh_from_db()
    assert case.state == "collecting"
    browser.post(f"{here}withdraw/", {"reason": ""})
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert browser.get(here).status_code == 200


def test_a_link_opens_one_case_once(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case = submitted(maria)
    link, doctor = link_of(case), Client()
    shown = doctor.get(link).content.decode()
    assert "Camila" not in shown
    assert AccessLink.objects.get(case_id=case.pk).used_at is None
    answer = doctor.post(link)
    assert answer["Location"] == f"/provider/cases/{case.reference}/"
    page = doctor.get(answer["Location"])
    assert page.status_code == 200
    assert "Camila" in page.content.decode()
    somebody = Client()
    somebody.post(link)
    assert somebody.get(f"/provider/cases/{case.reference}/").status_code == 404


def test_the_session_of_a_link_opens_nothing_else(hospital: Program) -> None:
    maria = person("maria@familia.example")
    case, doctor = submitted(maria), Client()
    doctor.post(link_of(case))
    for address in (f"/my/cases/{case.reference}/", f"/desk/cases/{case.reference}/", "/desk/"):
        assert doctor.get(address).status_code == 404, address
    assert case.reference not in doctor.get("/my/", follow=True).content.decode()
    assert doctor.session.get_expiry_age() <= 24 * 3600


def test_a_new_link_ends_the_former_one(hospital: Program) -> None:
    case = submitted(person("maria@familia.example"))
    first = link_of(case)
    jobs.run_all()
    mail.outbox.clear()
    Client().post(first, {"again": "1"})
    jobs.run_all()
    second = link_of(case)
    assert first != second
    assert len(mail.outbox) == 1
    doctor = Client()
    doctor.post(first)
    assert doctor.get(f"/provider/cases/{case.reference}/").status_code == 404
    doctor.post(second)
    assert doctor.get(f"/provider/cases/{case.reference}/").status_code == 200


def test_a_link_that_never_was_says_so_and_sends_nothing(hospital: Program) -> None:
    for answer in (Client().get("/link/nothing/"), Client().post("/link/nothing/", {"again": "1"})):
        assert answer.status_code in {200, 404}
    assert not Message.objects.exists()


def test_the_provider_confirms_and_gets_one_receipt(hospital: Program) -> None:
    case, doctor = submitted(person("maria@familia.example")), Client()
    doctor.post(link_of(case))
    here = f"/provider/cases/{case.reference}/"
    doctor.post(f"{here}confirm/", {"text": "The dose is 300 mg."})
    receipt = case.local_provider.__class__.objects.get(case=case).receipt
    assert receipt in doctor.get(here).content.decode()
    doctor.post(f"{here}confirm/", {"text": "The dose is 300 mg."})
    again = case.local_provider.__class__.objects.get(case=case)
    assert (again.receipt, again.correction) == (receipt, "The dose is 300 mg.")


def test_nonsense_in_an_answer_of_the_provider_breaks_nothing(hospital: Program) -> None:
    case, doctor = submitted(person("maria@familia.example")), Client()
    doctor.post(link_of(case))
    here = f"/provider/cases/{case.reference}/"
    for action, values in (
        ("answer", {"request": "nonsense", "text": "x"}),
        ("hand-on", {"report": "999999999999999999999"}),
        ("no-such-action", {}),
    ):
        assert doctor.post(f"{here}{action}/", values).status_code in {302, 400, 404}


def test_the_provider_hands_the_report_on(whole: Whole) -> None:
    whole.report.deliveries.filter(to=whole.family).delete()
    browser = sign_in(whole.family)
    address = f"/files/{whole.case.reference}/reports/1.pdf"
    assert browser.get(address).status_code == 404
    doctor = sign_in(whole.provider)
    doctor.post(f"/provider/cases/{whole.case.reference}/hand-on/", {"report": "1"})
    assert browser.get(address).status_code == 200


def test_a_mail_says_nothing_about_health(whole: Whole) -> None:
    for message in Message.objects.all():
        words = message.subject + message.body
        assert message.body, "nothing has been sent yet, so that the words are there"
        for secret in ("Camila", "pilep", "EEG", "seizure", "Levetiracetam"):
            assert secret not in words, message.template


def test_what_was_typed_is_given_back_when_it_is_refused(hospital: Program) -> None:
    family = person("maria@familia.example")
    case = submitted(family)
    here = f"/my/cases/{case.reference}/"
    question = "When shall we repeat the recording?"
    answer = sign_in(family).post(
        f"{here}ask/", {"text": question}, headers={"referer": f"http://testserver{here}"}
    )
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert question in shown
    assert f'href="http://testserver{here}"' in shown


def test_the_specialist_sees_every_page_of_a_long_record(whole: Whole) -> None:
    record = whole.case.records.get()
    for number in range(2, 41):
        record.pages.create(number=number, of_file=number, text=f"What stands on page {number}.")
    answer = sign_in(whole.specialist).get(f"/expert/cases/{whole.case.reference}/")
    for number in range(2, 41):
        assert f"What stands on page {number}." in answer.text


def test_a_report_in_another_language_is_asked_for_in_ones_own_by_one_button(whole: Whole) -> None:
    family, here = sign_in(whole.family), f"/my/cases/{whole.case.reference}/"
    report = f"{here}reports/{whole.report.number}/"
    family.cookies["django_language"] = "es"
    assert 'name="text"' not in family.get(report).content.decode(), "nobody here translates"
    translator = person("li@harbour.example", "translator")
    shown = family.get(report).content.decode()
    wish = re.search(r'name="text" value="([^"]+)"', shown)
    assert wish
    assert "español" in wish[1]
    family.post(f"{here}message/", {"text": wish[1]})
    assert Post.objects.filter(case=whole.case, text=wish[1], thread="family").exists()
    again = family.get(report).content.decode()
    assert 'name="text"' not in again, "it is asked for once"
    assert "Usted pidió una traducción" in again
    translating.ask(
        by=whole.coordinator, report=whole.report, language="es", translator=translator,
        reviewer=None,
    )  # fmt: skip
    assert 'name="text"' not in family.get(report).content.decode(), "it is on its way"
    family.cookies["django_language"] = "en"
    assert "The language of this report" not in family.get(report).content.decode()
