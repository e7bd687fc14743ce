"""How soon a case has to go on, its clocks with their stops drawn and in a table, its forecast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from secondopinion.cases import forecasting, hastening, stops
from secondopinion.cases.models import Case, Pace, Question
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.lists import listed
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
        "hint": hint_for(case, [] if paces else list(case.questions.values("number", "text"))),
        "urgencies": Urgency.choices,
        "kinds": Price.Kind.choices,
        "told": forecasting.told(case),
    }


def unsaid() -> Coalesce:
    """Return the questions of a case of which nobody has said yet how soon it has to go on, as one
    column of it."""
    said = Pace.objects.filter(case=OuterRef("case"))
    rows = Question.objects.filter(~Exists(said))
    return listed(rows, "case", "number", "text", outer="pk")


def hint_for(case: Case, questions: Sequence[Mapping[str, Any]]) -> hastening.Hint | None:
    """Return what the request of a case says of how soon it has to go on, until somebody has said
    it (`questions` are `unsaid`), or a specialist has begun."""
    if not questions or case.urgency != Urgency.USUAL or case.state not in _BEFORE_REVIEW:
        return None
    rows = sorted(questions, key=lambda each: each["number"])
    return hastening.hint(case, [each["text"] for each in rows])


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
