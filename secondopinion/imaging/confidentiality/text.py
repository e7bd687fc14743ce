"""Finds where text is drawn into a picture. Runs inside the sandbox.

Text is thin strokes that stand out from all around them, in shapes that stand in a line as letters
do. What they say is not read. Up to four letters alone are left: sides and directions (L, R, LT, A)
are marked so, and LEFT.
"""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

LETTER = (5, 48)  # pixels in height
LINE = 4  # letters in a row make a line
MOST_SHAPES = 4000
_CLOSE, _NEAR, _REACH = 2.0, 2.5, 4.0  # heights of a letter: to its neighbour, to the next word
_WORD, _LONG, _SHORT = 5, 7, 3  # letters that are a word, a long one; that may be one
_STROKES = ((13, (0.45, 0.3)), (25, (0.3,)))  # pixels a stroke is narrower than; shares of the span
_MOST_INK = 0.15


@dataclass(frozen=True, slots=True)
class Shape:
    """A connected shape: its middle row and column, its size, its edge."""

    row: float
    column: float
    tall: int
    wide: int
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Box:
    """A region of a picture, in pixels, right and bottom not included; and how many letters."""

    left: int
    top: int
    right: int
    bottom: int
    letters: int = 0

    @property
    def plain(self) -> tuple[int, ...]:
        """Return it as plain values."""
        return (self.left, self.top, self.right, self.bottom, self.letters)

    def overlap(self, other: "Box") -> float:
        """Return the share of both that is common."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        if wide <= 0 or high <= 0:
            return 0.0
        common = wide * high
        return common / (self.area + other.area - common)

    @property
    def area(self) -> int:
        """Return how many pixels it has."""
        return (self.right - self.left) * (self.bottom - self.top)


def lines(mask: np.ndarray, *, bars: bool = False) -> list[list[Shape]]:
    """Return the shapes of a mask that could be letters, line by line, each from left to right;
    with `bars` upright ones too, as an I is."""
    import cv2

    count, _labels, stats, centres = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    shapes = []
    for at in range(1, min(count, MOST_SHAPES)):
        left, top, wide, tall, area = (int(each) for each in stats[at])
        filled = area / max(1, wide * tall)
        drawn = 0.12 <= filled <= 0.95 or (bars and filled > 0.95 and 2 * wide <= tall)
        if LETTER[0] <= tall <= LETTER[1] and wide <= 2 * tall and drawn:
            shapes.append(
                Shape(float(centres[at][1]), float(centres[at][0]), tall, wide, left, top)
            )
    shapes.sort(key=lambda each: (each.row, each.column, each.tall, each.wide))
    found = []
    while shapes:
        first = shapes[0]
        line = [
            each for each in shapes
            if abs(each.row - first.row) <= 0.5 * first.tall
            and 0.6 <= each.tall / first.tall <= 1.7
        ]  # fmt: skip
        found.append(sorted(line, key=lambda each: each.column))
        taken = set(line)
        shapes = [each for each in shapes if each not in taken]
    return found


def runs(line: list[Shape], near: float = _NEAR) -> list[list[Shape]]:
    """Split a line where its letters stand further apart than `near` heights."""
    made = [[line[0]]]
    for one, other in pairwise(line):
        if other.column - one.column <= near * max(one.tall, other.tall):
            made[-1].append(other)
        else:
            made.append([other])
    return made


def longest(line: list[Shape]) -> int:
    """Return how many letters the longest run of a line has; 0 when it is too short to be text."""
    most = max(map(len, runs(line)))
    return most if most >= LINE else 0


def boxes(array: np.ndarray) -> list[Box]:
    """Return where text stands in a frame: rows × columns, or rows × columns × 3."""
    grey = array.astype(np.float32)
    if grey.ndim == 3:
        grey = grey[..., :3].mean(axis=2)
    found: list[Box] = []
    for mask in _masks(grey):
        for box in _in_mask(mask):
            if all(box.overlap(each) < 0.5 for each in found):
                found.append(box)
    return found


def _masks(grey: np.ndarray) -> list[np.ndarray]:
    """Return what stands out as thin strokes do: brighter or darker than all around it, within a
    stroke's reach (top-hat and black-hat)."""
    import cv2

    span = float(grey.max()) - float(grey.min())
    if span <= 0 or min(grey.shape) < 16:
        return []
    masks = []
    for kind in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
        for reach, shares in _STROKES:
            strokes = cv2.morphologyEx(grey, kind, np.ones((reach, reach), np.uint8))
            masks += [strokes >= span * share for share in shares]
    return [mask for mask in masks if 0 < mask.mean() < _MOST_INK]


def _in_mask(mask: np.ndarray) -> list[Box]:
    found: list[Box] = []
    short: list[list[Shape]] = []
    for line in lines(mask, bars=True):
        for run in runs(line, _REACH):
            if any(_even(each) for each in runs(run, _CLOSE)):
                found.append(_around(run, mask.shape))
            elif len(run) == _SHORT:
                short.append(run)
    # Three letters are a marker or a short name: a name where they stand by other text.
    for run in short:
        box = _around(run, mask.shape)
        tall = box.bottom - box.top
        near = Box(box.left - 4 * tall, box.top - tall, box.right + 4 * tall, box.bottom + tall)
        if any(near.overlap(each) > 0 for each in found):
            found.append(box)
    return found


def _even(run: list[Shape]) -> bool:
    """Say whether shapes are as tall as each other and stand on one line, as letters do."""
    if len(run) < _WORD:
        return False
    tall = median(each.tall for each in run)
    ground = median(each.top + each.tall for each in run)
    alike = sum(0.7 <= each.tall / tall <= 1.45 for each in run)
    standing = sum(abs(each.top + each.tall - ground) <= max(1, 0.15 * tall) for each in run)
    # A short word must be very like one; in a long one some letters may touch or hang.
    like, ground_share = (1.0, 0.8) if len(run) < _LONG else (0.8, 0.6)
    return alike >= like * len(run) and standing >= ground_share * len(run)


def _around(run: list[Shape], shape: tuple[int, ...]) -> Box:
    """Return the box of a run with room for accents, tails and soft edges."""
    tall = max(each.tall for each in run)
    room = max(2, round(tall * 0.4))
    return Box(
        max(0, min(each.left for each in run) - room),
        max(0, min(each.top for each in run) - room),
        min(shape[1], max(each.left + each.wide for each in run) + room),
        min(shape[0], max(each.top + each.tall for each in run) + room),
        len(run),
    )
