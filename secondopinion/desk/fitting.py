"""Which records and studies that came may be what the checklist waits for. Pure functions."""

from collections import defaultdict
from collections.abc import Iterable

from secondopinion.arrivals.missing import GROUPS, groups_named
from secondopinion.cases.models import ChecklistItem, ItemState
from secondopinion.imaging.checks.disk import parts_named
from secondopinion.imaging.models import Series, Study
from secondopinion.program.queries import images_wanted, records_wanted
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


def fitting_studies(item: ChecklistItem, series: Iterable[Series]) -> list[Study]:
    """Return the studies that may be the images which an item waits for, the latest first: made
    with what it calls for, of that part of the body or of none that is named."""
    wanted = images_wanted(item.key) if item.kind == "images" else None
    if item.state not in WAITING or not wanted:
        return []
    groups = {GROUPS[each] for each in wanted.get("modalities", ())}
    of_study: dict[Study, list[Series]] = defaultdict(list)
    for row in series:
        of_study[row.study].append(row)
    found = []
    for study, rows in of_study.items():
        said = " ".join(f"{row.body_part} {row.description}" for row in rows)
        parts = parts_named(f"{study.description} {said}")
        made = {GROUPS.get(row.modality, "") for row in rows}
        if made & groups and (not parts or not wanted.get("body") or parts & {*wanted["body"]}):
            found.append(study)
    return sorted(found, key=lambda study: study.created_at, reverse=True)[:MOST]
