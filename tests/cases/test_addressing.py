"""A family's e-mail address: added and changed by a code, by themselves or by whom they asked."""

import re
from datetime import timedelta

import pytest
import time_machine

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.addressing import MOST_A_DAY
from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import link_for
from secondopinion.audit.models import Entry
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions
from secondopinion.cases.models import Case
from secondopinion.core import clock, jobs
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk.actions import submit_entry
from secondopinion.desk.models import CaseEntry
from secondopinion.messaging.actions import choose_reach, notify
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from tests.desk.test_ways_in import entered
from tests.web.conftest import draft, person, sign_in, submitted

NEW = "rosa.vega@correo.example"


@pytest.fixture
def grace(hospital: Program) -> Person:
    """A coordinator."""
    return person("grace@harbour.example", "coordinator", name="Grace Okafor")


@pytest.fixture
def case(grace: Person) -> Case:
    """A request that was entered for a mother who has a telephone alone, and taken over by her."""
    entered_case = entered(grace)
    submit_entry(by=grace, case=entered_case)
    entry = CaseEntry.objects.get(case=entered_case)
    Person.objects.filter(pk=entry.family_id).update(language="en")
    actions.give_part(case=entered_case, person=entry.family, role="family", by=grace)
    CaseEntry.objects.filter(pk=entry.pk).update(taken_over_at=clock.now())
    actions.take(by=grace, case=entered_case)
    return entered_case


def mother(case: Case) -> Person:
    return CaseEntry.objects.get(case=case).family


def code_sent(address: str = NEW) -> str:
    """Return the code of the last mail to an address; nothing of the case is in it."""
    mail = Message.objects.filter(address=address).latest("created_at")
    assert mail.case_id is None
    assert not mail.link
    found = re.search(r"\b[0-9A-Z]{8}\b", mail.body)
    assert found
    assert found[0] not in mail.subject, "subjects stand on locked screens"
    return found[0]


def test_a_mother_adds_an_address_on_her_page_and_signs_in_with_it(case: Case) -> None:
    rosa = mother(case)
    browser = sign_in(rosa)
    page = f"/my/cases/{case.reference}/"
    assert "/account/address/" in browser.get(page).content.decode()
    for each in ("/account/messages/", "/account/factor/"):
        assert "None" not in browser.get(each).content.decode()
    browser.post("/account/address/?other=1", {"email": NEW})
    rosa.refresh_from_db()
    assert rosa.email is None, "it counts once the code has come back"
    assert NEW in browser.get("/account/address/").content.decode()
    wrong = browser.post("/account/address/", {"code": "00000000"}).content.decode()
    assert "not right" in wrong
    assert browser.post("/account/address/", {"code": f" {code_sent().lower()} "}).url
    rosa.refresh_from_db()
    assert rosa.email == NEW
    assert "/account/address/" not in browser.get(page).content.decode()
    verbs = [each.verb for each in Entry.objects.filter(target_id=str(rosa.pk))]
    assert {"address-asked", "address-refused", "address-confirmed"} <= set(verbs)
    browser.logout()
    browser.post("/sign-in/", {"email": NEW})
    assert Message.objects.filter(to=rosa, template="sign-in-code").exists()


def test_mails_quiet_hours_and_the_mail_of_the_day_go_to_the_new_address(
    case: Case, mailoutbox: list
) -> None:
    rosa = mother(case)
    choose_reach(by=rosa, also_by="", quiet_from=None, quiet_to=None, daily=True)
    actions.ask_address(by=rosa, person=rosa, email="old@correo.example")
    actions.confirm_address(by=rosa, person=rosa, code=code_sent("old@correo.example"))
    rosa.refresh_from_db()
    notify(to=rosa, template="message-waiting", case_id=case.pk, link="/my/")
    actions.ask_address(by=rosa, person=rosa, email=NEW)
    actions.confirm_address(by=rosa, person=rosa, code=code_sent())
    with time_machine.travel(clock.now() + timedelta(days=1, hours=1), tick=False):
        jobs.run_all()
    sent = [(each.to, each.subject) for each in mailoutbox]
    assert (["old@correo.example"], "We write to another address now") in sent
    assert ([NEW], "What is new for you today") in sent


