"""When a report is likely to be there: from the past, kept, told in plain words, and held to it."""

import random
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.accounts.models import Person
from secondopinion.cases import actions, forecasting
from secondopinion.cases.foreseen import Forecast, Stage
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.program.models import Program
from tests.experts.ready import coordinator, ready
from tests.web.conftest import person, sign_in

WAITED = st.floats(0.1, 400, allow_nan=False)


@given(st.lists(WAITED, max_size=60), WAITED, st.floats(0, 500))
def test_the_days_come_in_order_and_never_in_the_past(
    days: list[float], target: float, elapsed: float
) -> None:
    early, middle, late = forecasting.quantiles(days, target, elapsed)
    assert 0 < early <= middle <= late or elapsed == 0


def test_of_what_was_said_as_much_comes_true() -> None:
    """Cases drawn alike: of those told "8 of 10 by then", eight of ten are there by then."""
    dice = random.Random(4)
    earlier = [dice.lognormvariate(2.0, 0.6) for _case in range(400)]
    for elapsed in (0.0, 5.0):
        days = forecasting.quantiles(earlier, 10, elapsed)
        drawn = (dice.lognormvariate(2.0, 0.6) for _case in range(20_000))
        later = [each - elapsed for each in drawn if each > elapsed]
        for share, day in zip(forecasting.SHARES, days, strict=True):
            found = sum(each <= day for each in later) / len(later)
            assert found == pytest.approx(share, abs=0.06)


def test_without_a_past_the_targets_say_it() -> None:
    early, middle, late = forecasting.quantiles([], 10, 0)
    assert early < 10
    assert middle < late
    assert late > 10
    assert forecasting.quantiles([], 10, 100) == [10, 25, 60]


@pytest.mark.django_db
def test_a_forecast_is_made_for_each_stage_and_again_when_it_did_not_hold(
    hospital: Program,
) -> None:
    case = ready()
    assert actions.foresee() == 1
    assert actions.foresee() == 0, "it holds"
    first = Forecast.objects.get(case=case)
    assert first.stage == Stage.CHOOSING
    with time_machine.travel(first.late + timedelta(hours=1), tick=False):
        assert forecasting.told(case) is None, "what has passed is not told"
        assert actions.foresee() == 1
        told = forecasting.told(case)
        assert told is not None
        assert told.late is not None
        assert told.late > first.late
        assert told.before == first.late, "the family reads what was said before"
    actions.reopen(by=coordinator(), case=case)
    assert actions.foresee() == 1, "another stage"
    actions.ask(by=coordinator(), case=case, text="The letter of the clinic, please.")
    assert actions.foresee() == 0, "the family is waited for"
    paused = forecasting.told(case)
    assert paused is not None
    assert paused.paused


@pytest.mark.django_db
def test_a_forecast_counts_once_its_day_has_come(hospital: Program, maria: Person) -> None:
    now = clock.now()
    days = {name: now - timedelta(days=day) for name, day in
            (("early", 9), ("middle", 5), ("late", 1))}  # fmt: skip
    reported, open_, ahead, gone = (ready(f"family{number}@familia.example") for number in range(4))
    for case in (reported, open_, gone):
        Forecast.objects.create(case=case, stage=Stage.REVIEW, **days)
    later = {name: now + timedelta(days=1) for name in days}
    Forecast.objects.create(case=ahead, stage=Stage.CHOOSING, **later)
    Case.objects.filter(pk=reported.pk).update(reported_at=now - timedelta(days=4))
    Case.objects.filter(pk=gone.pk).update(ended_at=now, state="withdrawn")
    found = forecasting.calibration(now - timedelta(days=90))
    assert [(each.told, each.true) for each in found[""]] == [(2, 0), (2, 0), (2, 1)]
    assert [each.told for each in found[Stage.CHOOSING]] == [0, 0, 0]
    page = sign_in(person("dora@harbour.example", "director")).get("/director/forecasts/")
    text = page.content.decode()
    assert "50 %" in text
    assert "50% of the reports were ready. 80% was the aim" in text
    assert "Too few to say" in text


@pytest.mark.django_db
def test_the_family_reads_the_days_in_its_case(hospital: Program) -> None:
    case = ready()
    browser = sign_in(case.participations.get(role="family").person)
    address = f"/my/cases/{case.reference}/"
    assert "Most likely between" not in browser.get(address).content.decode()
    actions.foresee()
    assert "Most likely between" in browser.get(address).content.decode()
