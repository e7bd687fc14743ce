"""What a checklist rests on, files with messages, who has read what, and a page that is closed."""

import re
from html import unescape
from io import BytesIO

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from secondopinion.accounts.models import AccessLink, Person
from secondopinion.arrivals.actions import receive_file
from secondopinion.arrivals.clipping import post_with_files
from secondopinion.arrivals.models import Attachment
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ChecklistItem, ItemState, Part
from secondopinion.cases.queries import holders_of
from secondopinion.conversations.actions import post
from secondopinion.conversations.queries import posts, read_by
from secondopinion.core import jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk import actions
from secondopinion.desk.fitting import fitting
from secondopinion.desk.models import Evidence
from secondopinion.messaging.models import Message
from secondopinion.program import letters
from secondopinion.program.models import MessageTemplate, Program
from secondopinion.records import queries as records
from secondopinion.records.models import Record
from tests.web.conftest import person, sign_in, taken


@pytest.fixture
def mother(hospital: Program) -> Person:
    """A mother."""
    return person("maria@familia.example", name="María López")


@pytest.fixture
def case(mother: Person) -> Case:
    """Her case, taken by Grace."""
    return taken(mother)[0]


@pytest.fixture
def grace(case: Case) -> Person:
    """Its coordinator."""
    assert case.coordinator
    return case.coordinator


def test_a_thing_on_the_checklist_rests_on_a_record_of_this_case(case: Case, grace: Person) -> None:
    record = records.for_case(case).get()
    item = case.checklist.filter(state=ItemState.OPEN).first()
    assert item
    other, _grace = taken(person("amina@usra.example"))
    foreign = records.for_case(other).get()
    for wrong in (f"record:{foreign.pk}", f"study:{record.pk}", "record:x", f"page:{record.pk}"):
        with pytest.raises(NotYours):
            actions.settle_with(by=grace, item=item, state="arrived", evidence=wrong)
    desk = sign_in(grace)
    place = f"/desk/cases/{case.reference}/"
    desk.post(f"{place}do/settle/",
              {"item": item.pk, "state": "arrived", "evidence": f"record:{record.pk}"})  # fmt: skip
    assert f"/records/{record.pk}/pages/1/look/" in desk.get(place).content.decode()
    evidence = Evidence.objects.get(item=item)
    with pytest.raises(NotYours):
        actions.unlink(by=person("omar@harbour.example", "coordinator"), evidence=evidence)
    desk.post(f"{place}do/unlink/", {"evidence": evidence.pk})
    assert not Evidence.objects.exists()
    item.refresh_from_db()
    assert item.state == ItemState.ARRIVED, "what the desk has said stays"
    verbs = [row.verb for row in entries_for(case.pk)]
    assert {"evidence-linked", "evidence-unlinked"} <= set(verbs)


def test_what_the_checklist_waits_for_is_shown_where_it_has_arrived(
    case: Case, grace: Person
) -> None:
    record = records.for_case(case).get()
    Record.objects.filter(pk=record.pk).update(kind="other", suggested={})
    case.checklist.update(state="arrived")
    item = case.checklist.filter(key="last-letter").first() or case.checklist.create(
        key="last-letter", kind="record", labels={"en": "Last letter"}
    )
    cases.settle_item(by=grace, item=item, state="open")
    desk, place = sign_in(grace), f"/desk/cases/{case.reference}/"

    def shown() -> str:
        return desk.get(place).content.decode()

    assert "This is it" not in shown(), "nobody knows what the record is"
    Record.objects.filter(pk=record.pk).update(suggested={"kind": ["discharge_letter", 0.83]})
    assert "a program’s guess, 83% sure" in shown()
    pressed = {"item": item.pk, "record": record.pk}
    desk.post(f"{place}do/this-is-it/", pressed)
    item.refresh_from_db()
    evidence = Evidence.objects.get(item=item, record=record)
    assert (item.state, evidence.before) == ("arrived", "open")
    record.refresh_from_db()
    assert record.kind == "discharge_letter", "the record is no longer something else"
    assert "This is it" not in shown()
    with pytest.raises(Conflict):
        actions.this_is_it(by=grace, item=item, found=record)
    with pytest.raises(NotYours):
        actions.not_it(by=person("omar@harbour.example", "coordinator"), evidence=evidence)
    assert "Undo: this is not it" in shown()
    desk.post(f"{place}do/not-it/", {"evidence": evidence.pk})
    item.refresh_from_db()
    assert item.state == "open"
    assert not Evidence.objects.exists()
    Record.objects.filter(pk=record.pk).update(kind="clinic_letter")
    assert "This is it" in shown()
    said = actions.this_is_it(by=grace, item=item, found=record)
    cases.settle_item(by=grace, item=item, state="waived", note="An old one will do.")
    actions.not_it(by=grace, evidence=Evidence.objects.get(pk=said.pk))
    item.refresh_from_db()
    assert item.state == "waived", "what was decided since stays"
    cases.settle_item(by=grace, item=item, state="open")
    assert "a program’s guess" not in shown(), "somebody has said what it is"
    Record.objects.filter(pk=record.pk).update(kind="laboratory")
    assert "This is it" not in shown()
    other = taken(person("amina@usra.example"))[0]
    foreign = records.for_case(other).get()
    wrong = desk.post(f"{place}do/this-is-it/", pressed | {"record": foreign.pk})
    assert wrong.status_code == 404


