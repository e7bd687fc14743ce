"""Words whose translation is agreed: where they stand, and where a translation has others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.folding import folded
from secondopinion.translation.checks.found import Mismatch, mismatch
from secondopinion.translation.checks.languages import (
    ARABIC_PREFIX,
    LETTER,
    codes,
    expression,
    language,
)
from secondopinion.translation.checks.reading import View

_STEM = 4  # letters that stay when a word takes another ending
_SHORTEST = 3  # letters of a word from which on it takes endings


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase and its agreed translation; an empty one says that it stays as it is."""

    term: str
    translation: str

    @property
    def wanted(self) -> str:
        """What is to stand in a translation."""
        return self.translation or self.term.rstrip("*")


@cache
def finds(words: str, code: str) -> re.Pattern[str]:
    """Return what finds a term in a folded text of a language: whole words only."""
    spaced = language(code).spaced if code in codes() else True
    prefix = ARABIC_PREFIX if code == "ar" else ""
    return re.compile(expression([words], spaced=spaced, prefix=prefix))


@cache
def _finds_any_form(words: str, code: str) -> re.Pattern[str]:
    """Return what finds an agreed translation with other endings, as sentences ask for them."""
    if code in codes() and not language(code).spaced:
        return re.compile(re.escape(folded(words)))
    parts = []
    for word in folded(words).split():
        bare = word.rstrip("*")
        stem = bare[: max(_STEM, len(bare) - 2)]
        parts.append(re.escape(stem) + (rf"{LETTER}*" if len(bare) >= _SHORTEST else ""))
    prefix = ARABIC_PREFIX if code == "ar" else ""
    return re.compile(
        rf"(?<!{LETTER}){prefix}" + rf"[\s\u00a0]+{prefix}".join(parts) + rf"(?!{LETTER})"
    )


def standing_in(text: str, terms: Sequence[Term], code: str) -> list[tuple[int, str, list[Term]]]:
    """Return the lines of a text in which terms stand: number from 1, the line, its terms."""
    lines = ((number, line, folded(line)) for number, line in enumerate(text.splitlines(), 1))
    named = [
        (number, line, [term for term in terms if finds(term.term, code).search(plain)])
        for number, line, plain in lines
    ]
    return [each for each in named if each[2]]


def differing(
    original: View, translation: View, pairs: list[Pair], terms: Sequence[Term]
) -> list[Mismatch]:
    """Find terms of the original whose agreed translation is not where their sentence is."""
    source, target = original.language.code, translation.language.code
    found = []
    for at, pair in enumerate(pairs):
        near = [each for one in pairs[max(0, at - 1) : at + 2] for each in one.translation]
        theirs = " \n ".join(each.text for each in near)
        for segment in pair.original if pair.translation else ():
            for term in terms:
                place = finds(term.term, source).search(segment.text)
                if place is None or _finds_any_form(term.wanted, target).search(theirs):
                    continue
                start = segment.start + place.start()
                where = original.place(start, segment.start + place.end())
                first, last = pair.translation[0], pair.translation[-1]
                found.append(
                    mismatch(
                        "term-differs", where, translation.place(first.start, last.end), 0.7,
                        original=where.text, wanted=term.wanted,
                    )
                )  # fmt: skip
    return found
