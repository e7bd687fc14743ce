"""When a report will be there: from how long earlier cases took, and how often that came true.

The past of the program is what counts. A new program has none: then its targets stand in, spread as
wide as turnaround times are; they fade as cases are reported.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Min, Q

from secondopinion.cases.foreseen import Forecast, Stage
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.program import queries as program

SHARES = (0.2, 0.5, 0.8)  # of cases that have their report by the three days of a forecast
STAGES = {
    State.SUBMITTED: Stage.TAKING,
    State.COLLECTING: Stage.COLLECTING,
    State.READY: Stage.CHOOSING,
    State.OFFERED: Stage.CHOOSING,
    State.IN_REVIEW: Stage.REVIEW,
}
# When a case was first ready, and when its specialist accepted it.
READY = Min("clock_spans__began_at", filter=Q(clock_spans__step="report"))
REVIEWED = Max("clock_spans__ended_at", filter=Q(clock_spans__step="expert"))
_LOOKED_BACK = timedelta(days=730)
_MOST_PAST = 400  # cases, the latest reports first: what the program is like now
_ENOUGH = 20  # cases of the same field, below which those of all fields are asked
# How long cases take, as shares of the targets together, each worth one past case.
_SPREAD = (0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.15, 1.35, 1.7, 2.6)
_STEPS = {
    Stage.TAKING: ("acknowledge", "review_records", "report"),
    Stage.COLLECTING: ("review_records", "report"),
    Stage.CHOOSING: ("report",),
    Stage.REVIEW: ("report",),
}
_WEEK = 7 / 5  # days for each business day
# Of a case that has taken longer than any before it: what is still to come, as shares of that.
_BEYOND = (0.1, 0.25, 0.6)


@dataclass(frozen=True, slots=True)
class Past:
    """A case that has its report: its field, and the days from each stage to the report."""

    specialty: UUID | None
    days: dict[str, float]


def began_at(
    submitted: datetime | None,
    accepted: datetime | None,
    ready: datetime | None,
    reviewed: datetime | None,
) -> dict[str, datetime]:
    """Return when each stage began that a case has reached."""
    began = (submitted, accepted, ready, reviewed)
    return {
        str(stage): when for stage, when in zip(_STEPS, began, strict=True) if when is not None
    }  # fmt: skip


def past() -> list[Past]:
    """Return the cases of the last two years that have their report, the latest first."""
    rows = (
        Case.objects.filter(reported_at__gt=clock.now() - _LOOKED_BACK)
        .annotate(ready=READY, reviewed=REVIEWED)
        .order_by("-reported_at")
        .values_list(
            "specialty_id", "reported_at", "submitted_at", "accepted_at", "ready", "reviewed"
        )
    )
    return [
        Past(
            specialty,
            {
                stage: (reported - when) / timedelta(days=1)
                for stage, when in began_at(*began).items()
            },
        )
        for specialty, reported, *began in rows[:_MOST_PAST]
        if reported is not None
    ]


def target_days(stage: str) -> float:
    """Return the days that the program allows itself from a stage to the report."""
    hours = program.business_hours_per_day()
    return sum(program.target(step) for step in _STEPS[Stage(stage)]) / hours * _WEEK


def quantiles(
    days: Iterable[float], target: float, elapsed: float, shares: Sequence[float] = SHARES
) -> list[float]:
    """Return the days still to come by which these shares of cases have their report.

    `days` is how long earlier cases took from the stage on; `elapsed` what this one has used:
    only those that took longer say anything of it.
    """
    known = sorted([*days, *(share * target for share in _SPREAD)])
    longer = known[bisect_right(known, elapsed) :]
    if len(longer) < len(shares):
        return [max(1.0, elapsed * share) for share in _BEYOND]
    # One more than there are: the next case may take longer than any of them.
    places = (min(len(longer), -int(-share * (len(longer) + 1) // 1)) for share in shares)
    return [longer[place - 1] - elapsed for place in places]


def expected(
    specialty: UUID | None, stage: str, began: datetime, earlier: Sequence[Past]
) -> list[datetime]:
    """Return the three days of a case's forecast (`SHARES`), from what is known now."""
    now = clock.now()
    same = [each.days[stage] for each in earlier
            if stage in each.days and each.specialty == specialty]  # fmt: skip
    if len(same) < _ENOUGH:
        same = [each.days[stage] for each in earlier if stage in each.days]
    elapsed = (now - began) / timedelta(days=1)
    days = quantiles(same, target_days(stage), elapsed)
    return [now + timedelta(days=each) for each in days]


def latest(case: Case) -> Forecast | None:
    """Return what the family is told now; None where nothing is, or it waits for their answer."""
    stage = STAGES.get(State(case.state))
    if stage is None:
        return None
    return Forecast.objects.filter(case=case, stage=stage).order_by("-created_at").first()


@dataclass(slots=True)
class Kept:
    """Of the forecasts whose day has come: how many there were, and how many came true."""

    share: float
    told: int = 0
    true: int = 0

    @property
    def found(self) -> float:
        """The share that came true."""
        return self.true / self.told if self.told else 0.0


def calibration(since: datetime, stage: str = "") -> list[Kept]:
    """Return for each share that is told how many forecasts made since then came true.

    A forecast counts once its day has come, whether the report is there or not: counting those
    alone that have their report would count the quick ones. Cases that ended without a report say
    nothing of how well it was foreseen.
    """
    rows = Forecast.objects.filter(created_at__gt=since).exclude(
        case__ended_at__isnull=False, case__reported_at=None
    )
    if stage:
        rows = rows.filter(stage=stage)
    found = [Kept(share) for share in SHARES]
    now = clock.now()
    for *days, reported in rows.values_list("early", "middle", "late", "case__reported_at"):
        for kept, day in zip(found, days, strict=True):
            if day <= now:
                kept.told += 1
                kept.true += reported is not None and reported <= day
    return found