def test_a_report_about_other_images_is_not_what_is_waited_for() -> None:
    item = ChecklistItem(key="echo-report", state="open")
    rows = [Record(title=title, kind="imaging_report")
            for title in ("MRI_brain_2026.pdf", "Echocardiogram.pdf", "report.pdf")]  # fmt: skip
    assert [each.title for each in fitting(item, rows)] == ["report.pdf", "Echocardiogram.pdf"]


def test_files_of_a_message_arrive_like_any_other(
    case: Case, grace: Person, mother: Person
) -> None:
    family, desk = sign_in(mother), sign_in(grace)
    sent = [
        SimpleUploadedFile("letter.txt", b"A letter of the clinic.", "text/plain"),
        SimpleUploadedFile("run.exe", b"MZ" + bytes(200), "application/octet-stream"),
    ]
    family.post(f"/my/cases/{case.reference}/message/", {"text": "", "files": sent})
    messages = f"/desk/cases/{case.reference}/messages/"
    assert "Being checked" in desk.get(messages).content.decode()
    jobs.run_all()
    shown = desk.get(messages).content.decode()
    found = re.search(r"/files/[^\"]+/original", shown)
    assert found
    assert "run.exe" in shown
    assert "This is a program" in shown
    assert desk.get(found[0]).status_code == 200
    assert family.get(found[0]).status_code == 200
    assert sign_in(person("amina@usra.example")).get(found[0]).status_code == 404
    assert Attachment.objects.count() == 2


def test_files_go_with_no_message_where_they_may_not(
    case: Case, grace: Person, mother: Person
) -> None:
    letter = ("a.txt", BytesIO(b"x"))
    for by, thread, files, refused in (
        (grace, "staff", [letter], Refused),
        (mother, "family", [letter] * 11, Refused),
        (mother, "staff", [letter], NotYours),
        (person("omar@harbour.example", "coordinator"), "family", [letter], NotYours),
    ):
        with pytest.raises(refused):
            post_with_files(by=by, case=case, thread=thread, text="Here", files=files)
    assert not posts(case, grace).exists(), "nothing of it was written"


def test_an_answer_is_what_comes_next_and_leads_to_the_files_that_came_with_it(
    case: Case, grace: Person, mother: Person
) -> None:
    first, second = case.checklist.filter(state=ItemState.OPEN)[:2]
    asked = cases.ask(by=grace, case=case, text="The EEG, please.", item=first)
    cases.ask(by=grace, case=case, text="The letter, please.", item=second)
    receive_file(by=mother, case=case, name="eeg.txt", source=BytesIO(b"The EEG of the clinic."))
    jobs.run_all()
    cases.answer(by=mother, information_request=asked, text="", sent_files=True)
    case.refresh_from_db()
    assert case.state == "waiting_on_family", "the other question is open"
    shown = sign_in(grace).get(f"/desk/cases/{case.reference}/").content.decode()
    assert "Wait for the answer" not in shown
    assert '<a href="#answers">Look at the answer</a>' in shown
    box = shown[shown.index('id="answers"') :]
    record = Record.objects.get(case=case, title="eeg.txt")
    assert reverse("page-look", args=[case.reference, record.pk, 1]) in box[: box.index("</ul>")]
    receive_file(by=mother, case=case, name="later.txt", source=BytesIO(b"Of the day after."))
    jobs.run_all()
    page = sign_in(grace).get(f"/desk/cases/{case.reference}/").content.decode()
    box = page[page.index('id="answers"') :]
    assert "later.txt" not in box[: box.index("</section>")]
    cases.settle_item(by=grace, item=first, state=ItemState.ARRIVED)
    page = sign_in(grace).get(f"/desk/cases/{case.reference}/").content.decode()
    assert "Wait for the answer" in page
    doctor = holders_of(case, Part.LOCAL_PROVIDER).get()
    cases.confirm_treating(by=doctor, case=case, correction="Another telephone.")
    page = sign_in(grace).get(f"/desk/cases/{case.reference}/").content.decode()
    assert "Look at the answer" in page, "this one too is on the checklist"


