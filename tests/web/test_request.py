"""The family's request, without JavaScript: one thing at a time, nothing lost or sent twice."""

import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case, Consent
from secondopinion.core import jobs
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from tests.web.conftest import draft, letter, page, person, sign_in, start

ANSWERS: dict[str, dict[str, str]] = {
    "emergency": {"emergency": "no"},
    "child": {
        "full_name": "Camila Fernández", "latin_name": "", "birth_date_day": "14",
        "birth_date_month": "5", "birth_date_year": "2017", "sex": "F", "weight_kg": "24.5",
        "height_cm": "",
    },
    "you": {"full_name": "María López", "phone": "", "kind": "parent", "may_decide": "on"},
    "provider": {
        "full_name": "Dra. Lucía Ramírez", "clinic": "San Rafael",
        "email": "lucia@clinica.example", "phone": "", "language": "es",
    },
    "story": {"diagnosis": "Epilepsia", "history": "Dos crisis.", "medicines": "Levetiracetam"},
    "story-2": {"operations": "", "development": "Normal"},
    "questions": {
        "question_1": "¿Es epilepsia?", "question_2": "¿Puede nadar?", "question_3": "¿?",
    },
    "consent": {"review": "on", "contact_provider": "on", "disclaimer": "on"},
}  # fmt: skip


