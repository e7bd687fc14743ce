"""The clocks of a case: business time against the program's targets, stopped while we wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from secondopinion.cases.models import Case, ClockSpan
from secondopinion.cases.states import CLOCKS
from secondopinion.core import clock
from secondopinion.core.calendar import BusinessCalendar
from secondopinion.program import queries as program

SOON = 0.75  # of the target: from here on a step is shown as about to be late


@dataclass(frozen=True, slots=True)
class Reading:
    """One clock as it stands: `used` and `target` in business hours."""

    step: str
    used: float
    target: float
    due_at: datetime | None
    running: bool

    @property
    def late(self) -> bool:
        """Whether the target has been passed."""
        return self.used > self.target

    @property
    def soon(self) -> bool:
        """Whether the target will be passed soon."""
        return not self.late and self.used >= SOON * self.target


def follow(case: Case) -> datetime | None:
    """Stop and start the clocks so that they fit the state; return when the first runs out."""
    now = clock.now()
    wanted = CLOCKS.get(case.state, frozenset())
    spans = list(ClockSpan.objects.filter(case=case))
    running = {span.step: span for span in spans if span.ended_at is None}
    if stopped := [span.pk for step, span in running.items() if step not in wanted]:
        ClockSpan.objects.filter(pk__in=stopped).update(ended_at=now)
    due = [span.due_at for step, span in running.items() if step in wanted]
    calendar = program.calendar()
    for step in wanted - set(running):
        earlier = (
            calendar.between(span.began_at, span.ended_at or now)
            for span in spans if span.step == step
        )  # fmt: skip
        left = timedelta(hours=program.target(step)) - sum(earlier, timedelta())
        due_at = calendar.add(now, max(left, timedelta()))
        ClockSpan.objects.create(case=case, step=step, began_at=now, due_at=due_at)
        due.append(due_at)
    return min(due, default=None)


def readings(case: Case) -> list[Reading]:
    """Return every clock that ever ran in the case, in the order of their first start."""
    return readings_of([case])[0]


def readings_of(cases: Iterable[Case]) -> list[list[Reading]]:
    """Return the clocks of many cases, with the program's settings read once.

    Prefetch ``clock_spans``.
    """
    calendar, targets = program.calendar(), program.targets()
    return [_readings(case, calendar, targets) for case in cases]


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
            )
        )
    return found
