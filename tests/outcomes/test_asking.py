"""How it went is asked by mail, answered by two taps without sign-in, and counted."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from secondopinion.accounts import actions as accounts
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.messaging.models import Message
from secondopinion.opinions.models import Delivery
from secondopinion.outcomes import actions, asking
from secondopinion.outcomes.models import Enquiry
from secondopinion.outcomes.queries import figures
from secondopinion.program.models import Program
from secondopinion.staffing import actions as staffing
from tests.web.conftest import Whole, sign_in, whole_case


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case whose report its family has."""
    return whole_case()


def mails(whole: Whole, template: str = asking.MAIL) -> list[Message]:
    return list(Message.objects.filter(template=template, case_id=whole.case.pk).order_by("pk"))


def test_a_family_is_asked_answers_by_two_taps_and_is_not_asked_again(whole: Whole) -> None:
    assert asking.ask_due() == 0, "too early"
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=1), tick=False):
        assert (asking.ask_due(), asking.ask_due()) == (1, 0)
        (mail,) = mails(whole)
        for secret in ("Camila", "epilep", "report", "María"):
            assert secret.lower() not in f"{mail.subject} {mail.body}".lower()
        address = f"/how-it-went/{asking.token_of(Enquiry.objects.get())}/"
        assert address in mail.body

        browser = Client()
        for _look in range(2):  # mail programs look at links: nothing is used up
            page = browser.get(address).content.decode()
            assert "What changed after our advice?" in page
        for secret in ("Camila", "María", "Mei", "Epilep", whole.case.reference):
            assert secret not in page
        assert (
            "satisfied"
            in browser.post(address, {"changed": "treatment"}, follow=True).content.decode()
        )
        assert "answered" in Client().get(address).content.decode(), "once, in one browser"
        browser.post(address, {"satisfied": "yes"})
        assert (
            "That was all"
            in browser.post(address, {"recommends": "perhaps"}, follow=True).content.decode()
        )
        outcome = whole.case.outcomes.get()
        told = (outcome.changed, outcome.satisfied, outcome.recommends, outcome.by)
        assert told == ("treatment", "yes", "perhaps", whole.family)
        assert [each.to for each in mails(whole, "outcome-told")] == [whole.specialist]
        found = figures(
            clock.now() - timedelta(days=1), clock.now() + timedelta(minutes=1)
        ).outcomes
        assert (found.asked, found.answered) == (1, 1)
        assert dict(found.answers["changed"])["The treatment"] == 1
    with time_machine.travel(clock.now() + timedelta(days=39), tick=False):
        assert asking.remind_due() == 0
        with pytest.raises(NotYours):
            asking.add(enquiry=Enquiry.objects.get(), field="satisfied", value="no")


def test_what_is_not_answered_is_reminded_of_once_and_ends(whole: Whole) -> None:
    begun = clock.now()
    with time_machine.travel(begun + timedelta(days=31), tick=False):
        asking.ask_due()
        assert asking.remind_due() == 0
    row = Enquiry.objects.get()
    token = asking.token_of(row)
    with time_machine.travel(begun + timedelta(days=38, hours=1), tick=False):
        assert (asking.remind_due(), asking.remind_due()) == (1, 0)
        assert asking.token_of(row) in mails(whole)[-1].body, "the same link"
        with pytest.raises(Refused):
            asking.answer(enquiry=row, changed="everything")
        for wrong in (token[:-1], token.replace(":", ""), f"{'0' * 32}:{token.partition(':')[2]}"):
            with pytest.raises(NotYours):
                asking.enquiry_at(wrong)
        assert asking.enquiry_at(token) == row
        part = whole.case.participations.filter(role="family")
        part.update(until=clock.now() - timedelta(hours=1))
        with pytest.raises(NotYours):
            asking.enquiry_at(token)
        part.update(until=None)
    with time_machine.travel(begun + timedelta(days=62), tick=False):
        assert "out of date" in Client().get(f"/how-it-went/{token}/").content.decode()
        assert asking.ask_due() == 0, "the 30th day went by long ago"
    with time_machine.travel(begun + timedelta(days=91), tick=False):
        assert asking.ask_due() == 1
        assert asking.token_of(Enquiry.objects.get(day=90)) != token


