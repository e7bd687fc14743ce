"""The clocks of a case: business time against the program's targets, stopped while we wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from secondopinion.cases.models import Case, ClockSpan
from secondopinion.cases.states import CLOCKS, STOPPED, State
from secondopinion.core import clock
from secondopinion.core.calendar import BusinessCalendar
from secondopinion.core.prepared import prepared
from secondopinion.program import queries as program

SOON = 0.75  # of the target: from here on a step is shown as about to be late


@dataclass(frozen=True, slots=True)
class Reading:
    """One clock as it stands: `used` and `target` in business hours.

    `stopped_at`: since when it stands still, and will go on.
    """

    step: str
    used: float
    target: float
    due_at: datetime | None
    running: bool
    stopped_at: datetime | None = None

    @property
    def late(self) -> bool:
        """Whether the target has been passed."""
        return self.used > self.target

    @property
    def soon(self) -> bool:
        """Whether the target will be passed soon."""
        return not self.late and self.used >= SOON * self.target


def target(case: Case, step: str) -> float:
    """Return the business hours that a step may take in this case."""
    return program.target(step, case.kind, case.urgency)


def due_in(case: Case, step: str) -> datetime:
    """Return when a step of this case is due that begins now."""
    return program.calendar().add(clock.now(), timedelta(hours=target(case, step)))


def set_anew(case: Case) -> datetime | None:
    """Let the clocks that run fit the case's targets, which have changed; what was used stays used.

    Return when the first runs out.
    """
    calendar, due = program.calendar(), []
    spans = list(ClockSpan.objects.filter(case=case))
    for live in (span for span in spans if span.ended_at is None):
        used = (
            calendar.between(span.began_at, span.ended_at)
            for span in spans if span.step == live.step and span.ended_at is not None
        )  # fmt: skip
        left = timedelta(hours=target(case, live.step)) - sum(used, timedelta())
        due.append(calendar.add(live.began_at, max(left, timedelta())))
        ClockSpan.objects.filter(pk=live.pk).update(due_at=due[-1])
    return min(due, default=None)


@prepared
def _spans(case: UUID) -> QuerySet[ClockSpan, Any]:
    columns = ("pk", "step", "began_at", "ended_at", "due_at")
    return ClockSpan.objects.filter(case_id=case).values_list(*columns, named=True)


def follow(case: Case) -> datetime | None:
    """Stop and start the clocks so that they fit the state; return when the first runs out."""
    now = clock.now()
    wanted = CLOCKS.get(case.state, frozenset())
    spans = _spans(case.pk)
    running = {span.step: span for span in spans if span.ended_at is None}
    if stopped := [span.pk for step, span in running.items() if step not in wanted]:
        ClockSpan.objects.filter(pk__in=stopped).update(ended_at=now)
    due = [span.due_at for step, span in running.items() if step in wanted]
    calendar, begun = program.calendar(), []
    for step in wanted - set(running):
        earlier = (
            calendar.between(span.began_at, span.ended_at or now)
            for span in spans if span.step == step
        )  # fmt: skip
        left = timedelta(hours=target(case, step)) - sum(earlier, timedelta())
        due_at = calendar.add(now, max(left, timedelta()))
        begun.append(ClockSpan(case=case, step=step, began_at=now, due_at=due_at))
        due.append(due_at)
    ClockSpan.objects.bulk_create(begun)
    return min(due, default=None)


def readings(case: Case) -> list[Reading]:
    """Return every clock that ever ran in the case, in the order of their first start."""
    return readings_of([case])[0]


def readings_of(cases: Iterable[Case]) -> list[list[Reading]]:
    """Return the clocks of many cases, with the program's settings read once.

    Prefetch ``clock_spans``.
    """
    calendar = program.calendar()
    targets: dict[tuple[str, str], dict[str, float]] = {}
    found = []
    for case in cases:
        pace = (case.kind, case.urgency)
        if pace not in targets:
            targets[pace] = program.targets(*pace)
        found.append(_readings(case, calendar, targets[pace]))
    return found


def _readings(case: Case, calendar: BusinessCalendar, targets: dict[str, float]) -> list[Reading]:
    now = clock.now()
    by_step: dict[str, list[ClockSpan]] = {}
    for span in case.clock_spans.all():
        by_step.setdefault(span.step, []).append(span)
    found = []
    for step, spans in by_step.items():
        used = sum(
            (calendar.between(span.began_at, span.ended_at or now) for span in spans), timedelta()
        )
        live = next((span for span in spans if span.ended_at is None), None)
        found.append(
            Reading(
                step=step,
                used=used / timedelta(hours=1),
                target=targets[step],
                due_at=live.due_at if live else None,
                running=live is not None,
                stopped_at=spans[-1].ended_at
                if step in STOPPED.get(case.state, frozenset())
                else None,
            )
        )
    return found


def finished(case: Case) -> dict[str, datetime]:
    """Return when each step was finished: the case was begun with, its records were complete, a
    specialist accepted, the report was delivered.

    A step that stands still, or was broken off when the case ended, is not finished. Prefetch
    ``clock_spans``.
    """
    last = {
        span.step: span for span in sorted(case.clock_spans.all(), key=lambda row: row.began_at)
    }
    ends = {step: span.ended_at for step, span in last.items() if span.ended_at is not None}
    return {step: end for step, end in ends.items() if _led_on(case, step, end, last.get("report"))}


def _led_on(case: Case, step: str, end: datetime, report: ClockSpan | None) -> bool:
    """Say whether a clock ended because its step was done: that of the report shows it, which
    begins when the records are complete, and goes on when a specialist has accepted."""
    if step == "acknowledge":
        return case.accepted_at is not None
    if report is None:
        return False
    if step == "review_records":
        return report.began_at >= end
    if step == "expert":
        return report.began_at >= end or report.ended_at is None or report.ended_at > end
    if case.state == State.WITHDRAWN and case.ended_at is not None and end >= case.ended_at:
        return False  # after the report was signed, and before it was delivered
    return case.reported_at is not None
