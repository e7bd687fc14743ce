"""Denials that the other language says without one, and lists that it denies by one word.

"Not obstructed" is "patent" (`data/opposites.toml`); "no nuts, no carrot, no popcorn" is "ni noix,
carottes et popcorn". What is excused so is taken out of both sentences before they are compared:
an excused negation cannot hide another one that is lost.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.cues import JOINERS, Cue
from secondopinion.translation.checks.languages import ARABIC_AND, DATA, Language, expression
from secondopinion.translation.checks.reading import Segment

_DENIES = {"cues", "coord", "bare"}
_CLAUSES = re.compile(r"[,;:.!?。；，：、।؛،()\n]|\s-\s")
_COMMAS = re.compile("[,،、，]")
_STOPS = re.compile("[;:.!?。；：؛]")
_SHORTEST_LIST = 2

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Opposite:
    """One meaning in one language: with a negation, and without."""

    denied: re.Pattern[str]
    said: re.Pattern[str]
    anyhow: bool  # said counts in a clause that denies, too


@cache
def _opposites(code: str, *, spaced: bool) -> dict[str, _Opposite]:
    raw = tomllib.loads((DATA / "opposites.toml").read_text())
    prefix = ARABIC_AND if code == "ar" else ""

    def compiled(entries: list[str]) -> re.Pattern[str]:
        return re.compile(expression(entries, spaced=spaced, prefix=prefix))

    return {
        meaning: _Opposite(
            compiled(ways["denied"][code]), compiled(ways["said"][code]), ways.get("anyhow", False)
        )
        for meaning, ways in raw.items()
        if code in ways["denied"]
    }


Segments = tuple[Segment, ...]


def excused(pair: Pair, original: Language, translation: Language) -> Pair:
    """Return a pair without the denials that the other side says in another way."""
    ours, theirs = pair.original, pair.translation
    one, other = _denied(ours, original), _denied(theirs, translation)
    mine: list[Span] = []
    yours: list[Span] = []
    for meaning in one.keys() | other.keys():
        here, there = one.get(meaning, []), other.get(meaning, [])
        more = len(here) - len(there)
        if not more:
            continue
        left = _said(ours, meaning, original)
        right = _said(theirs, meaning, translation)
        many = max(0, min(abs(more), (len(right) - len(left)) * (1 if more > 0 else -1)))
        mine += (here if more > 0 else left)[:many]
        yours += (right if more > 0 else there)[:many]
    ours, theirs = _without(ours, mine), _without(theirs, yours)
    ours = _without(ours, _repeated(ours, theirs, late=translation.negates_late))
    theirs = _without(theirs, _repeated(theirs, ours, late=original.negates_late))
    return replace(pair, original=ours, translation=theirs)


def _denied(segments: Segments, language: Language) -> dict[str, list[Span]]:
    """Return where each meaning is denied."""
    found: dict[str, list[Span]] = {}
    for segment in segments:
        cues = [cue.start for cue in segment.cues if cue.kind in _DENIES]
        if not cues:
            continue
        for meaning, ways in _opposites(language.code, spaced=language.spaced).items():
            for each in ways.denied.finditer(segment.text):
                start, end = segment.start + each.start(), segment.start + each.end()
                if any(start <= cue < end for cue in cues):
                    found.setdefault(meaning, []).append((start, end))
    return found


def _said(segments: Segments, meaning: str, language: Language) -> list[Span]:
    """Return where a meaning is said without a negation."""
    ways = _opposites(language.code, spaced=language.spaced).get(meaning)
    if ways is None:
        return []
    return [
        (start, end)
        for segment in segments
        for each in ways.said.finditer(segment.text)
        for start, end in [(segment.start + each.start(), segment.start + each.end())]
        if ways.anyhow or not _is_denied(segment, start, end, language)
    ]


def _is_denied(segment: Segment, start: int, end: int, language: Language) -> bool:
    """Say whether a word stands in a clause that denies, behind the negation or, in languages that
    negate late, anywhere."""
    marks = [segment.start + each.start() for each in _CLAUSES.finditer(segment.text)]
    begin = max((mark for mark in marks if mark < start), default=segment.start)
    until = min((mark for mark in marks if mark >= end), default=segment.end)
    last = until if language.negates_late else end
    return any(cue.kind in _DENIES and begin <= cue.start < last for cue in segment.cues)


def _without(segments: Segments, spans: list[Span]) -> Segments:
    """Return sentences without the cues in some stretches."""
    if not spans:
        return segments
    return tuple(
        replace(
            each,
            cues=[
                cue for cue in each.cues
                if not any(start <= cue.start < end for start, end in spans)
            ],
        )
        for each in segments
    )  # fmt: skip


def _repeated(many: Segments, one: Segments, *, late: bool) -> list[Span]:
    """Return the negations of a list that denies each thing ("no rash, no fever and no cough") but
    the first, where the other side denies a list of as many things once.

    In "no rash, fever" a second negation may be lost: the last thing must be joined on, or, where a
    language negates `late`, the negation stand behind them all.
    """
    cues = [cue for each in many for cue in each.cues if cue.kind == "cues"]
    once = [cue for each in one for cue in each.cues if cue.kind in {"cues", "bare"}]
    if len(cues) < _SHORTEST_LIST or len(once) != 1 or not _in_turn(many, cues):
        return []
    [cue] = once
    [segment] = [each for each in one if cue in each.cues]
    marks, joined = _listed(segment, cue)
    behind = late and all(mark < cue.start for mark in marks)
    things = len(marks) + 1
    enough = things >= len(cues) if len(cues) > _SHORTEST_LIST else things == len(cues)
    return [(each.start, each.end) for each in cues[1:]] if enough and (joined or behind) else []


def _in_turn(segments: Segments, cues: list[Cue]) -> bool:
    """Say whether each negation stands in a part of its own, one part after the other."""
    marks = sorted({
        *(each.start() + one.start for one in segments for each in _COMMAS.finditer(one.text)),
        *(cue.start for one in segments for cue in one.cues if cue.kind in JOINERS),
    })  # fmt: skip
    places = [sum(mark < cue.start for mark in marks) for cue in cues]
    return all(after - before == 1 for before, after in pairwise(places))


def _listed(segment: Segment, cue: Cue) -> tuple[list[int], bool]:
    """Return where the things of a list begin that one negation denies, but the first, and whether
    the last of them is joined on by a word."""
    ends = [segment.start + each.start() for each in _STOPS.finditer(segment.text)]
    begin = max((end for end in ends if end < cue.start), default=segment.start)
    until = min((end for end in ends if end > cue.start), default=segment.end)
    joins = {
        each.start
        for each in segment.cues
        if (each.kind in JOINERS or each.kind == "coord") and begin <= each.start < until
    }
    commas = {
        place
        for each in _COMMAS.finditer(segment.text)
        for place in [segment.start + each.start()]
        if begin <= place < until
    }
    return sorted(joins | commas), bool(joins)
