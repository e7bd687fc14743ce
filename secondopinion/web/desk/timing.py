"""How soon a case has to go on, its clocks with their stops drawn and in a table, its forecast."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists

from secondopinion.cases import forecasting, hastening, stops
from secondopinion.cases.models import Case, Pace
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.program.models import Price, Urgency
from secondopinion.web.access import PersonRequest
from secondopinion.web.oversight.words import words_of

_BEFORE_REVIEW = frozenset({
    State.SUBMITTED, State.COLLECTING, State.WAITING_ON_FAMILY, State.READY, State.OFFERED,
})  # fmt: skip
WIDE = 1000.0  # units of a drawn clock


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a drawn clock, from the start of its line."""

    ran: bool
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A clock, drawn: its pieces, and where on the line it is due."""

    story: stops.Story
    pieces: list[Piece]
    due: float | None
    lines: list[tuple[stops.Stretch, str]]
    ended: str


def shown(_request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page of a case's time shows."""
    paces = list(case.paces.select_related("by"))
    return {
        "clocks": [_drawn(each) for each in stops.stories(case)],
        "paces": paces,
        "hint": hint_for(case),
        "urgencies": Urgency.choices,
        "kinds": Price.Kind.choices,
        "told": forecasting.told(case),
    }


def hint_for(case: Case) -> hastening.Hint | None:
    """Return what the request of a case says of how soon it has to go on, until somebody has said
    it, or a specialist has begun."""
    if case.urgency != Urgency.USUAL or case.state not in _BEFORE_REVIEW:
        return None
    said = Pace.objects.filter(case=case)
    texts = list(case.questions.filter(~Exists(said)).values_list("text", flat=True))
    return hastening.hint(case, texts) if texts else None


def _drawn(story: stops.Story) -> Drawn:
    now, due = clock.now(), story.reading.due_at
    first = story.stretches[0].since
    ends = [each.until or now for each in story.stretches]
    last = max([*ends, due] if due else ends)
    length = (last - first).total_seconds() or 1.0

    def place(when: datetime) -> float:
        return round((when - first).total_seconds() / length * WIDE, 1)

    pieces = [
        Piece(each.ran, place(each.since), max(3.0, place(until) - place(each.since)))
        for each, until in zip(story.stretches, ends, strict=True)
    ]
    return Drawn(
        story, pieces, place(due) if due else None,
        [(each, words_of(each.move.verb) if each.move else "") for each in story.stretches],
        words_of(story.ended.verb) if story.ended else "",
    )  # fmt: skip
