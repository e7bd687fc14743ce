"""The director's figures: one definition for each number, whatever page or row it stands in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from secondopinion.cases import actions, clocks
from secondopinion.core import clock
from secondopinion.experts import actions as experts
from secondopinion.opinions import actions as opinions
from secondopinion.outcomes.queries import figures
from secondopinion.program.models import Program
from secondopinion.web.oversight import views as oversight
from tests.experts.ready import coordinator, ready
from tests.experts.test_matching import profile
from tests.web.conftest import REPORT, expert, person, sign_in, whole_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def monday() -> Iterator[time_machine.Traveller]:
    """Monday, 9:00 in Boston."""
    with time_machine.travel("2026-11-23T14:00:00Z", tick=False) as traveller:
        yield traveller


def steps(since: datetime, until: datetime) -> dict[str, int]:
    """Return how many cases finished each step."""
    return {each.step: len(each.days) for each in figures(since, until).turnaround}


def test_a_report_is_counted_on_the_day_of_its_delivery(
    hospital: Program, monday: time_machine.Traveller
) -> None:
    mei, case = expert("mei@harbour.example"), ready()
    offer = experts.offer(by=coordinator(), case=case, expert=mei.expert)
    experts.accept(by=mei, offer=offer)
    draft = opinions.start_report(by=mei, case=case)
    draft = opinions.save_draft(by=mei, opinion=draft, values=REPORT, base_revision=None)
    opinions.sign(by=mei, opinion=draft, reauthenticated_at=clock.now())
    signed = clock.now()
    monday.shift(timedelta(days=2))
    case.refresh_from_db()
    [running] = [each for each in clocks.readings(case) if each.step == "report"]
    assert running.running, "the family waits for it"
    page = sign_in(coordinator()).get(f"/desk/cases/{case.reference}/time/").content.decode()
    assert "Report delivered" in page
    week = signed - timedelta(days=7)
    before = figures(week, clock.now())
    assert (before.reported, before.delivered) == (1, 0)
    opinions.deliver(by=coordinator(), case=case)
    delivered = clock.now()
    monday.shift(timedelta(minutes=1))
    found = figures(week, clock.now())
    assert (found.reported, found.delivered) == (1, 1)
    [row] = [each for each in found.turnaround if each.step == "report"]
    assert row.days == [pytest.approx(2)]
    assert steps(delivered, clock.now()) == {"report": 1}, "the other steps were finished before"
    since_then = figures(delivered, clock.now())
    assert (since_then.submitted, since_then.reported, since_then.delivered) == (0, 0, 1)


def test_what_stands_still_or_was_broken_off_is_not_finished(
    hospital: Program, monday: time_machine.Traveller
) -> None:
    begun = clock.now() - timedelta(days=1)

    def now() -> dict[str, int]:
        monday.shift(timedelta(minutes=1))
        return steps(begun, clock.now())

    case, by = ready(), coordinator()
    done = {"acknowledge": 1, "review_records": 1}
    assert now() == done
    actions.reopen(by=by, case=case)
    assert now() == {"acknowledge": 1}, "records are collected again"
    asked = actions.ask(by=by, case=case, text="The letter, please.")
    assert now() == {"acknowledge": 1}
    family = case.participations.get(role="family").person
    actions.answer(by=family, information_request=asked, text="Here it is.")
    case.refresh_from_db()
    actions.complete(by=by, case=case)
    assert now() == done
    someone = profile("dan@harbour.example")
    experts.accept(by=someone.person, offer=experts.offer(by=by, case=case, expert=someone))
    assert now() == {**done, "expert": 1}
    case.refresh_from_db()
    actions.withdraw(by=family, case=case, reason="We have decided.")
    assert now() == {**done, "expert": 1}, "no report was delivered"


def test_the_page_says_what_each_number_counts(hospital: Program) -> None:
    whole_case()
    director = sign_in(person("helen@harbour.example", "director"))
    page = director.get("/director/").content.decode()
    assert "took 0.0" not in page
    assert "The one report that was delivered took less than a tenth of a business day." in page
    assert "under 0.1" in page
    assert "Asked by mail in the last 90 days: 0." in page
    assert "count all 0 answers that came in this time" in page
    assert ">business days</text>" in page, "the axis has its unit"


def test_the_table_rounds_as_the_sentence_above_it() -> None:
    written = [oversight._written(days) for days in (None, 0.04, 5.66, 5.64, 12.0)]
    assert written == ["–", "under 0.1", "5.7", "5.6", "12.0"]
