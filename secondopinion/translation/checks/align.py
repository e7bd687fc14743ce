"""Which sentences of a translation belong to which of its original.

Lengths alone go astray when a line is lost (Gale and Church, 1993), so sentences are held together
by what does not change in a translation too: numbers, dates, medicines, names by their sound, and a
small list of medical words. The best path is found by dynamic programming in a band around the
diagonal. Where both texts have as many lines, one that stands in the same line is likelier.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from secondopinion.translation.checks.reading import Segment, View

# Letters that a language takes for one of English (measured here).
_WIDTH = {"en": 1.0, "es": 1.1, "fr": 1.12, "pt": 1.06, "de": 1.12, "ru": 1.06, "ar": 0.82,
          "zh": 0.36, "hi": 0.8, "tr": 1.0}  # fmt: skip
_SHAPES = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (2, 2), (3, 1), (1, 3))
_GAP = -0.6
_MERGE = -0.95
_SAME_ROW = 1.0
_BEGINS_ROW = 0.3
_SAME_PLACE = 0.5  # the third of four sentences in both lines


@dataclass(frozen=True, slots=True)
class Pair:
    """Sentences of the original, and those of the translation that say it; either may lack."""

    original: tuple[Segment, ...]
    translation: tuple[Segment, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Scale:
    left: float
    right: float
    weights: dict[str, float]
    by_row: bool
    places: dict[int, tuple[int, int]]  # of each segment in its line, and how many it has


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Sentences that stand together, with what all of them name, how much that is, and their
    letters."""

    segments: tuple[Segment, ...]
    features: Counter[str]
    mass: float
    letters: int


def _places(segments: list[Segment]) -> dict[int, tuple[int, int]]:
    count = Counter(each.row for each in segments)
    seen: Counter[int] = Counter()
    found = {}
    for each in segments:
        seen[each.row] += 1
        found[id(each)] = (seen[each.row], count[each.row])
    return found


def _weights(original: View, translation: View) -> dict[str, float]:
    """Weigh what is rare more: a number that stands once says more than one in every line."""
    seen: Counter[str] = Counter()
    for view in (original, translation):
        for segment in view.segments:
            seen.update(set(segment.features))
    return {name: 1 / math.sqrt(count) for name, count in seen.items()}


def _widths(original: View, translation: View) -> tuple[float, float]:
    """Return what makes English letters of the letters of each side, as these two texts go."""
    left = 1 / _WIDTH.get(original.language.code, 1.0)
    right = 1 / _WIDTH.get(translation.language.code, 1.0)
    one = sum(each.size for each in original.segments) * left
    other = sum(each.size for each in translation.segments) * right
    if not one or not other:
        return left, right
    return left * min(1.2, max(0.85, other / one)), right


def _mass(features: Counter[str], weights: dict[str, float]) -> float:
    """Return how much a stretch names. What only one script can show (a word's sound) must not
    count against the other."""
    return sum(
        n * weights[k] * (0.25 if k.startswith("w:") else 0.6 if k[0] in "ts" else 1.0)
        for k, n in features.items()
    )


def _stretches(
    segments: list[Segment], weights: dict[str, float]
) -> Callable[[int, int], _Stretch]:
    """Return what gives so many sentences before a place, read once."""
    masses = [_mass(each.features, weights) for each in segments]

    @cache
    def of(end: int, many: int) -> _Stretch:
        these = tuple(segments[end - many : end])
        return _Stretch(
            these, _together(these), sum(masses[end - many : end]), sum(s.size for s in these)
        )

    return of


def _alike(one: _Stretch, other: _Stretch, weights: dict[str, float]) -> float:
    """Return how much of what two stretches name is the same, from 0 to 1."""
    total = one.mass + other.mass
    if not total:
        return 0.0
    first, second = one.features, other.features
    # In the order of the original: a sum must not depend on the order of a set.
    shared = [name for name in first if name in second]
    both = sum(min(first[name], second[name]) * weights[name] for name in shared)
    return min(1.0, 2 * both / total)


def _together(segments: tuple[Segment, ...]) -> Counter[str]:
    if len(segments) == 1:
        return segments[0].features
    together: Counter[str] = Counter()
    for each in segments:
        together.update(each.features)
    return together


def _score(one: _Stretch, other: _Stretch, scale: _Scale) -> float:
    left = one.letters * scale.left
    right = other.letters * scale.right
    off = abs(math.log((right + 5) / (left + 5)))
    trust = min(1.0, (left + right) / 50)
    row = _by_rows(one.segments, other.segments, scale)
    length = 0.45 + row - min(2.6, 3.2 * off * off) * trust
    return 2.6 * _alike(one, other, scale.weights) + length


def _by_rows(one: tuple[Segment, ...], other: tuple[Segment, ...], scale: _Scale) -> float:
    """Return what the rows say: the same one where both texts have as many, else whether both
    stretches begin one."""
    (place, of), (there, many) = scale.places[id(one[0])], scale.places[id(other[0])]
    if not scale.by_row:
        return _BEGINS_ROW if place == there == 1 else -_BEGINS_ROW * ((place == 1) != (there == 1))
    if one[0].row != other[0].row:
        return 0.0
    placed = (place, of) == (there, many) and len(one) == len(other)
    return _SAME_ROW + (_SAME_PLACE if placed else 0.0)


def _count(view: View) -> tuple[int, int]:
    """Return how many rows and lines with a sentence a text has."""
    return len({each.row for each in view.segments}), len({each.line for each in view.segments})


def lacking(original: View, translation: View) -> dict[int, float]:
    """Return by row which share of its letters the translation falls short of, where both texts
    have as many rows: a sentence that finds no partner in a full row was put otherwise."""
    if _count(original) != _count(translation):
        return {}
    left, right = _widths(original, translation)
    ours, theirs = sizes(original), sizes(translation)
    return {row: 1 - theirs[row] * right / (size * left) for row, size in ours.items() if size}


def sizes(view: View) -> Counter[int]:
    """Return the letters of each row."""
    found: Counter[int] = Counter()
    for each in view.segments:
        found[each.row] += each.size
    return found


def align(original: View, translation: View) -> list[Pair]:
    """Return the pairs of sentences in their order, gaps included."""
    ones, others = original.segments, translation.segments
    by_row = _count(original) == _count(translation)
    weights = _weights(original, translation)
    places = _places(ones) | _places(others)
    scale = _Scale(*_widths(original, translation), weights, by_row, places)
    ours, theirs = _stretches(ones, weights), _stretches(others, weights)
    n, m = len(ones), len(others)
    band = max(24, abs(n - m) + 16)

    @cache
    def score(i: int, a: int, j: int, b: int) -> float:
        if not a:
            return _GAP * b
        if not b:
            return _GAP * a
        merged = _MERGE * (a + b - 2)
        return _score(ours(i, a), theirs(j, b), scale) + merged

    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(n + 1):
        middle = round(i * m / n) if n else 0
        for j in range(max(0, middle - band), min(m, middle + band) + 1):
            for a, b in _SHAPES:
                before = best.get((i - a, j - b))
                if before is None:
                    continue
                value = before[0] + score(i, a, j, b)
                if (i, j) not in best or value > best[i, j][0]:
                    best[i, j] = (value, (a, b))
    pairs = []
    i, j = n, m
    while i or j:
        a, b = best[i, j][1]
        pairs.append(Pair(tuple(ones[i - a : i]), tuple(others[j - b : j]), score(i, a, j, b)))
        i, j = i - a, j - b
    return pairs[::-1]
