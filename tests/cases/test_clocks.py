"""The clocks of a case: over the change of clocks and New Year, and stopped while we wait."""

from datetime import UTC, datetime

import pytest
import time_machine

from secondopinion.cases import actions, clocks
from secondopinion.cases.models import Case
from secondopinion.program.models import Program
from tests.experts.ready import coordinator, ready

pytestmark = pytest.mark.django_db


def due(case: Case, step: str) -> datetime | None:
    """Return when a clock of a case runs out."""
    return next(each.due_at for each in clocks.readings(case) if each.step == step)


@pytest.mark.parametrize(
    ("moment", "expert_by"),
    [
        ("2026-12-30T21:00:00Z", datetime(2027, 1, 4, 21, tzinfo=UTC)),  # the holiday, a weekend
        ("2027-03-11T21:00:00Z", datetime(2027, 3, 15, 20, tzinfo=UTC)),  # summer time on Sunday
        ("2027-11-04T20:00:00Z", datetime(2027, 11, 8, 21, tzinfo=UTC)),  # and its end
    ],
)
def test_two_business_days_end_at_the_same_hour_on_the_wall(
    hospital: Program, moment: str, expert_by: datetime
) -> None:
    with time_machine.travel(moment, tick=False):
        case = ready()
        assert due(case, "expert") == expert_by
        case.refresh_from_db()
        assert case.due_at == expert_by


def test_a_clock_stops_while_the_family_is_waited_for_and_goes_on(hospital: Program) -> None:
    with time_machine.travel("2026-11-23T14:00:00Z", tick=False):  # Monday, 9:00 in Boston
        case = actions.reopen(by=coordinator(), case=ready())
        first = due(case, "review_records")
    with time_machine.travel("2026-11-23T16:00:00Z", tick=False):  # after two hours
        asked = actions.ask(by=coordinator(), case=case, text="The letter, please.")
        [stopped] = [each for each in clocks.readings(case) if each.step == "review_records"]
        assert not stopped.running
        assert stopped.used == pytest.approx(2)
    with time_machine.travel("2026-12-01T16:00:00Z", tick=False):
        family = case.participations.get(role="family").person
        actions.answer(by=family, information_request=asked, text="Here it is.")
        case.refresh_from_db()
        [again] = [each for each in clocks.readings(case) if each.step == "review_records"]
        assert again.running
        assert again.used == pytest.approx(2), "the waiting is not counted"
        assert again.due_at is not None
        assert first is not None
        assert again.due_at > first