def test_the_coordinator_does_it_for_a_family_that_asked(case: Case, grace: Person) -> None:
    rosa, desk = mother(case), sign_in(grace)
    people, page = (f"/desk/cases/{case.reference}/people/{each}"
                    for each in ("", f"{mother(case).pk}/address/"))  # fmt: skip
    assert "no e-mail address" in desk.get("/desk/").content.decode()
    assert page in desk.get(people).content.decode()
    asked = {"email": NEW, "way": "telephone", "note": "She called from her number."}
    assert "Choose one" in desk.post(f"{page}?other=1", asked | {"way": ""}).content.decode()
    token = accounts.make_link(person=rosa, case_id=case.pk, purpose="take-over")
    assert desk.post(f"{page}?other=1", asked).status_code == 302
    assert desk.post(page, {"code": code_sent()}).status_code == 302
    rosa.refresh_from_db()
    assert rosa.email == NEW
    shown = desk.get(people).content.decode()
    assert "She called from her number." in shown
    assert "By telephone" in shown
    assert "no e-mail address" not in desk.get("/desk/").content.decode()
    assert link_for(token, "take-over") is None, "it may have gone to a former address"
    entry = next(each for each in entries_for(case.pk) if each.verb == "address-confirmed")
    assert entry.detail == {"way": "telephone"}


def test_an_address_of_another_account_is_refused_without_saying_whose(
    case: Case, grace: Person
) -> None:
    rosa, other = mother(case), person("amina@usra.example", name="Amina Alhassan")
    submitted(other)
    with pytest.raises(Refused) as refused:
        actions.ask_address(
            by=grace, person=rosa, email="Amina@usra.example", case=case, way="letter"
        )
    assert refused.value.code == "address-taken"
    assert "Amina" not in str(refused.value.message)
    actions.ask_address(by=rosa, person=rosa, email="amina@usra.example")
    with pytest.raises(Refused) as refused:
        actions.confirm_address(by=rosa, person=rosa, code=code_sent("amina@usra.example"))
    assert refused.value.code == "address-taken", "only who reads that mailbox learns of it"
    rosa.refresh_from_db()
    assert rosa.email is None


def test_an_account_in_which_nothing_was_begun_gives_way(case: Case) -> None:
    rosa, empty = mother(case), person(NEW)  # she had typed it at the sign-in
    actions.ask_address(by=rosa, person=rosa, email=NEW)
    actions.confirm_address(by=rosa, person=rosa, code=code_sent())
    empty.refresh_from_db()
    rosa.refresh_from_db()
    assert (rosa.email, empty.email, empty.may_sign_in) == (NEW, None, False)


def test_codes_end_and_are_few(case: Case) -> None:
    rosa = mother(case)
    actions.ask_address(by=rosa, person=rosa, email=NEW)
    first = code_sent()
    actions.ask_address(by=rosa, person=rosa, email=NEW)
    with pytest.raises(Refused):
        actions.confirm_address(by=rosa, person=rosa, code=first)
    for _again in range(4):
        with pytest.raises(Refused):
            actions.confirm_address(by=rosa, person=rosa, code="0")
    with pytest.raises(Refused) as refused:
        actions.confirm_address(by=rosa, person=rosa, code=code_sent())
    assert refused.value.code == "address-ended"
    for _again in range(MOST_A_DAY - 2):
        actions.ask_address(by=rosa, person=rosa, email=NEW)
    with pytest.raises(Refused) as refused:
        actions.ask_address(by=rosa, person=rosa, email=NEW)
    assert refused.value.code == "address-too-many"
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
        with pytest.raises(Refused):
            actions.confirm_address(by=rosa, person=rosa, code=code_sent())
        actions.ask_address(by=rosa, person=rosa, email=NEW)


@pytest.mark.parametrize("email", ["no address", "pena@clinic.example", "Pena+x@clinic.example"])
def test_addresses_that_cannot_be_hers(case: Case, email: str) -> None:
    rosa = mother(case)
    with pytest.raises(Refused):
        actions.ask_address(by=rosa, person=rosa, email=email)


def test_nobody_else_does_it(case: Case, grace: Person) -> None:
    rosa, omar = mother(case), person("omar@harbour.example", "coordinator")
    stranger = draft(person("olena@rodyna.example")).participations.get(role="family").person
    for by in (omar, stranger):
        with pytest.raises(NotYours):
            actions.ask_address(by=by, person=rosa, email=NEW, case=case, way="letter")
    with pytest.raises(NotYours):
        actions.ask_address(by=grace, person=stranger, email=NEW, case=case, way="letter")
    with pytest.raises(NotYours):
        actions.confirm_address(by=grace, person=rosa, code="0")
    assert sign_in(grace).get("/account/address/").status_code == 404
    actions.ask_address(by=rosa, person=rosa, email=NEW)
    with pytest.raises(Refused) as refused:
        actions.confirm_address(by=grace, person=rosa, code=code_sent(), case=case)
    assert refused.value.code == "address-ended", "the desk was not asked, and notes nothing of it"
    provider = case.local_provider.person
    assert provider is not None
    with pytest.raises(NotYours):
        actions.ask_address(by=provider, person=provider, email=NEW)