def test_the_desk_sees_whether_the_family_has_read(
    case: Case, grace: Person, mother: Person
) -> None:
    desk, family = sign_in(grace), sign_in(mother)
    page = f"/desk/cases/{case.reference}/messages/"
    desk.post(f"/desk/cases/{case.reference}/do/message/", {"thread": "family", "text": "Hello."})
    assert read_by(case) == {}
    assert "not read yet" in desk.get(page).content.decode()
    family.get(f"/my/cases/{case.reference}/")
    assert set(read_by(case)) == {"family"}
    assert "not read yet" not in desk.get(page).content.decode()


def test_a_template_is_shown_in_both_languages(hospital: Program) -> None:
    case, grace = taken(person("maria@familia.example", language="es"))
    desk = sign_in(grace)
    page = f"/desk/cases/{case.reference}/messages/words/"
    shown = desk.post(page, {"thread": "family", "template": "0"}).content.decode()
    assert "The template in your language" in shown
    assert "not written yet in the language" not in shown


def field(page: HttpResponse, name: str) -> str:
    """Return what stands in a text field of a page, or in a hidden one."""
    text = page.content.decode()
    found = re.search(rf'<textarea[^>]* name="{name}"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    found = found or re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found
    return unescape(found[1]).strip()


@pytest.mark.parametrize("page", ["messages/words/", "ask/"])
def test_a_template_comes_beneath_what_was_typed(page: str, case: Case, grace: Person) -> None:
    desk, here = sign_in(grace), f"/desk/cases/{case.reference}/{page}"
    MessageTemplate.objects.create(key="zz", titles={"en": "Thanks"}, bodies={"en": "Thank you."})
    caches["memory"].clear()
    item = str(case.checklist.filter(state=ItemState.OPEN)[0].pk)
    given = {"thread": "family", "item": item, "text": "Dear María,\r\nthank you.", "put": ""}
    first = desk.post(here, {**given, "template": "0"})
    words = field(first, "put")
    assert words
    assert field(first, "text") == f"Dear María,\nthank you.\n\n{words}"
    given |= {"text": field(first, "text").replace("\n", "\r\n"), "put": words}
    other = desk.post(here, {**given, "template": "1"})
    assert field(other, "put") not in {"", words}
    assert field(other, "text") == f"Dear María,\nthank you.\n\n{field(other, 'put')}"
    behind = field(other, "text") + "\nUntil Friday, please."
    third = desk.post(here, {**given, "template": "0", "text": behind, "put": field(other, "put")})
    assert field(third, "text") == f"Dear María,\nthank you.\n\n{words}\nUntil Friday, please."
    changed = field(other, "text").replace(field(other, "put")[:9], "Changed: ")
    again = desk.post(here, {**given, "text": changed, "put": field(other, "put")})
    assert field(again, "text").startswith(changed), "what was changed by hand stays"


def test_to_whom_one_writes_stays_chosen(case: Case, grace: Person) -> None:
    page = f"/desk/cases/{case.reference}/messages/words/"
    shown = sign_in(grace).post(page, {"thread": "staff", "template": "0"}).content.decode()
    assert '<option value="staff" selected>' in shown


@pytest.mark.parametrize("page", ["messages/words/", "ask/"])
def test_a_template_without_words_in_the_language_is_said_to_be_english(
    page: str, hospital: Program
) -> None:
    case, grace = taken(person("amina@familia.example", language="ar"))
    for row in MessageTemplate.objects.all():
        row.bodies = {"en": row.bodies["en"], "ar": "", "es": "Hola."}
        row.save()
    caches["memory"].clear()
    shown = (
        sign_in(grace)
        .post(
            f"/desk/cases/{case.reference}/{page}",
            {"thread": "family", "template": "0", "item": ""},
        )
        .content.decode()
    )
    assert "not written yet in the language of its reader (Arabic)" in shown
    assert "in another one (English)" in shown
    assert "The template in your language" not in shown


def test_a_template_for_another_kind_of_thing_is_told(case: Case, grace: Person) -> None:
    item = case.checklist.filter(state=ItemState.OPEN).exclude(kind__in=["images", "fact"]).first()
    keys = [row.key for row in letters.message_templates()]
    here, warning = f"/desk/cases/{case.reference}/", "another kind of thing"
    assert item
    for key, told in (("missing-images", True), ("missing-record", False)):
        shown = sign_in(grace).get(here, {"item": item.pk, "template": keys.index(key)})
        assert (warning in shown.content.decode()) is told
    assert warning not in sign_in(grace).get(here).content.decode(), "as it is offered"


def test_words_for_one_thing_do_not_ask_for_another(case: Case, grace: Person) -> None:
    first, other = case.checklist.filter(state=ItemState.OPEN)[:2]
    desk, here = sign_in(grace), f"/desk/cases/{case.reference}/do/ask/"
    given = {"for": str(first.pk), "item": str(other.pk), "to": "family"}
    refused = desk.post(here, given | {"text": f"We need {first.labels['en']}."})
    assert refused.status_code == 400
    assert first.labels["en"] in refused.content.decode()
    assert not case.information_requests.exists()
    desk.post(here, given | {"text": "We need the other thing."})
    assert case.information_requests.get().item == other


def test_a_second_answer_to_the_same_message_is_stopped(
    case: Case, grace: Person, mother: Person
) -> None:
    omar = person("omar@harbour.example", "coordinator", name="Omar Haddad")
    asked = post(case=case, thread="family", by=mother, text="When?")
    page, send = (f"/desk/cases/{case.reference}/{each}" for each in ("messages/", "do/message/"))
    assert f'name="last" value="{asked.pk}"' in sign_in(omar).get(page).content.decode()
    post(case=case, thread="family", by=grace, text="Tomorrow.")
    stale = {"thread": "family", "last": str(asked.pk), "text": "On Friday."}
    answer = sign_in(omar).post(send, stale)
    assert answer.status_code == 409
    assert "Grace Okafor has written to them meanwhile" in answer.content.decode()
    assert "On Friday." in answer.content.decode(), "what was typed is given back"
    last = post(case=case, thread="family", by=mother, text="Thank you.")
    sign_in(omar).post(send, stale | {"last": str(last.pk)})
    assert posts(case, omar).last().text == "On Friday."  # type: ignore[union-attr]


def test_the_page_of_a_local_provider_is_closed_and_opened_again(
    case: Case, grace: Person, mother: Person
) -> None:
    doctor = case.local_provider.person
    assert doctor
    browser = sign_in(doctor)
    page = f"/provider/cases/{case.reference}/"
    assert browser.get(page).status_code == 200
    mail = Message.objects.filter(to=doctor).latest("created_at")
    found = re.search(r"/link/[^/]+/", mail.body)
    assert found
    with pytest.raises(NotYours):
        cases.shut_provider_out(by=mother, case=case)
    desk = sign_in(grace)
    people = f"/desk/cases/{case.reference}/people/"
    assert "works until" in desk.get(f"{people}?links=1").content.decode()
    desk.post(f"/desk/cases/{case.reference}/do/shut-provider-out/")
    shut = browser.get(page)
    assert shut.status_code == 404
    assert "This page is closed" in shut.content.decode()
    assert "Sign in to go on" not in shut.content.decode(), "they have no account"
    assert "page is closed" in desk.get(people).content.decode()
    before = Message.objects.filter(to=doctor).count()
    browser.post(found[0], {"again": "1"})
    assert Message.objects.filter(to=doctor).count() == before, "only the team lets them in again"
    assert {each.stands for each in AccessLink.objects.filter(person=doctor)} == {"ended"}
    desk.post(f"/desk/cases/{case.reference}/do/invite-provider/")
    assert holders_of(case, "local_provider").get() == doctor
