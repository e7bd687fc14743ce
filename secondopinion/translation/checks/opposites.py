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
_TWO = 2

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


@dataclass(frozen=True, slots=True)
class _Found:
    """What one side says of one meaning."""

    denied: list[Span]
    said: list[Span]


Segments = tuple[Segment, ...]


def excused(pair: Pair, original: Language, translation: Language) -> Pair:
    """Return a pair without the denials that the other side says in another way."""
    ours, theirs = pair.original, pair.translation
    one, other = _found(ours, original), _found(theirs, translation)
    mine: list[Span] = []
    yours: list[Span] = []
    for meaning in one.keys() & other.keys():
        here, there = one[meaning], other[meaning]
        for left, right in ((here, there), (there, here)):
            more = len(left.denied) - len(right.denied)
            many = max(0, min(more, len(right.said) - len(left.said)))
            gone, kept = (mine, yours) if left is here else (yours, mine)
            gone += left.denied[:many]
            kept += right.said[:many]
    ours, theirs = _without(ours, mine), _without(theirs, yours)
    ours = _without(ours, _repeated(ours, theirs, late=translation.negates_late))
    theirs = _without(theirs, _repeated(theirs, ours, late=original.negates_late))
    return replace(pair, original=ours, translation=theirs)


def _found(segments: Segments, language: Language) -> dict[str, _Found]:
    """Return of each meaning where it is denied, and where it is said without a negation."""
    known = _opposites(language.code, spaced=language.spaced)
    cues = [cue for each in segments for cue in each.cues if cue.kind in _DENIES]
    found = {}
    for meaning, ways in known.items():
        denied, said = [], []
        for segment in segments:
            for each in ways.denied.finditer(segment.text):
                start, end = segment.start + each.start(), segment.start + each.end()
                if any(start <= cue.start < end for cue in cues):
                    denied.append((start, end))
            for each in ways.said.finditer(segment.text):
                start, end = segment.start + each.start(), segment.start + each.end()
                if ways.anyhow or not _is_denied(segment, start, end, language):
                    said.append((start, end))
        if denied or said:
            found[meaning] = _Found(denied, said)
    return found


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
    if len(cues) < _TWO or len(once) != 1 or not _in_turn(many, cues):
        return []
    [cue] = once
    [segment] = [each for each in one if cue in each.cues]
    marks, joined = _listed(segment, cue)
    behind = late and all(mark < cue.start for mark in marks)
    things = len(marks) + 1
    enough = things >= len(cues) if len(cues) > _TWO else things == len(cues)
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