def test_of_two_parents_the_first_answers_and_nobody_is_asked_who_wants_none(whole: Whole) -> None:
    other = accounts.ensure_person(email="papa@familia.example", language="es")
    whole.case.participations.create(person=other, role="family")
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=1), tick=False):
        assert asking.ask_due() == 2
        first, second = Enquiry.objects.order_by("created_at", "pk")
        asking.answer(enquiry=first, changed="nothing")
        assert asking.is_answered(second)
        with pytest.raises(Conflict):
            asking.answer(enquiry=second, changed="both")
        Client().post(f"/how-it-went/{asking.token_of(second)}/", {"quiet": "1"})
        assert whole.case.silence.by == second.to
    with time_machine.travel(clock.now() + timedelta(days=91), tick=False):
        assert asking.ask_due() == 0


def test_a_report_that_never_reached_the_family_is_not_asked_about(whole: Whole) -> None:
    Delivery.objects.filter(report__case=whole.case, role="family").delete()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert asking.ask_due() == 0
    Case.objects.filter(pk=whole.case.pk).update(reported_at=None)
    whole.case.refresh_from_db()
    with pytest.raises(Refused):
        actions.tell_outcome(by=whole.family, case=whole.case, day=30, changed="both")
    with pytest.raises(NotYours):
        actions.ask_no_more(by=whole.specialist, case=whole.case)


def test_the_family_tells_on_its_page_and_the_desk_stops_asking(whole: Whole) -> None:
    here = f"/my/cases/{whole.case.reference}/"
    browser = sign_in(whole.family)
    early = browser.get(here).content.decode()
    assert "What changed after our advice?" not in early, "it has the report since today"
    assert "on we ask you here how it went" in early
    told = {"changed": "both", "satisfied": "partly", "note": "Thank you"}
    refused = browser.post(f"{here}outcome/", told)
    assert (refused.status_code, whole.case.outcomes.count()) == (400, 0)
    assert "Thank you" in refused.content.decode(), "what was typed is kept"
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=1), tick=False):
        _tells_and_the_desk_stops_asking(whole, here)


def _tells_and_the_desk_stops_asking(whole: Whole, here: str) -> None:
    browser = sign_in(whole.family)
    assert "What changed after our advice?" in browser.get(here).content.decode()
    browser.post(f"{here}outcome/", {"changed": "both", "satisfied": "partly", "note": "Thank you"})
    again = browser.get(here).content.decode()
    assert "You have told us how it went. Thank you." in again
    assert 'name="changed" value="both" checked' in again
    assert ">Thank you</textarea>" in again
    outcome = whole.case.outcomes.get()
    assert (outcome.day, outcome.changed, outcome.recommends) == (30, "both", "")
    assert "Thank you" in sign_in(whole.specialist).get("/expert/").content.decode()
    desk, after = sign_in(whole.coordinator), f"/desk/cases/{whole.case.reference}/"
    assert "Thank you" in desk.get(f"{after}after/").content.decode()
    desk.post(f"{after}do/ask-no-more/")
    assert whole.case.silence.by == whole.coordinator


def test_who_wrote_the_report_and_has_left_is_not_written_to(whole: Whole) -> None:
    staffing.set_roles(by=None, person=whole.specialist, roles=[])
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        actions.tell_outcome(by=whole.family, case=whole.case, day=30, changed="treatment")
        with pytest.raises(Refused):
            actions.tell_outcome(by=whole.family, case=whole.case, day=90, changed="treatment")
    assert not Message.objects.filter(template="outcome-told").exists()
