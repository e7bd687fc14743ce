"""What happened in a case, in plain words: who did what, and who had it."""

from collections.abc import Iterable
from typing import Any

from secondopinion.accounts.models import Person
from secondopinion.audit.models import Entry
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.web.access import PersonRequest
from secondopinion.web.oversight.words import words_of

MOST = 300  # lines; the privacy officer's page has all
# What was looked at, and each saving of what is being written: the audit has it, a story does not.
_LEFT_OUT = ("-opened", "-downloaded", "-searched", "-listed", "-saved")
_KEPT = frozenset({"emergency-opened", "referral-opened", "report-not-opened"})  # these happened


def done(rows: Iterable[Entry]) -> list[Entry]:
    """Return the entries that tell of something that was done, not of what was looked at."""
    return [row for row in rows if row.verb in _KEPT or not row.verb.endswith(_LEFT_OUT)]


def shown(_request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page of a case's history shows."""
    rows = done(entries_for(case.pk)[: MOST * 4])
    known = {row.actor_id for row in rows if row.actor_id}
    names = {str(each.pk): str(each) for each in Person.objects.filter(pk__in=known)}
    return {
        "lines": [
            (row.created_at, words_of(row.verb), names.get(str(row.actor_id), ""))
            for row in rows[:MOST]
        ],
        "hand_overs": case.hand_overs.select_related("giver", "taker"),
    }
