"""What happened in a case, in plain words: who did what, who had it, when its clocks ran."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from secondopinion.accounts.models import Person
from secondopinion.audit.models import Entry
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.web.access import PersonRequest
from secondopinion.web.oversight.words import words_of

MOST = 300  # lines; the privacy officer's page has all
# What was looked at, and each saving of what is being written: the audit has it, a story does not.
_LEFT_OUT = ("-opened", "-downloaded", "-searched", "-listed", "-saved")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which a clock ran, and what stopped it."""

    step: str
    began_at: datetime
    ended_at: datetime | None
    why: str


def shown(_request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page of a case's history shows."""
    rows = [row for row in entries_for(case.pk)[: MOST * 4] if not row.verb.endswith(_LEFT_OUT)]
    known = {row.actor_id for row in rows if row.actor_id}
    names = {str(each.pk): str(each) for each in Person.objects.filter(pk__in=known)}
    return {
        "lines": [
            (row.created_at, words_of(row.verb), names.get(str(row.actor_id), ""))
            for row in rows[:MOST]
        ],
        "hand_overs": case.hand_overs.select_related("giver", "taker"),
        "stretches": _stretches(case, rows),
    }


def _stretches(case: Case, rows: list[Entry]) -> list[Stretch]:
    moves = sorted((row.created_at, row.detail["to"]) for row in rows if "to" in row.detail)
    labels = dict(State.choices)
    found = []
    for span in case.clock_spans.all():
        after = (to for at, to in moves if span.ended_at and at >= span.ended_at)
        why = str(labels.get(next(after, ""), ""))
        found.append(Stretch(span.step, span.began_at, span.ended_at, why))
    return found
