"""What the words of a request are about: beginnings of words, and names of codes, found in it.

Each distinct term of all experts is looked for once in a text, whatever the number of experts:
that is what lets a whole queue be matched.
"""

from collections.abc import Iterable
from functools import lru_cache

from secondopinion.coding.codes import SYSTEMS, names_near
from secondopinion.coding.spelling import said, words
from secondopinion.core.folding import plain

_SHORTEST = 3  # letters of a beginning that tells something
_MOST_WORDS = 6  # of a name that somebody would write in a request
_MARKS = ".,;:()[]«»\"'?!¿¡،؛؟"
_ARTICLES = ("وال", "بال", "ال", "و")  # of Arabic, written with the word


class Terms:
    """The terms of many experts, and which of them a text holds; terms are known by a number."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, ...], int] = {}
        self._starts: dict[str, list[tuple[frozenset[str], int]]] = {}
        self._names: dict[str, list[tuple[frozenset[str], int]]] = {}

    def word(self, text: str) -> int | None:
        """Return the number of a word or words, by their beginnings; None where it says nothing."""
        parts = plain(text).split()
        longest = max(parts, key=len, default="")
        if len(longest) < _SHORTEST:
            return None
        key = ("word", *parts)
        if key not in self._of:
            self._of[key] = len(self._of)
            rest = frozenset(parts) - {longest}
            self._starts.setdefault(longest, []).append((rest, self._of[key]))
        return self._of[key]

    def code(self, system: str, code: str) -> int:
        """Return the number of a code; the names of its nearest codes stand for it, too."""
        key = ("code", system, code)
        if key not in self._of:
            self._of[key] = len(self._of)
            for name in _names(system, code):
                self._names.setdefault(max(name, key=len), []).append((name, self._of[key]))
        return self._of[key]

    def found_in(self, text: str) -> set[int]:
        """Return the numbers of the terms that a text holds."""
        said_here = {each for word in words(text) for each in said(word)}
        found = {
            number
            for word in said_here
            for name, number in self._names.get(word, ())
            if name <= said_here
        }
        written = [bare for word in plain(text).split() for bare in _bare(word)]
        begun = {word[:end] for word in written for end in range(1, len(word) + 1)}
        for start in begun & self._starts.keys():
            found.update(number for rest, number in self._starts[start] if rest <= begun)
        return found


def as_written(beginning: str, text: str) -> str:
    """Return the first word of a text that begins so, as it is written there; else nothing."""
    start = plain(beginning)
    for word in text.split():
        if any(each.startswith(start) for each in _bare(plain(word))):
            return word.strip(_MARKS)
    return ""


def _bare(word: str) -> Iterable[str]:
    word = word.strip(_MARKS)
    yield word
    for article in _ARTICLES:
        if word.startswith(article) and len(word) > len(article) + 2:
            yield word.removeprefix(article)
            return


@lru_cache(4096)
def _names(system: str, code: str) -> frozenset[frozenset[str]]:
    """Return the names of a code as sets of words."""
    if system not in SYSTEMS:
        return frozenset()
    names = (
        frozenset(word for word in words(name) if len(word) > 1)  # West’s: no single s
        for name in names_near(system, code)
    )
    return frozenset(name for name in names if 0 < len(name) <= _MOST_WORDS)
