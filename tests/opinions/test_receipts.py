"""A report that the local provider does not open in time."""

from datetime import timedelta

import pytest
import time_machine

from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case, Need, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import Why
from secondopinion.core import clock, dates
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.messaging.models import Message
from secondopinion.opinions import actions, receipts
from secondopinion.opinions.models import Delivery, SignedReport
from secondopinion.opinions.queries import readable
from tests.opinions.test_amending import corrected, deliver
from tests.web.conftest import sign_in

LATER = timedelta(days=6)  # more than two business days


@pytest.fixture
def delivery(signed: SignedReport) -> Delivery:
    """A report that is with the local provider."""
    deliver(signed)
    return Delivery.objects.select_related("report__case__coordinator", "to").get(
        role="local_provider"
    )


def told() -> int:
    return Message.objects.filter(template="report-not-opened").count()


def test_the_coordinator_is_told_once(delivery: Delivery) -> None:
    assert receipts.notice_unopened() == 0, "there is time yet"
    with time_machine.travel(clock.now() + LATER):
        assert receipts.notice_unopened() == 1
        assert receipts.notice_unopened() == 0
    assert told() == 1


def test_who_opens_in_time_is_left_alone(delivery: Delivery) -> None:
    actions.open_report(by=delivery.to, report=delivery.report, proven=True)
    with time_machine.travel(clock.now() + LATER):
        assert receipts.notice_unopened() == 0
        with pytest.raises(Conflict):
            receipts.remind(by=delivery.report.case.coordinator, delivery=delivery)


def test_a_report_that_was_replaced_is_not_waited_for(delivery: Delivery) -> None:
    corrected(delivery.report.case)
    with time_machine.travel(clock.now() + LATER):
        assert receipts.notice_unopened() == 1, "the corrected one"


def test_it_is_sent_again_from_the_page_and_waited_for_anew(delivery: Delivery) -> None:
    case = delivery.report.case
    with pytest.raises(NotYours):
        receipts.remind(by=delivery.to, delivery=delivery)
    with time_machine.travel(clock.now() + LATER):
        receipts.notice_unopened()
        browser = sign_in(case.coordinator)
        assert "Report not opened" in browser.get("/desk/?view=news").content.decode()
        page = f"/desk/cases/{case.reference}/"
        assert "has not opened the report in time" in browser.get(page).content.decode()
        after = browser.get(f"{page}after/").content.decode()
        assert "not opened in time" in after
        before = Message.objects.filter(to=delivery.to).count()
        sent = browser.post(f"{page}do/send-again/", {"delivery": str(delivery.pk)})
        assert sent.status_code == 302
        assert Message.objects.filter(to=delivery.to).count() == before + 1
        assert "Report not opened" not in browser.get("/desk/?view=news").content.decode()
        assert receipts.notice_unopened() == 0
    with time_machine.travel(clock.now() + 2 * LATER):
        assert receipts.notice_unopened() == 1


def test_the_family_knows_where_its_report_is(signed: SignedReport) -> None:
    Case.objects.filter(pk=signed.case_id).update(delivery_mode="through_provider")
    case = Case.objects.get(pk=signed.case_id)
    family = case.participations.get(role=Part.FAMILY).person
    browser, page = sign_in(family), f"/my/cases/{case.reference}/"
    shown = browser.get(page).content.decode()
    assert "with your local provider" not in shown
    assert "The report is signed. We send it now." in shown
    assert f"By {dates.written(case.due_at)}" not in shown, "one word on when it comes"
    assert case.coordinator
    actions.deliver(by=case.coordinator, case=case)
    shown = browser.get(page).content.decode()
    assert "They have not opened it yet" in shown
    assert "Your local provider talks about the report with you. Then you can ask us" in shown
    assert "You can ask questions about the report until" not in shown
    provider = case.local_provider.person
    assert provider
    actions.open_report(by=provider, report=signed, proven=True)
    assert "They opened it on" in browser.get(page).content.decode()
    actions.hand_on(by=provider, report=signed)
    shown = browser.get(page).content.decode()
    assert "with your local provider" not in shown
    assert "Your report" in shown
    corrected(case)
    assert "A corrected report is with your local provider" in browser.get(page).content.decode()


def test_who_is_named_later_gets_it_when_it_is_sent_again(delivery: Delivery) -> None:
    case, former = delivery.report.case, delivery.to
    family = case.participations.get(role=Part.FAMILY, until=None).person
    cases.change_provider(
        by=family, case=case, full_name="Dr. Paz", clinic="Norte", email="paz@norte.example",
        phone="", language="es",
    )  # fmt: skip
    provider = holders_of(case, Part.LOCAL_PROVIDER).get()
    assert not readable(case, provider).exists()
    Message.objects.all().delete()
    with time_machine.travel(clock.now() + LATER):
        assert receipts.notice_unopened() == 1
        receipts.remind(by=case.coordinator, delivery=delivery)
        assert not Message.objects.filter(to=former).exists(), "who has no part is not written to"
        assert list(readable(case, provider)) == [delivery.report]
        assert not Need.objects.filter(case=case, why=Why.UNOPENED).exists()
    with time_machine.travel(clock.now() + 2 * LATER):
        assert receipts.notice_unopened() == 1


def test_a_correction_ends_the_waiting_for_what_it_replaces(delivery: Delivery) -> None:
    case = delivery.report.case
    with time_machine.travel(clock.now() + LATER):
        receipts.notice_unopened()
        assert Need.objects.filter(case=case, why=Why.UNOPENED).exists()
        corrected(case)
        assert not Need.objects.filter(case=case, why=Why.UNOPENED).exists()


def test_who_is_let_in_later_reads_what_the_family_has(signed: SignedReport) -> None:
    case = deliver(signed)
    family = case.participations.get(role=Part.FAMILY, until=None).person
    second = cases.invite_guardian(
        by=family, case=case, full_name="José", email="jose@familia.example", kind="parent"
    )
    assert list(readable(case, second)) == [signed]
    page = sign_in(second).get(f"/my/cases/{case.reference}/reports/{signed.number}/")
    assert page.status_code == 200


def test_who_is_let_in_later_waits_for_the_local_provider_too(signed: SignedReport) -> None:
    Case.objects.filter(pk=signed.case_id).update(delivery_mode="through_provider")
    case = Case.objects.get(pk=signed.case_id)
    actions.deliver(by=case.coordinator, case=case)
    family = case.participations.get(role=Part.FAMILY, until=None).person
    second = cases.invite_guardian(
        by=family, case=case, full_name="José", email="jose@familia.example", kind="parent"
    )
    assert not readable(case, second).exists()
    actions.hand_on(by=case.local_provider.person, report=signed)
    assert list(readable(case, second)) == [signed]
