"""When the clocks of a case ran and when they stood still: since when, why, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import clocks
from secondopinion.cases.models import Case, ClockSpan, InformationRequest
from secondopinion.cases.queries import asked
from secondopinion.core import clock
from secondopinion.core.calendar import BusinessCalendar
from secondopinion.program import queries as program

_TOGETHER = timedelta(seconds=2)  # within which what stopped a clock and what was asked are one


@dataclass(frozen=True, slots=True)
class Move:
    """A step of the workflow: when, which (the verb of the audit), by whom ("": by itself)."""

    at: datetime
    verb: str
    by: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which a clock ran, or stood still, until `until` (None: still).

    `hours` are business hours; they count only where it `ran`. `move` is what began the stretch,
    `asked` what was asked for at its beginning.
    """

    ran: bool
    since: datetime
    until: datetime | None
    hours: float
    move: Move | None
    asked: tuple[InformationRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One clock: how it stands, its stretches in their order, and what ended it for good."""

    reading: clocks.Reading
    stretches: tuple[Stretch, ...]
    ended: Move | None


def stories(case: Case) -> list[Story]:
    """Return the clocks of a case with all that happened to them, in the order of their start."""
    calendar, moves, questions = program.calendar(), _moves(case), asked(case)
    by_step: dict[str, list[ClockSpan]] = {}
    for span in case.clock_spans.all():
        by_step.setdefault(span.step, []).append(span)
    return [
        _story(reading, by_step[reading.step], moves, questions, calendar)
        for reading in clocks.readings(case)
    ]


def _moves(case: Case) -> list[Move]:
    rows = [row for row in entries_for(case.pk).filter(verb__startswith="case-")
            if "to" in row.detail]  # fmt: skip
    people = Person.objects.filter(pk__in={row.actor_id for row in rows if row.actor_id})
    names: dict[UUID | None, str] = {each.pk: str(each) for each in people}
    found = [Move(row.created_at, row.verb, names.get(row.actor_id, "")) for row in rows]
    return sorted(found, key=lambda each: each.at)


def _story(
    reading: clocks.Reading, spans: Sequence[ClockSpan], moves: Sequence[Move],
    questions: Sequence[InformationRequest], calendar: BusinessCalendar,
) -> Story:  # fmt: skip
    now, found = clock.now(), []
    for place, span in enumerate(spans):
        until = span.ended_at or now
        hours = calendar.between(span.began_at, until) / timedelta(hours=1)
        found.append(Stretch(True, span.began_at, span.ended_at, hours, _at(moves, span.began_at)))
        later = spans[place + 1].began_at if place + 1 < len(spans) else None
        if span.ended_at is None or (later is None and reading.stopped_at is None):
            continue
        hours = calendar.between(span.ended_at, later or now) / timedelta(hours=1)
        here = tuple(
            each for each in questions
            if span.ended_at - _TOGETHER <= each.created_at <= (later or now)
        )  # fmt: skip
        found.append(Stretch(False, span.ended_at, later, hours, _at(moves, span.ended_at), here))
    last = spans[-1].ended_at
    over = last is not None and reading.stopped_at is None
    return Story(reading, tuple(found), _at(moves, last) if over and last else None)


def _at(moves: Sequence[Move], when: datetime) -> Move | None:
    """Return the step that stopped or started a clock at an instant: it is noted just after."""
    return next((each for each in moves if each.at >= when), None)
