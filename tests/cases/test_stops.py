"""Every stop of a clock: since when, until when, why and by whom; drawn, and in words."""

import pytest
import time_machine

from secondopinion.accounts.models import Person
from secondopinion.cases import actions, stops
from secondopinion.cases.states import CLOCKS, STOPPED
from secondopinion.program.models import Program
from tests.web.conftest import person, sign_in, submitted, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def mother(hospital: Program) -> Person:
    """A mother."""
    return person("maria@familia.example", name="María López")


def test_no_clock_runs_and_stands_still_in_one_state() -> None:
    for state, stopped in STOPPED.items():
        assert not stopped & CLOCKS.get(state, frozenset())


def test_a_stop_says_since_when_why_and_by_whom(mother: Person) -> None:
    grace = person("grace@harbour.example", "coordinator", name="Grace Okafor")
    with time_machine.travel("2026-11-23T13:00:00Z", tick=False):
        case = submitted(mother)
    with time_machine.travel("2026-11-23T14:00:00Z", tick=False):
        actions.take(by=grace, case=case)
    with time_machine.travel("2026-11-23T17:00:00Z", tick=False):
        asked = actions.ask(by=grace, case=case, text="The EEG, please.")
    with time_machine.travel("2026-11-25T15:00:00Z", tick=False):
        [_acknowledged, waiting] = stops.stories(case)
        ran, stood = waiting.stretches
        assert (ran.ran, ran.hours) == (True, pytest.approx(3))
        assert (stood.ran, stood.until) == (False, None)
        assert waiting.reading.stopped_at == stood.since
        actions.answer(by=mother, information_request=asked, text="There is none.")
        case.refresh_from_db()
    with time_machine.travel("2026-11-25T16:00:00Z", tick=False):
        acknowledged, review = stops.stories(case)
    assert acknowledged.ended is not None
    assert acknowledged.ended.verb == "case-accept"
    assert acknowledged.ended.by == "Grace Okafor"
    ran, stood, again = review.stretches
    assert stood.since.isoformat() == "2026-11-23T17:00:00+00:00"
    assert stood.until is not None
    assert stood.until.isoformat() == "2026-11-25T15:00:00+00:00"
    assert stood.move is not None
    assert (stood.move.verb, stood.move.by) == ("case-ask", "Grace Okafor")
    assert [each.text for each in stood.asked] == ["The EEG, please."]
    assert again.move is not None
    assert (again.move.verb, again.move.by) == ("case-answered", "María López")
    assert again.hours == pytest.approx(1)
    assert review.reading.used == pytest.approx(4)
    assert review.ended is None
    page = sign_in(grace).get(f"/desk/cases/{case.reference}/time/").content.decode()
    for words in (
        "Something missing was asked for",
        "The EEG, please.",
        "not counted",
        "María López",
    ):
        assert words in page
    assert page.count('<svg class="timeline"') == 2


def test_going_back_to_the_records_stops_the_experts_clock(mother: Person) -> None:
    case, grace = taken(mother)
    for item in case.checklist.all():
        actions.settle_item(by=grace, item=item, state="arrived")
    actions.complete(by=grace, case=case)
    actions.reopen(by=grace, case=case)
    by_step = {each.reading.step: each for each in stops.stories(case)}
    assert by_step["expert"].stretches[-1].move is not None
    assert by_step["expert"].stretches[-1].move.verb == "case-reopen"
    assert by_step["report"].reading.stopped_at is not None
    assert by_step["review_records"].reading.running


def test_a_case_that_nobody_has_taken_has_one_clock_that_runs(mother: Person) -> None:
    case = submitted(mother)
    [only] = stops.stories(case)
    assert only.reading.running
    assert [each.ran for each in only.stretches] == [True]
