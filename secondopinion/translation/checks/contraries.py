"""Words that say the contrary of the original without a negation: start and stop, acute and
chronic, before and after (`data/contraries.toml`)."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.compare_words import Said, all_of
from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.languages import ARABIC_PREFIX, DATA, Language, expression
from secondopinion.translation.checks.reading import Segment

_DENIES = {"cues", "coord"}
_SURE = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class _Two:
    """The two sides of one contrary in one language."""

    one: re.Pattern[str]
    other: re.Pattern[str]


@cache
def _known(language: Language) -> dict[str, _Two]:
    raw = tomllib.loads((DATA / "contraries.toml").read_text())
    prefix = ARABIC_PREFIX if language.script == "Arab" else ""

    def compiled(entries: list[str]) -> re.Pattern[str]:
        return re.compile(expression(entries, spaced=language.spaced, prefix=prefix))

    return {
        meaning: _Two(
            compiled(sides["one"][language.code]), compiled(sides["other"][language.code])
        )
        for meaning, sides in raw.items()
        if language.code in sides["one"]
    }


class Contraries:
    """Compares what sentences say of each contrary, in two languages."""

    def __init__(self, original: Language, translation: Language) -> None:
        ours, theirs = _known(original), _known(translation)
        self.both = {name: (ours[name], theirs[name]) for name in ours if name in theirs}

    def __call__(self, pair: Pair) -> list[Said]:
        """Return the contraries of which the original has one side only and the translation only
        the other. Where one of them denies more than the other, the negation may say it."""
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


def _side(segments: tuple[Segment, ...], two: _Two) -> Cue | None:
    """Return the first word of the only side that is there; None where both are, or neither."""
    one, other = list(_found(segments, two.one)), list(_found(segments, two.other))
    if bool(one) == bool(other):
        return None
    start, end = (one or other)[0]
    return Cue(start, end, "one" if one else "other")


def _found(segments: tuple[Segment, ...], words: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for segment in segments:
        for each in words.finditer(segment.text):
            yield segment.start + each.start(), segment.start + each.end()
