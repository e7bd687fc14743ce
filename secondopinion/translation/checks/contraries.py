"""Words that say the contrary of the original without a negation: start and stop, acute and
chronic, before and after, boy and girl, one lobe and another (`data/contraries.toml`)."""

import re
import tomllib
from functools import cache

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.compare_words import Said, all_of
from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.languages import ARABIC_PREFIX, DATA, Language, expression
from secondopinion.translation.checks.reading import Segment

_DENIES = {"cues", "coord"}
_SURE = 0.8


# The sides of one contrary in one language, by their names; most have two.
type _Sides = dict[str, re.Pattern[str]]


@cache
def _known(language: Language) -> dict[str, _Sides]:
    raw = tomllib.loads((DATA / "contraries.toml").read_text())
    prefix = ARABIC_PREFIX if language.script == "Arab" else ""

    def compiled(entries: list[str]) -> re.Pattern[str]:
        return re.compile(expression(entries, spaced=language.spaced, prefix=prefix))

    return {
        meaning: {side: compiled(ways[language.code]) for side, ways in sides.items()}
        for meaning, sides in raw.items()
        if all(language.code in ways for ways in sides.values())
    }


class Contraries:
    """Compares what sentences say of each contrary, in two languages."""

    def __init__(self, original: Language, translation: Language) -> None:
        ours, theirs = _known(original), _known(translation)
        self.both = {name: (ours[name], theirs[name]) for name in ours if name in theirs}

    def __call__(self, pair: Pair) -> list[Said]:
        """Return the contraries of which the original has one side only and the translation only
        another. Where one of them denies more than the other, the negation may say it."""
        if _denials(pair.original) != _denials(pair.translation):
            return []
        said: list[Said] = []
        for ours, theirs in self.both.values():
            one, other = _side(pair.original, ours), _side(pair.translation, theirs)
            if one and other and one.kind != other.kind:
                said.append(("contrary", one, other, _SURE))
        return said


def _denials(segments: tuple[Segment, ...]) -> int:
    return sum(cue.kind in _DENIES for cue in all_of(segments, "cues"))


def _side(segments: tuple[Segment, ...], sides: _Sides) -> Cue | None:
    """Return the first word of the only side that is there; None where several are, or none."""
    there = {name: found for name, words in sides.items() if (found := _first(segments, words))}
    if len(there) != 1:
        return None
    name, (start, end) = next(iter(there.items()))
    return Cue(start, end, name)


def _first(segments: tuple[Segment, ...], words: re.Pattern[str]) -> tuple[int, int] | None:
    for segment in segments:
        if each := words.search(segment.text):
            return segment.start + each.start(), segment.start + each.end()
    return None
