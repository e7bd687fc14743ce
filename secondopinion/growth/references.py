"""The published references: which numbers describe children of an age and sex (`data/*.txt`)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent / "data"
DAYS_IN_MONTH = 30.4375  # as WHO and CDC count: 365.25 / 12


class Measure(StrEnum):
    """What is measured."""

    WEIGHT = "weight"  # kg
    HEIGHT = "height"  # cm; lying in the first two years
    BMI = "bmi"  # kg/m²
    HEAD = "head"  # cm


class Reference(StrEnum):
    """Whose children are the measure."""

    WHO = "who"
    CDC = "cdc"


class LMS(NamedTuple):
    """A distribution by Cole's method: power, median, coefficient of variation."""

    power: float
    median: float
    variation: float


@dataclass(frozen=True, slots=True)
class Table:
    """One reference of one measure for one sex: a row for each day or month from `first` on."""

    unit: str  # days or months
    first: float
    rows: tuple[LMS, ...]

    def at(self, days: float) -> LMS | None:
        """Return the distribution at an age in days, between two rows in proportion."""
        place = (days if self.unit == "days" else days / DAYS_IN_MONTH) - self.first
        if not 0 <= place <= len(self.rows) - 1:
            return None
        below = int(place)
        share = place - below
        one = self.rows[below]
        if not share:
            return one
        other = self.rows[below + 1]
        return LMS(*(a + share * (b - a) for a, b in zip(one, other, strict=True)))

    @property
    def span(self) -> tuple[float, float]:
        """The ages in days at which it begins and ends."""
        factor = 1 if self.unit == "days" else DAYS_IN_MONTH
        return self.first * factor, (self.first + len(self.rows) - 1) * factor


# The standards to 5 years come first: the reference for older children begins where they end.
_FILES = {Reference.WHO: ("who-2006.txt", "who-2007.txt"), Reference.CDC: ("cdc-2000.txt",)}


@cache
def _read(name: str) -> dict[tuple[str, str], Table]:
    heads: list[list[str]] = []
    rows: list[list[LMS]] = []
    for line in (DATA / name).read_text().splitlines():
        if line.startswith("#"):
            continue
        words = line.split()
        if words[0].isalpha():
            heads.append(words)
            rows.append([])
        else:
            rows[-1].append(LMS(*map(float, words)))
    return {
        (measure, sex): Table(unit, float(first), tuple(found))
        for (measure, sex, unit, first), found in zip(heads, rows, strict=True)
    }


def tables(reference: Reference, measure: Measure, sex: str) -> list[Table]:
    """Return the tables of a reference for a measure and a sex ("F" or "M"), youngest first."""
    found = (_read(name).get((measure, sex)) for name in _FILES[reference])
    return [table for table in found if table]


def lms(reference: Reference, measure: Measure, sex: str, days: float) -> LMS | None:
    """Return the distribution at an age in days, or nothing where the reference has none."""
    for table in tables(reference, measure, sex):
        if found := table.at(days):
            return found
    return None


def span(reference: Reference, measure: Measure, sex: str) -> tuple[float, float] | None:
    """Return the ages in days between which a reference describes a measure."""
    spans = [table.span for table in tables(reference, measure, sex)]
    return (spans[0][0], spans[-1][1]) if spans else None
