"""The past of the demonstration: cases that are over, each act on its day."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from secondopinion.audit import actions as audit
from secondopinion.cases.forecasting import calibration
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.demo import past, seed
from secondopinion.outcomes.queries import figures

PACKAGE = Path(past.__file__).resolve().parents[1]


@pytest.mark.django_db
def test_the_past_has_forecasts_that_came_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "CASES", 2)
    monkeypatch.setattr(past, "families", lambda: tuple(map(past._family, range(2))))
    staff = seed.people()[0].staff
    past.ensure(staff)
    past.ensure(staff)  # again: nothing is made twice
    now = clock.now()
    for case in Case.objects.all():
        assert case.state == "closed"
        assert case.submitted_at
        assert case.reported_at
        assert case.submitted_at < case.reported_at < now - timedelta(days=45)
        stages = case.forecasts.order_by("created_at").values_list("stage", flat=True)
        assert list(stages)[:1] == ["taking"]
        assert set(stages) == {"taking", "collecting", "choosing", "review"}
    found = calibration(now - timedelta(days=365))
    assert [kept.told for kept in found[""]][2] >= 8
    year = figures(now - timedelta(days=365), now)
    assert (year.submitted, year.reported, year.delivered, year.closed) == (2, 2, 2, 2)
    outcomes = year.outcomes
    assert (outcomes.asked, outcomes.answered, outcomes.told) == (1, 1, 2), "one without a mail"
    assert {each.step: len(each.days) for each in year.turnaround} == {
        "acknowledge": 2, "review_records": 2, "expert": 2, "report": 2,
    }  # fmt: skip
    audit.seal()
    assert audit.verify().holds


def test_another_instant_ends_with_what_is_done_in_it() -> None:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        now = clock.now()
        with clock.as_if_at(now - timedelta(days=9)):
            assert clock.now() == now - timedelta(days=9)
            assert clock.today() == (now - timedelta(days=9)).date()
        assert clock.now() == now


def test_only_the_demonstration_stops_the_clock() -> None:
    named = [path for path in PACKAGE.rglob("*.py") if "as_if_at" in path.read_text()]
    assert sorted(path.relative_to(PACKAGE).as_posix() for path in named) == [
        "core/clock.py", "demo/past.py",
    ]  # fmt: skip
