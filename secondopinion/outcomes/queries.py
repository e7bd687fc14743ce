"""The director's figures: counts and times, never a name."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from secondopinion.accounts.models import Person
from secondopinion.billing import queries as billing
from secondopinion.billing.queries import Total
from secondopinion.cases.clocks import finished, readings_of
from secondopinion.cases.models import Case, ClockSpan
from secondopinion.cases.states import ENDED, State
from secondopinion.core import clock
from secondopinion.core.lists import listed
from secondopinion.outcomes.actions import CHOICES, DAYS, had_since
from secondopinion.outcomes.models import Enquiry, Outcome, Silence
from secondopinion.program import queries as program
from secondopinion.program.models import Target


@dataclass(slots=True)
class Turnaround:
    """Business days that a step took in the cases that finished it in the period.

    `target_days` is the general target; each of those `in_time` kept that of its kind and urgency.
    """

    step: str
    target_days: float
    days: list[float] = field(default_factory=list)
    in_time: int = 0

    @property
    def median(self) -> float | None:
        """The middle one, in business days."""
        return median(self.days) if self.days else None

    @property
    def ninetieth(self) -> float | None:
        """What nine in ten stayed below, in business days."""
        if len(self.days) < 2:
            return self.days[0] if self.days else None
        return quantiles(self.days, n=10, method="inclusive")[-1]


@dataclass(slots=True)
class Outcomes:
    """What families said how it went: how often they were asked by mail in the period, and how many
    of these were answered by now; all that was told in the period (`told`), also without a mail,
    and each answer's count by question."""

    asked: int
    answered: int
    told: int
    answers: dict[str, list[tuple[str, int]]]


@dataclass(slots=True)
class Figures:
    """What the director's page shows for a period: what happened in it, whenever the case was
    submitted; countries and fees are those of the cases submitted in it, backlog and late of now.
    """

    since: datetime
    until: datetime
    submitted: int
    reported: int
    delivered: int
    closed: int
    declined: int
    withdrawn: int
    backlog: dict[str, int]
    late: int
    turnaround: list[Turnaround]
    countries: list[tuple[str, int]]
    fees: list[Total]
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class Asked:
    """What a family is asked on its page: the questionnaire whose day has come (None: none yet),
    from when the first one is, and what was answered to it."""

    day: int | None
    first: datetime | None
    told: dict[str, Any] | None


def asked_now(case: Case) -> Asked:
    """Return what the family of a case is asked now."""
    rows = listed(
        Outcome.objects.all(), "case", "day", "changed", "satisfied", "recommends", "note",
        outer="pk",
    )  # fmt: skip
    found = Case.objects.annotate(had=had_since(), told=rows).values("had", "told")
    case_row = found.get(pk=case.pk)
    had = case_row["had"]
    if case.reported_at is None or had is None:
        return Asked(None, None, None)
    past = [day for day in DAYS if had + timedelta(days=day) <= clock.now()]
    day = max(past, default=None)
    told = next((each for each in case_row["told"] if each["day"] == day), None)
    return Asked(day, had + timedelta(days=DAYS[0]), told)


def of_case(case: Case) -> QuerySet[Outcome]:
    """Return what the family of a case has said, by day."""
    return Outcome.objects.filter(case=case).order_by("day")


def quiet() -> Exists:
    """Return what says of a row of cases whether its family is asked no more."""
    return Exists(Silence.objects.filter(case=OuterRef("pk")))


def told_by(author: Person) -> QuerySet[Outcome]:
    """Return what came of the opinions of an expert, the latest first."""
    rows = Outcome.objects.filter(case__opinion__author=author).select_related("case")
    return rows.order_by("-created_at")


def figures(since: datetime, until: datetime) -> Figures:
    """Count what happened from `since` until `until`; the backlog is that of now."""
    submitted = Case.objects.filter(submitted_at__gte=since, submitted_at__lt=until)
    ended = Q(ended_at__gte=since, ended_at__lt=until)
    under_way = ~Q(state__in=[*ENDED, State.DRAFT])
    by_state: dict[str, dict[str, Any]] = {
        row["state"]: dict(row)
        for row in Case.objects.values("state").annotate(
            ended=Count("pk", filter=ended),
            backlog=Count("pk", filter=under_way),
            late=Count("pk", filter=under_way & Q(due_at__lt=clock.now())),
            reported=Count("pk", filter=Q(reported_at__gte=since, reported_at__lt=until)),
        )
    }

    def count(name: str, *states: str) -> int:
        return sum(row[name] for state, row in by_state.items() if state in (states or State))

    turnaround = _turnaround(since, until)
    countries = submitted.order_by().values_list("country").annotate(cases=Count("pk"))
    return Figures(
        since=since,
        until=until,
        submitted=submitted.count(),
        reported=count("reported"),
        delivered=sum(len(row.days) for row in turnaround if row.step == Target.Step.REPORT),
        closed=count("ended", State.CLOSED),
        declined=count("ended", State.DECLINED),
        withdrawn=count("ended", State.WITHDRAWN),
        backlog={state: number for state in State if (number := count("backlog", state))},
        late=count("late"),
        turnaround=turnaround,
        countries=[(str(code), cases) for code, cases in countries.order_by("-cases", "country")],
        fees=billing.totals(submitted),
        outcomes=_outcomes(since, until),
    )


def _turnaround(since: datetime, until: datetime) -> list[Turnaround]:
    """Return what each step took in the cases that finished it from `since` until `until`."""
    ended = ClockSpan.objects.filter(ended_at__gte=since, ended_at__lt=until).values("case")
    cases = list(Case.objects.filter(pk__in=ended).prefetch_related("clock_spans"))
    hours = program.business_hours_per_day()
    by_step: dict[str, Turnaround] = {}
    for case, found in zip(cases, readings_of(cases), strict=True):
        ends = finished(case)
        for reading in found:
            if reading.step not in ends or not since <= ends[reading.step] < until:
                continue
            if reading.step not in by_step:
                usual = program.target(reading.step) / hours
                by_step[reading.step] = Turnaround(step=reading.step, target_days=usual)
            row = by_step[reading.step]
            row.days.append(reading.used / hours)
            row.in_time += not reading.late
    return [by_step[step] for step in Target.Step.values if step in by_step]


def _outcomes(since: datetime, until: datetime) -> Outcomes:
    told = list(Outcome.objects.filter(created_at__gte=since, created_at__lt=until))
    asked = Enquiry.objects.filter(created_at__gte=since, created_at__lt=until)
    # Of two parents one answers: what was asked is counted by case and day.
    by_day = asked.order_by().values("case", "day").distinct()
    also = Exists(Outcome.objects.filter(case=OuterRef("case"), day=OuterRef("day")))
    return Outcomes(
        asked=by_day.count(),
        answered=by_day.filter(also).count(),
        told=len(told),
        answers={
            name: [
                (str(label), sum(getattr(row, name) == value for row in told))
                for value, label in kind.choices
            ]
            for name, kind in CHOICES.items()
        },
    )
