"""Names of persons that are others in a translation: only names that are surely names are held
against each other (`data/persons.toml`), and behind them what follows in the same letters."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from secondopinion.findings.names import SAME, compare
from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.compare_words import Said
from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.folding import folded
from secondopinion.translation.checks.languages import DATA, WORD
from secondopinion.translation.checks.reading import Segment, View

_SURE = 0.85
_SHORT = 3  # letters that a second name has at least
_PREFIXES = re.compile(r"^(?:و|ف|ل|ب|ك)")
_SIGNS = re.compile(r"[\u3400-\u9fff]")
_EVERY_NOUN = {"de"}  # writes all its nouns with a capital


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text; `name` is the row of the list of names in which it stands, or -1."""

    start: int
    end: int
    text: str
    capital: bool
    name: int


@cache
def _listed() -> tuple[dict[str, frozenset[int]], frozenset[str]]:
    raw = tomllib.loads((DATA / "persons.toml").read_text())
    rows: dict[str, set[int]] = {}
    for number, ways in enumerate(raw["names"]):
        for way in ways:
            rows.setdefault(folded(way), set()).add(number)
    return {way: frozenset(found) for way, found in rows.items()}, frozenset(
        folded(each) for each in raw["places"]
    )


@cache
def _in_signs() -> re.Pattern[str]:
    ways = [way for way in _listed()[0] if _SIGNS.search(way)]
    return re.compile("|".join(map(re.escape, ways)))


def _rows(word: _Word) -> frozenset[int]:
    """Return the names that a word may be; Arabic writes "and" and "to" in one word with it."""
    listed = _listed()[0]
    return listed.get(word.text) or listed.get(_PREFIXES.sub("", word.text), frozenset())


@dataclass(frozen=True, slots=True)
class Persons:
    """Compares the names of persons in the pairs of two texts."""

    original: View
    translation: View

    def __call__(self, pair: Pair) -> list[Said]:
        """Return the first name that is another one."""
        ours = list(_words(pair.original, self.original))
        named = [each for each in ours if each.name >= 0]
        if not named:
            return []
        theirs = list(_words(pair.translation, self.translation))
        for one in named:
            if any(_same(one, each) for each in theirs):
                found = self._behind(one, ours, theirs)
            else:
                found = self._other(one, ours, theirs)
            if found:
                return [("name-differs", _cue(found[0]), _cue(found[1]), _SURE)]
        return []

    def _other(
        self, one: _Word, ours: list[_Word], theirs: list[_Word]
    ) -> tuple[_Word, _Word] | None:
        """Return a name that is gone, with the one that stands in its place."""
        other = (each for each in theirs if self._instead(one, each, ours, theirs))
        return next(((one, each) for each in other), None)

    def _instead(
        self, one: _Word, other: _Word, ours: list[_Word], theirs: list[_Word]
    ) -> bool:  # fmt: skip
        """Say whether a word stands in the place of a name that is gone: another name, or before
        the same second name; it stands nowhere in the original."""
        if any(_same(each, other) for each in ours):
            return False
        if other.name >= 0:
            return True
        after, follows = _next(one, ours), _next(other, theirs)
        return (
            self._in_capitals() and other.capital and len(other.text) >= _SHORT
            and after is not None and follows is not None and after.text == follows.text
        )  # fmt: skip

    def _behind(
        self, one: _Word, ours: list[_Word], theirs: list[_Word]
    ) -> tuple[_Word, _Word] | None:
        """Return the second names that differ behind the same name in the same letters."""
        other = next((each for each in theirs if each.text == one.text), None)
        after = _next(one, ours)
        follows = _next(other, theirs) if other else None
        if not self._in_capitals() or after is None or follows is None:
            return None
        if any(_same(after, each) for each in theirs) or any(_same(e, follows) for e in ours):
            return None
        return after, follows

    def _in_capitals(self) -> bool:
        """Whether both texts write names, and little else, with a capital."""
        both = (self.original.language, self.translation.language)
        return all(each.script == "Latn" and each.code not in _EVERY_NOUN for each in both)


def _words(segments: tuple[Segment, ...], view: View) -> Iterator[_Word]:
    places = _listed()[1]
    whole = view.folded
    for segment in segments:
        if not view.language.spaced:
            for found in _in_signs().finditer(segment.text):
                start = segment.start + found.start()
                name = min(_listed()[0][found.group()])
                yield _Word(start, segment.start + found.end(), found.group(), False, name)
            continue
        before = ""
        for found in WORD.finditer(segment.text):
            start = segment.start + found.start()
            capital = whole.source[whole.at[start]].isupper()
            word = _Word(start, segment.start + found.end(), found.group(), capital, -1)
            rows = _rows(word)
            cased = view.language.script in {"Latn", "Cyrl"}
            if rows and (capital or not cased) and before not in places:
                word = _Word(word.start, word.end, word.text, capital, min(rows))
            yield word
            before = found.group()


def _same(one: _Word, other: _Word) -> bool:
    """Say whether two words may be one name."""
    if one.text == other.text or _rows(one) & _rows(other):
        return True
    return compare((one.text,), (other.text,)) == SAME


def _next(word: _Word, words: list[_Word]) -> _Word | None:
    """Return the capitalised word right behind a word."""
    after = next((later for each, later in pairwise(words) if each is word), None)
    near = after is not None and after.start - word.end == 1
    return after if near and after and after.capital and len(after.text) >= _SHORT else None


def _cue(word: _Word) -> Cue:
    return Cue(word.start, word.end, "name")
