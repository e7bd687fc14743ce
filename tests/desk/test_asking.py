"""What a checklist rests on, files with messages, who has read what, and a page that is closed."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from secondopinion.accounts.models import AccessLink, Person
from secondopinion.arrivals.clipping import post_with_files
from secondopinion.arrivals.models import Attachment
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, ChecklistItem, ItemState
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
from secondopinion.program.models import Program
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
        actions.this_is_it(by=grace, item=item, record=record)
    with pytest.raises(NotYours):
        actions.not_it(by=person("omar@harbour.example", "coordinator"), evidence=evidence)
    assert "Undo: this is not it" in shown()
    desk.post(f"{place}do/not-it/", {"evidence": evidence.pk})
    item.refresh_from_db()
    assert item.state == "open"
    assert not Evidence.objects.exists()
    Record.objects.filter(pk=record.pk).update(kind="clinic_letter")
    assert "This is it" in shown()
    said = actions.this_is_it(by=grace, item=item, record=record)
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
    to = desk.post(f"/desk/cases/{case.reference}/messages/words/",
                   {"thread": "family", "template": "0"})["Location"]  # fmt: skip
    shown = desk.get(to.partition("#")[0]).content.decode()
    assert "The template in your language" in shown


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
