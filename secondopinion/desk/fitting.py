"""Which records that have arrived may be what the checklist waits for. Pure functions."""

from collections.abc import Iterable

from secondopinion.arrivals.missing import GROUPS, groups_named
from secondopinion.cases.models import ChecklistItem, ItemState
from secondopinion.program.queries import records_wanted
from secondopinion.records.models import Record
from secondopinion.translation.checks.folding import folded

WAITING = (ItemState.OPEN, ItemState.ASKED, ItemState.ANSWERED)
MOST = 3  # that are shown beside one thing


def fitting(item: ChecklistItem, records: Iterable[Record]) -> list[Record]:
    """Return the records that may be what an item waits for, the latest first: of a kind that it
    may be, as somebody said or as a program guesses.

    A report whose title names other images than the item calls for is none.
    """
    wanted = records_wanted(item.key)
    if item.state not in WAITING or not wanted:
        return []
    groups = {GROUPS[each] for each in wanted.get("modalities", ())}
    found = []
    for record in records:
        named = groups_named(folded(record.title.replace("_", " "))) if groups else frozenset()
        if record.likely["kind"] in wanted["kinds"] and (not named or named & groups):
            found.append(record)
    return sorted(found, key=lambda record: record.created_at, reverse=True)[:MOST]
