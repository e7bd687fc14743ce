"""A translation as its page shows it: both sides in pieces, what differs, and what helps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from secondopinion.translation import keeping, memory, queries
from secondopinion.translation.checks.found import Place
from secondopinion.translation.checks.terms import Term
from secondopinion.translation.keeping import Difference
from secondopinion.translation.memory import Known
from secondopinion.translation.models import Translation
from secondopinion.translation.words import label_of

PASSAGE = "passage-"  # before the key of a text, in the name of its box
_ROWS = (5, 40)  # of a box, at least and at most


class Part(NamedTuple):
    """A stretch of a text: how many marks cover it, the numbers of those that end with it, and the
    keys of those that begin with it and are led to."""

    text: str
    depth: int
    numbers: list[int]
    keys: list[str]


class Told(NamedTuple):
    """Something that differs, with what stands in both texts, in words that tell them apart."""

    difference: Difference
    original: str
    translation: str


@dataclass(slots=True)
class Piece:
    """One text of a translation."""

    key: str
    label: str
    original: str
    text: str
    original_parts: list[Part]
    text_parts: list[Part]
    told: list[Told]
    checked: bool
    terms: list[tuple[int, str, list[Term]]] = field(default_factory=list)
    remembered: list[Known] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the name of its box."""
        return f"{PASSAGE}{self.key}" if self.key else "text"

    @property
    def rows(self) -> int:
        """Return how many lines its box has: as many as there are to be translated."""
        least, most = _ROWS
        return min(most, max(least, len(self.original.splitlines()) + 2))


def parts_of(text: str, places: Iterable[tuple[Place, Difference, bool]]) -> Iterator[Part]:
    """Cut a text at the places to be marked, each with what differs there and whether links lead
    there; where marks lie within others, all are shown."""
    marks = list(places)
    ends = {end for place, _each, _led in marks for end in (place.start, place.end)}
    for start, end in pairwise(sorted({0, len(text), *ends})):
        over = [mark for mark in marks if mark[0].start <= start and end <= mark[0].end]
        yield Part(
            text[start:end], len(over),
            [each.number for place, each, _led in over if place.end == end],
            [each.key for place, each, led in over if led and place.start == start],
        )  # fmt: skip


def shown(row: Translation, *, writing: bool) -> list[Piece]:
    """Return the texts of a translation; what differs is numbered through all of them."""
    compared = queries.comparisons(row)
    found = keeping.differences(row, compared)
    known = memory.remembered(row) if writing else {}
    agreed = queries.agreed_words(row) if writing else []
    return [
        _piece(
            row, (key, original, text), [each for each in found if each.passage == key],
            checked=compared[key] is not None,
            terms=queries.lines_with_terms(row, original, agreed) if writing else [],
            remembered=known.get(key, []),
        )
        for key, original, text in row.texts
    ]  # fmt: skip


def _piece(
    row: Translation, of: tuple[str, str, str], found: list[Difference], *, checked: bool,
    terms: list[tuple[int, str, list[Term]]], remembered: list[Known],
) -> Piece:  # fmt: skip
    key, original, text = of
    ours = [(each.found.original, each, True) for each in found if each.found.original]
    theirs = [(each.found.translation, each, each.found.original is None)
              for each in found if each.found.translation]  # fmt: skip
    return Piece(
        key, label_of(key), original, text, list(parts_of(original, ours)),
        list(parts_of(text, theirs)), [_told(each, original, text) for each in found], checked,
        terms, remembered,
    )  # fmt: skip


def _told(each: Difference, original: str, text: str) -> Told:
    """Return what differs in words. Where the same stands in both texts, as 2 does in “2–3 minutes”
    and “2–3 hours”, it is told with its lines."""
    measured = each.found.measured
    one = str(measured.get("original") or "")
    other = str(measured.get("translation") or measured.get("wanted") or "")
    if one and one.casefold() == other.casefold():
        one, other = _line(original, each.found.original), _line(text, each.found.translation)
    return Told(each, one, other)


def _line(text: str, place: Place | None) -> str:
    return text.split("\n")[place.line - 1].strip() if place else ""
