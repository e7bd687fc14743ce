"""Places on a page, as shares of its width and height. Free of Django: the sandbox needs it."""

from dataclasses import dataclass

type Box = tuple[float, float, float, float]  # left, top, right, bottom, each from 0 to 1


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its text, confidence (0 to 100), and box in pixels of the picture that was read:
    left, top, width, height."""

    text: str
    sure: float
    box: tuple[int, int, int, int]
    line: int


def turned(box: Box, quarters: int) -> Box:
    """Return a box on the page that was turned to the right by some quarters."""
    left, top, right, bottom = box
    for _quarter in range(quarters % 4):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return left, top, right, bottom


def short(box: Box) -> list[float]:
    """Return a box as it is kept: within the page, to a ten thousandth of it."""
    return [round(min(1.0, max(0.0, each)), 4) for each in box]
