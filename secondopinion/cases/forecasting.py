"""When a report will be there: from how long earlier cases took, and how often that came true.

The past of the program is what counts. A new program has none: then its targets stand in, spread as
wide as turnaround times are; they fade as cases are reported.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet

from secondopinion.cases.foreseen import Forecast, Stage
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.prepared import prepared
from secondopinion.core.spans import Hours
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
_MOST_PAST = 200  # cases, the latest reports first: what the program is like now
_ENOUGH = 20  # cases of the same field, below which those of all fields are asked
# How long cases take, as shares of the targets together, each worth one past case.
_SPREAD = (0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.15, 1.35, 1.7, 2.6)
_FADES = 4  # past cases that make one of them go
_STEPS = {
    Stage.TAKING: ("acknowledge", "review_records", "report"),
    Stage.COLLECTING: ("review_records", "report"),
    Stage.CHOOSING: ("report",),
    Stage.REVIEW: ("report",),
}
_WEEK = 7 / 5  # days for each business day
LATER = timedelta(days=1)  # by how much a forecast has to be later than the last to be said so
# Of a case that has taken longer than any before it: what is still to come, as shares of that.
_BEYOND = (0.1, 0.25, 0.6)


@dataclass(frozen=True, slots=True)
class Past:
    """A case that has its report: its field, its kind and urgency, and the days from each stage to
    the report."""

    specialty: UUID | None
    pace: tuple[str, str]
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


@prepared
def _hours(since: datetime) -> QuerySet[Case, tuple[Any, ...]]:
    """Return the field and pace of the cases reported since then, and the hours from each stage to
    the report."""
    hours = [
        Hours("reported_at", when) for when in ("submitted_at", "accepted_at", READY, REVIEWED)
    ]  # fmt: skip
    rows = Case.objects.filter(reported_at__gt=since).order_by("-reported_at")
    return rows.values_list("specialty_id", "kind", "urgency", *hours)[:_MOST_PAST]


def past() -> list[Past]:
    """Return the cases of the last two years that have their report, the latest first."""
    return [
        Past(
            specialty,
            (kind, urgency),
            {
                str(stage): took / 24
                for stage, took in zip(_STEPS, took_hours, strict=True)
                if took is not None
            },
        )
        for specialty, kind, urgency, *took_hours in _hours(clock.now() - _LOOKED_BACK)
    ]


def target_days(stage: str, pace: tuple[str, str]) -> float:
    """Return the days that the program allows itself from a stage to the report, in cases of this
    kind and urgency."""
    hours = program.business_hours_per_day()
    return sum(program.target(step, *pace) for step in _STEPS[Stage(stage)]) / hours * _WEEK


def quantiles(
    days: Iterable[float], target: float, elapsed: float, shares: Sequence[float] = SHARES
) -> list[float]:
    """Return the days still to come by which these shares of cases have their report.

    `days` is how long earlier cases took from the stage on; `elapsed` what this one has used:
    only those that took longer say anything of it.
    """
    known = list(days)
    # The targets fade as the past grows, every other of them first.
    left = max(0, len(_SPREAD) - len(known) // _FADES)
    at = (round((place + 0.5) * len(_SPREAD) / left - 0.5) for place in range(left))
    known = sorted([*known, *(_SPREAD[place] * target for place in at)])
    longer = known[bisect_right(known, elapsed) :]
    if len(longer) < len(shares):
        return [max(1.0, elapsed * share) for share in _BEYOND]
    # One more than there are: the next case may take longer than any of them.
    places = (min(len(longer), -int(-share * (len(longer) + 1) // 1)) for share in shares)
    return [longer[place - 1] - elapsed for place in places]


def expected(
    specialty: UUID | None, pace: tuple[str, str], stage: str, began: datetime,
    earlier: Sequence[Past],
) -> list[datetime]:  # fmt: skip
    """Return the three days of a case's forecast (`SHARES`), from what is known now.

    Only cases of the same kind and urgency say how long it takes; where they are few, the targets
    of such cases do.
    """
    now = clock.now()
    alike = [each for each in earlier if stage in each.days and each.pace == pace]
    same = [each.days[stage] for each in alike if each.specialty == specialty]
    if len(same) < _ENOUGH:
        same = [each.days[stage] for each in alike]
    elapsed = (now - began) / timedelta(days=1)
    days = quantiles(same, target_days(stage, pace), elapsed)
    return [now + timedelta(days=each) for each in days]


@dataclass(frozen=True, slots=True)
class Told:
    """What a family is told: the days, and the day that was named before if it was an earlier one.

    `paused`: nothing can be said before they have answered.
    """

    early: datetime | None = None
    late: datetime | None = None
    before: datetime | None = None
    paused: bool = False


def told(case: Case) -> Told | None:
    """Return what the family is told now of when its report will be there; None: nothing."""
    if case.state in {State.WAITING_ON_FAMILY, State.MORE_NEEDED}:
        return Told(paused=True)
    if case.state not in STAGES:
        return None
    rows = list(Forecast.objects.filter(case=case).order_by("-created_at")[:2])
    if not rows or rows[0].stage != STAGES[State(case.state)] or rows[0].late < clock.now():
        return None
    before = rows[1].late if len(rows) > 1 else None
    if before is not None and rows[0].late - before < LATER:
        before = None
    return Told(rows[0].early, rows[0].late, before)


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


def calibration(since: datetime) -> dict[str, list[Kept]]:
    """Return for each stage (and for all, under "") and share what forecasts made since then were
    worth.

    A forecast counts once its day has come, whether the report is there or not: counting those
    alone that have their report would count the quick ones. Cases that ended without a report say
    nothing of how well it was foreseen.
    """
    rows = Forecast.objects.filter(created_at__gt=since).exclude(
        case__ended_at__isnull=False, case__reported_at=None
    )
    found = {stage: [Kept(share) for share in SHARES] for stage in ("", *Stage.values)}
    now = clock.now()
    for stage, *days, reported in rows.values_list(
        "stage", "early", "middle", "late", "case__reported_at"
    ):
        for place, day in enumerate(days):
            if day > now:
                continue
            for kept in (found[""][place], found[stage][place]):
                kept.told += 1
                kept.true += reported is not None and reported <= day
    return found
