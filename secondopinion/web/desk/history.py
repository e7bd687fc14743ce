"""What happened in a case, in plain words: who did what, and who had it."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from secondopinion.accounts.models import Person
from secondopinion.audit.models import Entry
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case, ItemState, Part
from secondopinion.findings.models import Finding
from secondopinion.program.queries import in_language
from secondopinion.records.queries import place_of, placed
from secondopinion.web.access import PersonRequest
from secondopinion.web.oversight.words import words_of

MOST = 300  # lines; the privacy officer's page has all
# What was looked at, and each saving of what is being written: the audit has it, a story does not.
_LEFT_OUT = ("-opened", "-downloaded", "-searched", "-listed", "-saved")
_KEPT = frozenset({"emergency-opened", "referral-opened", "report-not-opened"})  # these happened


def done(rows: Iterable[Entry]) -> list[Entry]:
    """Return the entries that tell of something that was done, not of what was looked at."""
    return [row for row in rows if row.verb in _KEPT or not row.verb.endswith(_LEFT_OUT)]


class Line(NamedTuple):
    """One line of the story: what was done, by whom, and with what; how often in a row."""

    at: datetime
    words: str
    who: str
    what: str
    how: str
    times: int


def shown(_request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page of a case's history shows."""
    rows = done(entries_for(case.pk)[: MOST * 4])[:MOST]
    known = {str(row.actor_id) for row in rows if row.actor_id}
    known |= {row.target_id for row in rows if row.target_kind == "person"}
    names = {str(each.pk): str(each) for each in Person.objects.filter(pk__in=known)}
    reasons: dict[str, str] = {}
    things = {str(each.pk): in_language(each.labels) for each in case.checklist.all()}

    about = Finding.objects.filter(
        case=case, pk__in=[row.target_id for row in rows if row.target_kind == "finding"]
    )
    for each in placed(about):
        things[str(each.pk)] = place_of(each, "\u2068\u2069")
        reasons[str(each.pk)] = each.reason

    def told(row: Entry) -> tuple[str, str, str, str]:
        who = names.get(str(row.actor_id), "")
        return words_of(row.verb), who, *_about(row, names, things, reasons)

    lines = []
    for said, some in groupby(rows, told):
        first, *others = some
        lines.append(Line(first.created_at, *said, times=1 + len(others)))
    return {"lines": lines, "hand_overs": case.hand_overs.select_related("giver", "taker")}


def _about(
    row: Entry, names: dict[str, str], things: dict[str, str], reasons: dict[str, str]
) -> tuple[str, str]:
    """Return what an entry is about and what became of it: a person's part, a checklist's item, the
    document of a finding and why it was settled."""
    role, state = row.detail.get("role"), row.detail.get("state")
    if row.target_kind == "person" and role in Part.values and row.target_id in names:
        return names[row.target_id], str(Part(role).label)
    if row.target_kind == "checklistitem" and row.target_id in things:
        return things[row.target_id], str(ItemState(state).label) if state in ItemState else ""
    if row.target_kind == "finding" and row.target_id in reasons:
        settled = row.verb in {"finding-cleared", "finding-accepted"}
        return things[row.target_id], reasons[row.target_id] if settled else ""
    return "", ""
