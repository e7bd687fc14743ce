"""Laboratory values as pages show them: in all units, against their range, drawn over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from secondopinion.records.laboratory import Analyte, analytes, shortened
from secondopinion.records.models import LabValue


@dataclass(frozen=True, slots=True)
class Size:
    """How large a plot is drawn, and what is free at its edges."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


LARGE, SMALL = Size(540, 170, 44, 12, 10, 26), Size(96, 28, 5, 5, 5, 5)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the table shows it: in its own unit, in the others, and against its range."""

    row: LabValue
    name: str
    text: str
    others: list[tuple[str, str]]
    range: str
    standing: str  # "low", "high" or ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Values over time in one unit; the band is the range of the latest one."""

    points: list[tuple[str, str, str]]
    line: str
    band: tuple[str, str] | None  # its top and its height
    ticks: list[tuple[str, str]]
    days: list[tuple[str, date, str]]
    size: Size

    @property
    def right(self) -> int:
        """Where the lines end."""
        return self.size.width - self.size.right

    @property
    def inner(self) -> int:
        """How wide what is drawn is."""
        return self.right - self.size.left


@dataclass(frozen=True, slots=True)
class Series:
    """All values of one kind."""

    analyte: Analyte
    values: list[Value] = field(default_factory=list)
    plot: Plot | None = None

    @property
    def last(self) -> Value:
        """The newest one."""
        return self.values[-1]


def series_of(values: Iterable[LabValue], size: Size = LARGE) -> list[Series]:
    """Return values, which come by what they are and by day, as series by name."""
    found = []
    for key, rows in groupby(values, key=lambda row: row.analyte):
        kind, group = analytes()[key], list(rows)
        found.append(Series(kind, [value_of(row) for row in group], _plot(kind, group, size)))
    return sorted(found, key=lambda each: each.analyte.name)


def doubtful_first(found: list[Series]) -> list[Series]:
    """Return series with those first whose newest value lies outside its range."""
    return sorted(found, key=lambda each: not each.last.standing)


def value_of(row: LabValue) -> Value:
    """Return a value as it is shown."""
    kind = analytes()[row.analyte]
    standing = ""
    if row.low is not None and row.value < row.low:
        standing = "low"
    elif row.high is not None and row.value > row.high:
        standing = "high"
    return Value(
        row, kind.name, f"{row.value.normalize():f}", kind.others(row.value, row.unit),
        span(row.low, row.high), standing,
    )  # fmt: skip


def span(low: Decimal | None, high: Decimal | None) -> str:
    """Return a range as it is printed; "" where there is none."""
    if low is not None and high is not None:
        return f"{shortened(low)}–{shortened(high)}"
    if low is not None:
        return f"≥ {shortened(low)}"
    return f"≤ {shortened(high)}" if high is not None else ""


def _plot(kind: Analyte, rows: Sequence[LabValue], size: Size) -> Plot | None:
    """Draw values of at least two days."""
    first, last = rows[0].taken_on, rows[-1].taken_on
    if first == last:
        return None
    values = [kind.in_base(row.value, row.unit) for row in rows]
    ends = [
        kind.in_base(end, rows[-1].unit) if end is not None else None
        for end in (rows[-1].low, rows[-1].high)
    ]
    all_of_them = [*values, *(end for end in ends if end is not None)]
    low, high = min(all_of_them), max(all_of_them)
    room = (high - low) / 10 or Decimal(1)
    low, high = max(Decimal(0), low - room), high + room

    def x(day: date) -> str:
        across = size.width - size.left - size.right
        return f"{size.left + (day - first).days / (last - first).days * across:.1f}"

    def y(value: Decimal) -> float:
        down = size.height - size.top - size.bottom
        return size.height - size.bottom - float((value - low) / (high - low)) * down

    points = [
        (x(row.taken_on), f"{y(value):.1f}", f"{shortened(value)} {kind.base}")
        for row, value in zip(rows, values, strict=True)
    ]
    band = None
    if any(end is not None for end in ends):
        bottom, top = ends[0] if ends[0] is not None else low, ends[1] or high
        band = (f"{y(top):.1f}", f"{y(bottom) - y(top):.1f}")
    return Plot(
        points=points,
        line="M" + "L".join(f"{across} {down}" for across, down, _label in points),
        band=band,
        ticks=[(f"{y(each):.1f}", shortened(each)) for each in (low, (low + high) / 2, high)],
        days=[(x(first), first, "start"), (x(last), last, "end")],
        size=size,
    )