class Page(HTMLParser):
    """What a page asks: its heading, and the fields of its main form with their labels."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heading, self.fields, self.in_heading = "", [], False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.in_heading = tag == "h1"
        asked = tag in {"input", "select", "textarea"} and given.get("type") != "hidden"
        name = given.get("name") or ""
        # A date is one question in three boxes, a group of choices one question.
        name = re.sub(r"_(day|month|year)$", "", name)
        if asked and name and name not in self.fields:
            self.fields.append(name)

    def handle_data(self, data: str) -> None:
        if self.in_heading:
            self.heading += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "h1":
            self.in_heading = False


def fill(browser: Client, case: Case, *leave_out: str) -> None:
    """Answer every page but those named."""
    for key, values in ANSWERS.items():
        if key not in leave_out:
            answer = browser.post(page(case, key), values)
            assert answer.status_code == 302, (key, answer.content.decode())


def test_a_whole_request_in_few_pages_and_nothing_asked_twice(hospital: Program) -> None:
    browser = Client()
    pages = [Page(browser.get("/sign-in/?next=/my/start/").content.decode())]
    browser.post("/sign-in/?next=/my/start/", {"email": "maria@familia.example"})
    jobs.run_all()
    code = mail.outbox[0].body.partition("\n")[0].rpartition(" ")[2]
    pages.append(Page(browser.get("/sign-in/code/").content.decode()))
    answer = browser.post("/sign-in/code/", {"code": code}, follow=True)
    pages.append(Page(answer.content.decode()))
    case = start(browser)
    following = f"/my/cases/{case.reference}/may/"
    while True:
        shown = browser.get(following)
        assert shown.status_code == 200, following
        pages.append(Page(shown.content.decode()))
        key = following.rstrip("/").rpartition("/")[2]
        if key == "check":
            break
        if key in ANSWERS:
            following = browser.post(following, ANSWERS[key])["Location"]
        else:
            links = re.findall(r'class="button" href="([^"]+)"', shown.content.decode())
            following = links[-1]
    sent = browser.post(following)
    assert sent.status_code == 302
    assert browser.get(sent["Location"]).status_code == 200
    fields = [name for each in pages for name in each.fields]
    assert len(pages) <= 14
    assert len(fields) <= 45
    headings = [each.heading for each in pages]
    assert len(set(headings)) == len(headings)
    case.refresh_from_db()
    assert case.state == "submitted"
    assert [each.text for each in case.questions.all()] == ["¿Es epilepsia?", "¿Puede nadar?", "¿?"]
    assert case.local_provider.invited_at


def test_it_goes_on_where_it_was_left_on_another_device(maria: Client) -> None:
    case = start(maria)
    maria.post(page(case, "emergency"), ANSWERS["emergency"])
    maria.post(page(case, "child"), ANSWERS["child"])
    elsewhere = sign_in(person("maria@familia.example"))
    assert case.reference in elsewhere.get("/my/").content.decode()
    shown = elsewhere.get(page(case, "child")).content.decode()
    assert 'value="Camila Fernández"' in shown
    assert 'value="2017"' in shown


def autosave(browser: Client, case: Case, key: str, values: dict[str, Any]) -> Any:
    """Save half a page as the island does."""
    return browser.post(
        f"/my/cases/{case.reference}/autosave/{key}/",
        values,
        headers={"accept": "application/json"},
    )


def test_what_is_half_typed_is_kept_as_it_is(maria: Client) -> None:
    case = start(maria)
    half = {"full_name": "Camila Fer", "birth_date_day": "3", "birth_date_year": "abc"}
    saved = autosave(maria, case, "child", half)
    assert saved.status_code == 200
    assert set(saved.json()) == {"saved_at", "revision"}
    shown = sign_in(person("maria@familia.example")).get(page(case, "child")).content.decode()
    for text in ('value="Camila Fer"', 'value="3"', 'value="abc"'):
        assert text in shown
    assert "error" not in re.sub(r"data-[a-z]+=\"[^\"]*\"", "", shown)


def test_a_page_changed_on_another_device_is_not_overwritten(maria: Client) -> None:
    case = start(maria)
    base = autosave(maria, case, "story", {"diagnosis": "one"}).json()["revision"]
    autosave(maria, case, "story", {"diagnosis": "two", "base_revision": base})
    late = autosave(maria, case, "story", {"diagnosis": "three", "base_revision": base})
    assert late.status_code == 409
    case.request.refresh_from_db()
    assert case.request.typed["story"]["diagnosis"] == ["two"]


def test_only_the_fields_of_the_request_are_kept(maria: Client) -> None:
    """Nobody can fill the disk through a page that does not exist."""
    case = start(maria)
    autosave(maria, case, "no-such-page", {"diagnosis": "x" * 10_000})
    autosave(maria, case, "story", {"no_such_field": "x" * 10_000, "diagnosis": "x"})
    case.request.refresh_from_db()
    assert set(case.request.typed) <= {"story"}
    assert set(case.request.typed.get("story", {})) <= {"diagnosis"}


def test_what_was_saved_wins_over_what_was_typed_before(maria: Client) -> None:
    case = start(maria)
    autosave(maria, case, "story", {"diagnosis": "half a sen"})
    maria.post(page(case, "story"), ANSWERS["story"])
    assert "half a sen" not in maria.get(page(case, "story")).content.decode()


@pytest.mark.parametrize(
    ("key", "change", "field"),
    [
        ("child", {"birth_date_year": "2099"}, "birth_date"),
        ("child", {"birth_date_year": "2006"}, "birth_date"),
        ("child", {"birth_date_month": "13"}, "birth_date"),
        ("child", {"birth_date_day": ""}, "birth_date"),
        ("child", {"full_name": ""}, "full_name"),
        ("child", {"full_name": "x" * 201}, "full_name"),
        ("child", {"weight_kg": "heavy"}, "weight_kg"),
        ("child", {"weight_kg": "-3"}, "weight_kg"),
        ("child", {"sex": "X"}, "sex"),
        ("you", {"may_decide": ""}, "may_decide"),
        ("provider", {"email": "lucia@clinica.example\nBcc: all@example.org"}, "email"),
        ("provider", {"email": "no address"}, "email"),
        ("questions", {"question_1": "", "question_2": "", "question_3": ""}, "question_1"),
        ("consent", {"disclaimer": ""}, "disclaimer"),
        ("emergency", {"emergency": ""}, "emergency"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_is_kept(
    maria: Client, key: str, change: dict[str, str], field: str
) -> None:
    case = start(maria)
    if key == "consent":
        maria.post(page(case, "you"), ANSWERS["you"])
    values = ANSWERS[key] | change
    answer = maria.post(page(case, key), values)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert f'id="id_{field}-error"' in shown
    assert f'href="#id_{field}' in shown
    for name, text in values.items():
        if text and text not in {"on", "F", "no", "parent", "es", "X"} and "\n" not in text:
            assert text in shown, name


def test_a_null_character_is_no_way_to_break_it(maria: Client) -> None:
    case = start(maria)
    assert maria.post(page(case, "story"), {"diagnosis": "a\x00b"}).status_code in {200, 302}
    assert autosave(maria, case, "story", {"diagnosis": "a\x00b"}).status_code in {200, 400}
    assert maria.get(page(case, "story")).status_code == 200


def test_an_emergency_stops_and_keeps_what_was_typed(maria: Client) -> None:
    case = start(maria)
    fill(maria, case, "emergency")
    answer = maria.post(page(case, "emergency"), {"emergency": "yes"}, follow=True)
    shown = answer.content.decode()
    assert "emergency number" in shown
    assert 'role="alert"' in shown
    check = f"/my/cases/{case.reference}/request/check/"
    maria.post(check, headers={"referer": f"http://testserver{check}"})
    case.refresh_from_db()
    assert case.state == "draft"
    assert "Epilepsia" in maria.get(page(case, "story")).content.decode()
    maria.post(page(case, "emergency"), {"emergency": "no"})
    maria.post(check)
    case.refresh_from_db()
    assert case.state == "submitted"


@pytest.mark.parametrize(
    ("country", "specialty", "words"),
    [
        ("US", "brain-and-nerves", "We cannot help"),
        ("MX", "mental-health", "We cannot help"),
        ("MX", "brain-and-nerves", "to you and to your local provider"),
        ("IN", "heart", "your doctor gives you the report"),
    ],
)
def test_one_is_told_whether_and_how_we_may_help_before_anything_is_sent(
    maria: Client, country: str, specialty: str, words: str
) -> None:
    case = start(maria, country, specialty)
    shown = maria.get(f"/my/cases/{case.reference}/may/").content.decode()
    assert words in shown
    assert 'type="file"' not in shown


def test_a_request_is_not_sent_with_something_missing(maria: Client) -> None:
    case = start(maria)
    fill(maria, case, "provider")
    check = f"/my/cases/{case.reference}/request/check/"
    shown = maria.get(check).content.decode()
    assert page(case, "provider") in shown
    assert "Send the request" not in shown
    maria.post(check)
    case.refresh_from_db()
    assert case.state == "draft"


def test_sent_twice_from_two_tabs_it_is_sent_once(maria: Client) -> None:
    case = start(maria)
    fill(maria, case)
    check = f"/my/cases/{case.reference}/request/check/"
    first, second = maria.post(check), maria.post(check)
    assert first.status_code == second.status_code == 302
    assert Message.objects.filter(template="request-received").count() == 1
    assert Message.objects.filter(template="provider-invited").count() == 1
    case.refresh_from_db()
    assert case.checklist.count() == len(set(case.checklist.values_list("key", flat=True)))


def test_the_overview_says_that_files_have_come(hospital: Program) -> None:
    family = person("maria@familia.example")
    case, browser = draft(family), sign_in(family)
    overview = f"/my/cases/{case.reference}/request/"
    before = browser.get(overview).content.decode().count("If you have it")
    assert before
    arrivals.receive_file(by=family, case=case, name="letter.png", source=BytesIO(letter()))
    for sorted_in in (False, True):
        if sorted_in:
            jobs.run_all()
        shown = browser.get(overview).content.decode()
        assert "Files have come" in shown
        assert shown.count("If you have it") == before - 1


def test_after_it_is_sent_its_pages_lead_to_the_case(maria: Client) -> None:
    case = start(maria)
    fill(maria, case)
    maria.post(f"/my/cases/{case.reference}/request/check/")
    for address in (page(case, "child"), f"/my/cases/{case.reference}/request/"):
        assert maria.get(address)["Location"] == f"/my/cases/{case.reference}/"
    maria.post(page(case, "child"), ANSWERS["child"] | {"full_name": "Somebody else"})
    case.child.refresh_from_db()
    assert case.child.full_name == "Camila Fernández"
    assert autosave(maria, case, "story", {"diagnosis": "late"}).status_code == 409


def test_the_disclaimer_is_kept_in_the_version_and_language_that_was_shown(
    hospital: Program,
) -> None:
    browser = sign_in(person("maria@familia.example", language="es"))
    case = start(browser)
    browser.post(page(case, "you"), ANSWERS["you"])
    shown = browser.get(page(case, "consent")).content.decode()
    assert "Una segunda opinión es un consejo" in shown
    browser.post(page(case, "consent"), ANSWERS["consent"])
    kept = Consent.objects.get(case=case, kind="disclaimer")
    assert (kept.language, kept.version) == ("es", "2026-11")
    assert kept.version in shown


def test_the_check_page_shows_every_answer(maria: Client) -> None:
    case = start(maria)
    fill(maria, case)
    family = case.participations.get().person
    arrivals.receive_file(by=family, case=case, name="letter.txt", source=BytesIO(b"A letter."))
    jobs.run_all()
    record = case.records.get()
    found = Found("hard-to-read", "warning", "The page is hard to read.", where={"page": 1})
    replace(case=case, subject=record, check="legibility@1", found=[found])
    shown = maria.get(f"/my/cases/{case.reference}/request/check/").content.decode()
    for text in (
        "Camila Fernández", "14 May 2017", "Girl", "María López", "Mother or father", "Mexico",
        "Brain, nerves, seizures", "Dra. Lucía Ramírez", "Epilepsia", "¿Puede nadar?", "24.5",
    ):  # fmt: skip
        assert text in shown, text
    place = reverse("page-look", args=[case.reference, record.pk, 1])
    assert f'<a href="{place}">\u2068letter.txt\u2069, page 1</a></strong><br>The page' in shown


def test_more_questions_are_asked_one_by_one(maria: Client) -> None:
    case = start(maria)
    answer = maria.post(page(case, "questions"), {**ANSWERS["questions"], "more": "1"})
    assert answer["Location"] == page(case, "questions") + "#id_question_4"
    assert 'id="id_question_4"' in maria.get(page(case, "questions")).content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("+20 ١٠٠ 123 4567", "+20 100 123 4567"), ("\u202a+52 (33) 1234-5678\u202c",
      "+52 (33) 1234-5678"), ("00971 50 123 4567", "+971 50 123 4567"), ("", ""), ("abc", None),
     ("12345", None), ("050 123 4567", None)],
)  # fmt: skip
def test_a_phone_number_is_one(maria: Client, typed: str, kept: str | None) -> None:
    case = start(maria)
    answer = maria.post(page(case, "you"), {**ANSWERS["you"], "phone": typed})
    if kept is None:
        said = answer.content.decode()
        assert "This is not a phone number" in said or "so that we can call you" in said
    else:
        assert Person.objects.get(email="maria@familia.example").phone == kept


def test_a_page_that_does_not_exist_leads_to_the_list(maria: Client) -> None:
    case = start(maria)
    assert maria.get(page(case, "no-such-page"))["Location"].endswith("/request/")


def test_a_second_request_can_be_started(maria: Client) -> None:
    first = draft(person("maria@familia.example"))
    second = start(maria)
    assert first.reference != second.reference
    shown = maria.get("/my/").content.decode()
    assert first.reference in shown
    assert second.reference in shown


@pytest.mark.parametrize(
    ("language", "country"), [("en", "Mexico"), ("es", "México"), ("ar", "المكسيك")]
)
def test_countries_are_named_in_the_readers_language(
    hospital: Program, language: str, country: str
) -> None:
    browser = sign_in(person("maria@familia.example", language=language))
    assert f">{country}</option>" in browser.get("/my/start/").content.decode()


def test_what_sounds_like_danger_is_answered_at_once_and_saved(maria: Client) -> None:
    case = start(maria)
    words = "Hoy no despierta y tiene los labios azules."
    for key, values in (
        ("story", ANSWERS["story"] | {"history": words}),
        ("questions", ANSWERS["questions"] | {"question_1": words}),
    ):
        after = maria.post(page(case, key), values, follow=True).content.decode()
        assert "or go to the nearest hospital: we cannot help fast enough" in after
        assert "911" in after
        assert words in maria.get(page(case, key)).content.decode()
        calm = maria.post(page(case, key), ANSWERS[key], follow=True).content.decode()
        assert "go to the nearest hospital" not in calm
