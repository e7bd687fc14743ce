"""A chart of centiles as it is drawn: curves, ticks and points, placed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from secondopinion.growth import references, scores
from secondopinion.growth.references import DAYS_IN_MONTH, Measure, Reference

WIDTH, HEIGHT = 320, 230
LEFT, RIGHT, TOP, BOTTOM = 34, 26, 8, 34
CENTILES = (3, 15, 50, 85, 97)
STEPS = 48  # pieces of a curve
YEAR = 12 * DAYS_IN_MONTH
# Years at which a chart may begin and end; the shortest that holds every point is drawn.
STARTS, STOPS = (0, 2, 5, 10), (1, 2, 5, 10, 15, 20)
LINE = 10  # the least distance of two words


class Mark(NamedTuple):
    """A word at a place of a drawing."""

    x: str
    y: str
    label: str


class Dot(NamedTuple):
    """A value at an age in days, and its words."""

    days: int
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that stands in the picture, in units of its own."""

    axis: str
    curves: list[str]
    names: list[Mark]
    ages: list[Mark]
    values: list[Mark]
    points: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    right: int = WIDTH - RIGHT


def drawing(measure: Measure, sex: str, reference: Reference, dots: Sequence[Dot]) -> Drawing:
    """Draw values that the reference describes among its curves."""
    start, stop = _ages(references.span(reference, measure, sex), [each.days for each in dots])
    curves = {
        centile: list(_curve(measure, sex, reference, centile, (start, stop)))
        for centile in CENTILES
    }
    values = [value for curve in curves.values() for _days, value in curve]
    values += [each.value for each in dots]
    tick = _tick(min(values), max(values))
    low, high = math.floor(min(values) / tick) * tick, math.ceil(max(values) / tick) * tick

    def x(days: float) -> str:
        return f"{LEFT + (days - start) / (stop - start) * (WIDTH - LEFT - RIGHT):.1f}"

    def y(value: float) -> str:
        return f"{HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM):.1f}"

    months = stop - start <= 2 * YEAR + 1
    unit = DAYS_IN_MONTH if months else YEAR
    ages = range(math.ceil(start / unit), int(stop / unit) + 1)
    every = next(step for step in (1, 2, 3, 6, 12) if len(ages) / step <= 11)
    lines = [low + place * tick for place in range(round((high - low) / tick) + 1)]
    bottom = str(HEIGHT - BOTTOM)
    return Drawing(
        axis=_("Age in months") if months else _("Age in years"),
        curves=[
            "M" + "L".join(f"{x(days)} {y(value)}" for days, value in curve)
            for curve in curves.values()
        ],
        names=list(_named(x(stop), {key: y(curve[-1][1]) for key, curve in curves.items()})),
        ages=[Mark(x(age * unit), bottom, str(age)) for age in ages if not age % every],
        values=[Mark(str(LEFT), y(value), f"{value:g}") for value in lines],
        points=[Mark(x(each.days), y(each.value), each.label) for each in dots],
    )


def _ages(span: tuple[float, float] | None, days: Sequence[int]) -> tuple[float, float]:
    begins, ends = span or (0, 0)
    spans = [(start, stop) for start in STARTS for stop in STOPS if stop > start]
    for start, stop in sorted(spans, key=lambda each: each[1] - each[0]):
        first, last = max(start * YEAR, begins), min(stop * YEAR, ends)
        if first <= min(days) and max(days) <= last:
            return first, last
    return begins, ends


def _named(x: str, places: dict[int, str]) -> Iterator[Mark]:
    """Write the name of each curve at its end, one above the other where they would overlap."""
    below = math.inf
    for centile, place in places.items():
        below = min(float(place), below - LINE)
        yield Mark(x, f"{below:.1f}", str(centile))


def _curve(
    measure: Measure, sex: str, reference: Reference, centile: float, span: tuple[float, float]
) -> Iterator[tuple[float, float]]:
    z = scores.z_of_centile(centile)
    for place in range(STEPS + 1):
        days = span[0] + (span[1] - span[0]) * place / STEPS
        found = references.lms(reference, measure, sex, days)
        if found:
            yield days, scores.value_at(z, found)


def _tick(low: float, high: float) -> float:
    """Return a round distance of lines, such that there are about six."""
    raw = (high - low) / 6 or 1
    ten = 10 ** math.floor(math.log10(raw))
    return float(next(step * ten for step in (1, 2, 5, 10) if step * ten >= raw))
