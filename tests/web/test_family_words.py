"""What families read first, in lists and in mails: their own words, their own time."""

from datetime import timedelta

import pytest
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.cases import actions
from secondopinion.cases.models import Case, InformationRequest
from secondopinion.cases.states import FAMILY_WORDS, State
from secondopinion.core import clock
from secondopinion.core.zones import tells
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from tests.web.conftest import page, person, sign_in, start, taken


@pytest.fixture
def parent(hospital: Program) -> Person:
    """A mother."""
    return person("maria@familia.example")


def text_of(browser: Client, address: str) -> str:
    """Return the main part of a page."""
    return browser.get(address).content.decode().split("<main")[1]


def test_danger_comes_before_price_and_rules(maria: Client) -> None:
    shown = text_of(maria, page(start(maria, country="AE"), "emergency"))
    places = [
        shown.index(words)
        for words in ("trouble breathing", 'name="emergency"', "Yes, we may be able to help")
    ]
    assert places == sorted(places)


def test_every_state_has_words_for_families() -> None:
    assert set(FAMILY_WORDS) == set(State)


def test_the_list_says_who_is_waited_for(parent: Person) -> None:
    case, coordinator = taken(parent)
    browser = sign_in(parent)
    assert "We check what you sent" in text_of(browser, "/my/")
    doctor = InformationRequest.To.LOCAL_PROVIDER
    actions.ask(by=coordinator, case=case, text="Please send the images.", to=doctor)
    here = f"/my/cases/{case.reference}/"
    assert "We wait for your local provider" in text_of(browser, "/my/")
    assert "an answer from your local provider" in text_of(browser, here)
    actions.ask(by=coordinator, case=case, text="Please send the EEG.")
    assert "We need something from you" in text_of(browser, "/my/")
    assert "We wait for your answer" in text_of(browser, here)
    assert "Waiting on the family" not in text_of(browser, "/my/")


def test_the_mail_about_a_taken_case_promises_no_message(parent: Person) -> None:
    case, _coordinator = taken(parent)
    mails = Message.objects.filter(to=parent, case_id=case.pk)
    assert mails.filter(template="news").count() == 1
    assert not mails.filter(template="message-waiting").exists()
    assert "We began with your case on" in text_of(sign_in(parent), f"/my/cases/{case.reference}/")


def test_before_a_case_is_taken_the_page_says_who_looks_first(parent: Person) -> None:
    case, _coordinator = taken(parent)
    Case.objects.filter(pk=case.pk).update(state=State.SUBMITTED, accepted_at=None)
    shown = text_of(sign_in(parent), f"/my/cases/{case.reference}/")
    assert "Who looks at your request first" in shown
    assert "When we begin with it, we write to you" in shown
    assert "Who has your case" not in shown


@pytest.mark.parametrize("told", ["UTC", "Etc/UTC", ""])
def test_a_device_without_a_place_leaves_the_time_of_the_country(told: str, parent: Person) -> None:
    browser = sign_in(parent)
    browser.cookies["zone"] = told
    case = start(browser, country="AE")
    due = clock.now() + timedelta(days=1)
    Case.objects.filter(pk=case.pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), due_at=due
    )
    shown = text_of(browser, f"/my/cases/{case.reference}/request/sent/")
    parent.refresh_from_db()
    assert parent.timezone == "Asia/Dubai"
    assert "(<bdi>time in Dubai</bdi>)." in shown
    assert (due + timedelta(hours=4)).strftime("%H:%M") in shown


def test_only_a_zone_of_a_place_tells_something() -> None:
    assert [tells(each) for each in ("Asia/Dubai", "UTC", "Etc/UTC", "Nowhere/Else", "")] == [
        True, False, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "told"), [("ar", True), ("en", False)])
def test_who_reads_another_language_learns_the_one_of_the_report(
    language: str, told: bool, hospital: Program
) -> None:
    browser = sign_in(person("amina@usra.example", language=language))
    shown = text_of(browser, page(start(browser, country="AE"), "consent"))
    assert ("اللغة التي يُكتب بها التقرير" in shown) is told
