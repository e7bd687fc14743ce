"""What was suggested, what was chosen instead and why, and how each was answered: to learn from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import QuerySet

from secondopinion.accounts.models import Person
from secondopinion.experts.models import ExpertProfile, Offer, OfferState

_TAKEN = (OfferState.ACCEPTED, OfferState.HANDED_BACK)
_NOT_TAKEN = (OfferState.DECLINED, OfferState.LAPSED)
FIRST, SECOND, THIRD, LATER, UNLISTED = 1, 2, 3, 4, 0  # places on the list of suggestions
ONWARD = -1  # no choice: the offer went on by itself


@dataclass(frozen=True, slots=True)
class Followed:
    """How offers went to experts whom coordinators chose from one place of the list, or to whom
    they went on by themselves (`ONWARD`): how many, of those that were answered how many were
    accepted, and the median of hours until an acceptance."""

    place: int
    offers: int
    answered: int
    accepted: int
    hours: float | None


@dataclass(frozen=True, slots=True)
class Instead:
    """An offer to another than the first of the list: who was first, by how many points, why."""

    offer: Offer
    first: Person | None
    behind: float | None
    why: str


def followed(since: datetime) -> list[Followed]:
    """Return how the offers since then went, by the place from which a coordinator chose; those
    that went on by themselves are no choice and stand apart, whatever the place. What was taken
    back, or passed on within a panel, says nothing and is left out."""
    columns = ("rank", "onward_from", "state", "created_at", "answered_at")
    rows = _rows(since).values_list(*columns)
    by_place: dict[int, list[tuple[str, timedelta | None]]] = {
        place: [] for place in (FIRST, SECOND, THIRD, LATER, UNLISTED, ONWARD)
    }
    for rank, onward_from, state, made, answered in rows:
        place = UNLISTED if rank is None else min(rank, LATER)
        place = ONWARD if onward_from else place
        by_place[place].append((state, answered - made if answered else None))
    return [_summed(place, found) for place, found in by_place.items() if found]


def _rows(since: datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(created_at__gte=since, passed_from=None).exclude(
        state=OfferState.TAKEN_BACK
    )


def _summed(place: int, found: Iterable[tuple[str, timedelta | None]]) -> Followed:
    rows = list(found)
    accepted = [wait for state, wait in rows if state in _TAKEN]
    # Of what was given back later it is not known any more when it was accepted.
    waits = [wait / timedelta(hours=1) for state, wait in rows
             if state == OfferState.ACCEPTED and wait is not None]  # fmt: skip
    answered = len(accepted) + sum(state in _NOT_TAKEN for state, _wait in rows)
    return Followed(place, len(rows), answered, len(accepted), median(waits) if waits else None)


def instead(since: datetime, most: int = 50) -> list[Instead]:
    """Return the latest offers for which another than the first of the list was chosen."""
    rows = _rows(since).filter(onward_from=None).exclude(rank=FIRST).exclude(suggested=[])
    rows = rows.select_related("expert__person", "case", "offered_by").order_by("-created_at")
    found = list(rows[:most])
    firsts = {each.suggested[0]["expert"] for each in found}
    profiles = ExpertProfile.objects.filter(pk__in=firsts).select_related("person")
    people = {str(each.pk): each.person for each in profiles}
    return [
        Instead(each, people.get(each.suggested[0]["expert"]), _behind(each), each.instead)
        for each in found
    ]


def _behind(offer: Offer) -> float | None:
    """Return by how many points an expert stood behind the first; None where that was not kept."""
    points = {each["expert"]: float(each["points"]) for each in offer.suggested}
    mine = points.get(str(offer.expert_id))
    return None if mine is None else float(offer.suggested[0]["points"]) - mine
