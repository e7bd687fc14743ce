"""Stages, grades and types of matching sentences compared, however their numeral is written."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.compare_words import Said
from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.languages import (
    ARABIC_PREFIX,
    DATA,
    LETTER,
    Language,
    expression,
)
from secondopinion.translation.checks.reading import Segment

_ROMANS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_MOST = 6
_SURE = 0.85
_SIGNS = r"[\s\u00a0]*[-:№]?[\s\u00a0]*"
_SMALL = r"(?P<roman>iii|ii|iv|vi|v|i)(?:[-/ ]?[abcа-в])?(?![a-z])|(?P<digit>[1-6])(?![\d.,:/%])"
_WORD = rf"(?P<word>{LETTER}+)"
_BEHIND = re.compile(rf"{_SIGNS}(?:{_SMALL}|{_WORD})")
_BEFORE = re.compile(
    rf"(?:(?<![a-z])(?P<roman>iii|ii|iv|vi|v|i)|(?<![\d.,:/])(?P<digit>[1-6]))"
    rf"(?:st|nd|rd|th|er|e|-?{LETTER}{{1,2}})?{_SIGNS}$"
    rf"|(?<!{LETTER}){_WORD}[\s\u00a0-]+$"
)
_HAN = re.compile(r"(?:(?<![a-z])(?P<roman>iii|ii|iv|vi|v|i)[abc]?|(?<![\d.,:/])(?P<digit>[1-6])"
                  r"|(?P<word>[一二三四五六]))[\s]*$")  # fmt: skip
_WIDEST = 24  # letters before a word in which its numeral is looked for


@dataclass(frozen=True, slots=True)
class _Degree:
    start: int
    end: int
    value: int
    digit: bool


@cache
def _labels(language: Language) -> re.Pattern[str] | None:
    words = tomllib.loads((DATA / "degrees.toml").read_text()).get(language.code)
    if words is None:
        return None
    prefix = ARABIC_PREFIX if language.script == "Arab" else ""
    return re.compile(expression(words, spaced=language.spaced, prefix=prefix))


class Degrees:
    """Compares the degrees of sentences in two languages."""

    def __init__(self, original: Language, translation: Language) -> None:
        self.languages = original, translation

    def __call__(self, pair: Pair) -> list[Said]:
        """Return the first degree that differs, where both sides name as many of them. Digits on
        both sides are compared as numbers."""
        ours, theirs = (
            [each for segment in segments for each in _degrees(segment, language)]
            for segments, language in zip(
                (pair.original, pair.translation), self.languages, strict=True
            )
        )
        if len(ours) != len(theirs):
            return []
        gone = list((Counter(d.value for d in ours) - Counter(d.value for d in theirs)).elements())
        came = list((Counter(d.value for d in theirs) - Counter(d.value for d in ours)).elements())
        if not gone:
            return []
        one = next(each for each in ours if each.value == gone[0])
        other = next(each for each in theirs if each.value == came[0])
        if one.digit and other.digit:
            return []
        if one.value in _numbers(pair.translation) and other.value in _numbers(pair.original):
            return []  # "second- and third-degree": both are there, one without its word
        return [("number-differs", _cue(one), _cue(other), _SURE)]


def _numbers(segments: tuple[Segment, ...]) -> set[float]:
    """Return every number that some sentences say, in digits or words."""
    return {
        value
        for segment in segments
        for each in (*segment.quantities, *segment.words)
        for value in each.values
    }


def _cue(degree: _Degree) -> Cue:
    return Cue(degree.start, degree.end, "degree")


def _degrees(segment: Segment, language: Language) -> Iterator[_Degree]:
    labels = _labels(language)
    if labels is None:
        return
    for label in labels.finditer(segment.text):
        found = _HAN.search(segment.text[max(0, label.start() - _WIDEST) : label.start()])
        shift = max(0, label.start() - _WIDEST)
        if language.spaced:
            found, shift = _BEHIND.match(segment.text[label.end() :]), label.end()
            if found is None or _value(found, language) is None:
                shift = max(0, label.start() - _WIDEST)
                found = _BEFORE.search(segment.text[shift : label.start()])
        if found is None or (value := _value(found, language)) is None:
            continue
        places = [label.start(), label.end(), shift + found.start(), shift + found.end()]
        yield _Degree(
            segment.start + min(places), segment.start + max(places), value,
            digit=found["digit"] is not None,
        )  # fmt: skip


def _value(found: re.Match[str], language: Language) -> int | None:
    if found["roman"]:
        return _ROMANS[found["roman"]]
    if found["digit"]:
        return int(found["digit"])
    known = language.value_of(found["word"])
    if known is None or known[0] != int(known[0]) or not 1 <= known[0] <= _MOST:
        return None
    return int(known[0])
