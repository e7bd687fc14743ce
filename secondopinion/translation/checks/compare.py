"""A translation compared with its original, whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from secondopinion.translation.checks import compare_words as words
from secondopinion.translation.checks.align import Pair, align
from secondopinion.translation.checks.compare_numbers import Numbers
from secondopinion.translation.checks.compare_sides import sides
from secondopinion.translation.checks.contraries import Contraries
from secondopinion.translation.checks.degrees import Degrees
from secondopinion.translation.checks.excluded import excluded
from secondopinion.translation.checks.found import Mismatch, mismatch
from secondopinion.translation.checks.languages import codes, guess, language, short_code
from secondopinion.translation.checks.negations import Negations
from secondopinion.translation.checks.persons import Persons
from secondopinion.translation.checks.reading import View, read
from secondopinion.translation.checks.terms import Term, differing
from secondopinion.translation.checks.times import Times

MOST_LETTERS = 400_000  # of one text; about 150 pages


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both texts as they were read, which sentences belong together, and what differs."""

    original: View
    translation: View
    pairs: list[Pair]
    mismatches: list[Mismatch]


class Unsupported(ValueError):
    """A language that the checks do not know, or a text that is too long."""


def _language(code: str, text: str) -> str:
    chosen = code or guess(text)
    short = short_code(chosen)
    if short not in codes():
        raise Unsupported(code or "unknown")
    return short


def supported(*given: str) -> bool:
    """Say whether the checks know all these languages."""
    return all(short_code(each) in codes() for each in given)


def compare(
    original: str, translation: str, source: str = "", target: str = "", terms: Sequence[Term] = ()
) -> Comparison:
    """Compare a translation with its original; languages not given are guessed from the texts.

    `terms` are the words of the glossary for these two languages.

    Raises:
        Unsupported: a language is not known, or a text is too long.
    """
    if max(len(original), len(translation)) > MOST_LETTERS:
        raise Unsupported("too long")
    first = language(_language(source, original))
    second = language(_language(target, translation or "the"))
    ours, theirs = read(original, first), read(translation, second)
    if not theirs.segments:
        whole = ours.place(0, len(ours.folded.text)) if ours.segments else None
        found = [mismatch("empty", whole, None, 1.0)] if whole else []
        return Comparison(ours, theirs, [], found)
    pairs = align(ours, theirs)
    found = Numbers(ours, theirs, pairs).run()
    checks = (sides, Negations(ours, theirs), Contraries(first, second), Degrees(first, second),
              Times(first, second), Persons(ours, theirs), excluded, words.drugs)  # fmt: skip
    for check in checks:
        found += words.over_pairs(ours, theirs, pairs, check)
    found += words.lines(ours, theirs, pairs)
    found += differing(ours, theirs, pairs, terms)
    return Comparison(ours, theirs, pairs, sorted(found, key=_place))


def _place(found: Mismatch) -> tuple[int, int]:
    place = found.original or found.translation
    return (place.start if place else 0, 0 if found.original else 1)
