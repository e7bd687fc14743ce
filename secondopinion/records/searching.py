"""Searches the words of the pages of a case: no case, no accents, Arabic letters as one reads them.

Pages are found that have every word that is sought. A longer one is found inside of words too; a
short one in Latin letters only where a word begins: "CT" is not in "doctor".
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.folding import Folded, plain, with_places
from secondopinion.records import queries
from secondopinion.records.indexing import CLOSE, comparable
from secondopinion.records.models import Page, PageWords, Record, RecordState
from secondopinion.translation.models import Translation
from secondopinion.translation.queries import made_of

MOST_LETTERS, MOST_TERMS = 200, 8  # of what is sought
SHORT = 3  # letters: so short a word is found only at the beginning of one
MOST_SNIPPETS, AROUND = 3, 60  # of a page; letters of it on both sides of a hit
MOST_FOUND = 100  # pages that are shown
_EDGES = " \t\n.,;:!?\"'()[]{}«»“”„<>"

type Snippet = list[tuple[str, bool]]  # pieces of text, and whether each is a hit


@dataclass(frozen=True)
class Sought:
    """Words that are searched, folded."""

    terms: tuple[str, ...]

    @cached_property
    def _each(self) -> list[re.Pattern[str]]:
        return [re.compile(_pattern(term)) for term in self.terms]

    @cached_property
    def _any(self) -> re.Pattern[str]:
        longest_first = sorted(self.terms, key=len, reverse=True)
        return re.compile("|".join(map(_pattern, longest_first)))

    def all_in(self, text: str) -> bool:
        """Say whether every word is in a text."""
        return self.all_in_folded(comparable(text))

    def all_in_folded(self, folded: str) -> bool:
        """Say whether every word is in what `indexing` has kept of a text."""
        return bool(self.terms) and all(each.search(folded) for each in self._each)

    def hits(self, text: str) -> list[tuple[int, int]]:
        """Return the stretches of a text that are hits."""
        folded = _close(with_places(text))
        spans = []
        for found in self._any.finditer(folded.text):
            start, end = folded.span(*found.span())
            while end < len(text) and not plain(text[end]):  # points and accents of the last letter
                end += 1
            spans.append((start, end))
        return spans

    def among(self, words: Sequence[str]) -> list[list[int]]:
        """Return for each hit in a text the numbers of the words that it touches."""
        starts = list(accumulate((len(word) + 1 for word in words), initial=0))
        return [
            list(range(bisect_right(starts, start) - 1, bisect_right(starts, end - 1)))
            for start, end in self.hits(" ".join(words))
        ]


def sought(typed: str) -> Sought:
    """Return what somebody typed as what is searched; single Latin letters and digits are not."""
    parts = (part.strip(_EDGES) for part in plain(typed[:MOST_LETTERS]).split())
    terms = dict.fromkeys(part for part in parts if len(part) > 1 or not part.isascii())
    return Sought(tuple(filter(None, terms))[:MOST_TERMS])


def _pattern(term: str) -> str:
    starts = len(term) <= SHORT and term.isascii() and term[0].isalnum()
    return (r"(?<![^\W_])" if starts else "") + re.escape(term)


def _close(folded: Folded) -> Folded:
    """Take out the blanks between letters of scripts that have none between words."""
    kept, last = [], 0
    for gap in CLOSE.finditer(folded.text):
        kept.append(slice(last, gap.start()))
        last = gap.end()
    if not kept:
        return folded
    kept.append(slice(last, None))
    at = tuple(place for part in kept for place in folded.at[part])
    return Folded("".join(folded.text[part] for part in kept), at, folded.source)


@dataclass(slots=True)
class FoundPage:
    """A page with all the words: how often there is a hit, what stands around some, and whether
    it is known where on the page its words stand."""

    page: Page
    count: int
    snippets: list[Snippet]
    placed: bool


@dataclass(slots=True)
class FoundRecord:
    """A record with what was found in it, in its pages and in its translation; whether it is locked
    away from others."""

    record: Record
    locked: bool
    pages: list[FoundPage] = field(default_factory=list)
    translation: Translation | None = None
    snippets: list[Snippet] = field(default_factory=list)


@dataclass(slots=True)
class Search:
    """What was found in a case, in the order of its records and pages."""

    records: list[FoundRecord] = field(default_factory=list)
    pages: int = 0  # that were found
    more: int = 0  # that were found and are not shown
    # Pages on which no words were read: title and key of the record, number.
    wordless: list[tuple[str, UUID, int]] = field(default_factory=list)
    reading: int = 0  # records that are still being read


def search(
    case: Case, what: Sought, *, translations: bool, person: Person, parts: Collection[str]
) -> Search:
    """Search the pages of a case that a person with these parts may open, and finished translations
    where they are asked for. The caller has made sure that the case is theirs to see."""
    opened = queries.listed_for(case, person, parts)
    locked = queries.locked_away().filter(case=case, subject_id=OuterRef("pk"))
    rows = list(opened.annotate(locked=Exists(locked)))
    made = made_of(case) if translations else {}
    keys = _matching(opened, what)
    found = Search(
        pages=len(keys), more=max(0, len(keys) - MOST_FOUND), wordless=_wordless(opened),
        reading=sum(row.state == RecordState.READING for row in rows),
    )  # fmt: skip
    pages = _pages(keys[:MOST_FOUND])
    for row in rows:
        here = FoundRecord(
            row, vars(row)["locked"],
            [_found(page, what.hits(page.text)) for page in pages if page.record_id == row.pk],
        )  # fmt: skip
        translation = made.get(row.pk)
        if translation is not None and what.all_in(translation.text):
            here.translation = translation
            here.snippets = _snippets(translation.text, what.hits(translation.text))
        if here.pages or here.translation:
            found.records.append(here)
    return found


def pages_with(case: Case, what: Sought, *, person: Person, parts: Collection[str]) -> list[Page]:
    """Return the pages with all the words, in the order in which `search` has them."""
    return _pages(_matching(queries.listed_for(case, person, parts), what))


def _words(opened: QuerySet[Record]) -> QuerySet[PageWords]:
    """Return the words of the pages of records that are shown."""
    keys = opened.order_by().values("pk")
    return PageWords.objects.filter(page__record__in=keys, page__aside="")


def _matching(opened: QuerySet[Record], what: Sought) -> list[UUID]:
    """Return the keys of the pages with all the words. The database looks for their letters; where
    words begin is looked at here."""
    rows = _words(opened)
    for term in what.terms:
        rows = rows.filter(folded__contains=term)
    ordered = rows.order_by("page__record__created_at", "page__record_id", "page__number")
    return [
        key for key, folded in ordered.values_list("page_id", "folded")
        if what.all_in_folded(folded)
    ]  # fmt: skip


def _wordless(opened: QuerySet[Record]) -> list[tuple[str, UUID, int]]:
    rows = _words(opened).filter(folded="", page__blank=False)
    ordered = rows.order_by("page__record__created_at", "page__record_id", "page__number")
    return list(ordered.values_list("page__record__title", "page__record_id", "page__number"))


def _pages(keys: list[UUID]) -> list[Page]:
    """Return pages in the order of their keys."""
    rows = Page.objects.filter(pk__in=keys).annotate(
        placed=Q(reading__answer__places__0__isnull=False)
    )
    here = {page.pk: page for page in rows}
    return [here[key] for key in keys]


def marked(text: str, what: Sought) -> Snippet:
    """Return a whole text in pieces, with its hits."""
    return _pieces(text, (0, len(text)), what.hits(text))


def _found(page: Page, hits: list[tuple[int, int]]) -> FoundPage:
    return FoundPage(page, len(hits), _snippets(page.text, hits), bool(vars(page)["placed"]))


def _snippets(text: str, hits: list[tuple[int, int]]) -> list[Snippet]:
    """Return what stands around the first hits; those that are near each other in one piece."""
    windows: list[tuple[int, int]] = []
    for start, end in hits:
        left, right = _widened(text, start, end)
        if windows and left <= windows[-1][1]:
            windows[-1] = (windows[-1][0], right)
        elif len(windows) < MOST_SNIPPETS:
            windows.append((left, right))
        else:
            break
    return [
        [(re.sub(r"\s+", " ", piece), hit) for piece, hit in _pieces(text, window, hits)]
        for window in windows
    ]


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch of a text around a hit that begins and ends between words."""
    left, right = max(0, start - AROUND), min(len(text), end + AROUND)
    if left:
        blank = re.compile(r"\s").search(text, left, start)
        left = blank.end() if blank else left
    if right < len(text):
        cut = max(text.rfind(" ", end, right), text.rfind("\n", end, right))
        right = cut if cut > 0 else right
    return left, right


def _pieces(text: str, window: tuple[int, int], hits: list[tuple[int, int]]) -> Snippet:
    """Return a stretch of a text parted at its hits."""
    pieces, at = [], window[0]
    for start, end in hits:
        if window[0] <= start and end <= window[1]:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    pieces.append((text[at : window[1]], False))
    return [(piece, hit) for piece, hit in pieces if piece]
