"""What of a pair is still to be matched, and where a number may lack the unit of the other."""

from dataclasses import dataclass, field

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.dates import DateMention
from secondopinion.translation.checks.languages import WORD
from secondopinion.translation.checks.numbers import Quantity

_MOST_SEVERE = 4
_SPELT = 4  # letters of a unit that is no abbreviation
NEXT = 12  # letters within which the next number of a range or a change begins


@dataclass(slots=True)
class Bench:
    """What of one pair is still to be matched, on both sides."""

    pair: Pair
    left: list[Quantity] = field(default_factory=list)
    right: list[Quantity] = field(default_factory=list)
    left_words: list[Quantity] = field(default_factory=list)
    right_words: list[Quantity] = field(default_factory=list)
    left_dates: list[DateMention] = field(default_factory=list)
    right_dates: list[DateMention] = field(default_factory=list)

    @property
    def context(self) -> str:
        """The folded text of both sides."""
        return " ".join(each.text for each in (*self.pair.original, *self.pair.translation))

    @property
    def whole(self) -> bool:
        """Whether both sides are there."""
        return bool(self.pair.original and self.pair.translation)


def bench_of(pair: Pair) -> Bench:
    """Return the bench of a pair with nothing matched yet."""
    bench = Bench(pair)
    for segments, side in ((pair.original, "left"), (pair.translation, "right")):
        for segment in segments:
            getattr(bench, side).extend(segment.quantities)
            getattr(bench, f"{side}_words").extend(segment.words)
            getattr(bench, f"{side}_dates").extend(segment.dates)
    return bench


def may_lack_unit(bench: Bench, one: Quantity, other: Quantity) -> bool:
    """Say whether one of two equal numbers may do without the unit of the other."""
    return bool(
        one.prefix or other.prefix or one.unread or other.unread
        or _of_fever(one, other)
        or _grade(one, other)
        or _unit_follows(bench, one, other)
        or _elsewhere(bench, one, other)
        or _counts(bench, one, other)
    )  # fmt: skip


def _of_fever(one: Quantity, other: Quantity) -> bool:
    """Say whether it is the temperature of a body, whose unit is often left out."""
    unit = one.unit or other.unit
    return unit is not None and unit.top in {"degc", "deg"} and 30 <= one.values[0] <= 43


def _grade(one: Quantity, other: Quantity) -> bool:
    """Say whether it is a grade: 度 counts degrees, and how severe something is."""
    unit = one.unit or other.unit
    return unit is not None and unit.top == "deg" and one.values[0] in range(1, _MOST_SEVERE + 1)


def _elsewhere(bench: Bench, one: Quantity, other: Quantity) -> bool:
    """Say whether the missing unit stands in that sentence beside another number, and not twice:
    "25 kilos, another said 30"."""
    bare, unit = (one, other.unit) if one.unit is None else (other, one.unit)
    segments = bench.pair.original if bare is one else bench.pair.translation
    return any(
        each.unit == unit and each.end <= bare.start
        for segment in segments for each in segment.quantities
    )  # fmt: skip


def _unit_follows(bench: Bench, one: Quantity, other: Quantity) -> bool:
    """Say whether the next number has the missing unit: "from 600 to 700 mg" is said of both."""
    bare, unit = (one, other.unit) if one.unit is None else (other, one.unit)
    segments = bench.pair.original if bare is one else bench.pair.translation
    after = [
        each for segment in segments for each in segment.quantities
        if bare.end <= each.start <= bare.end + NEXT
    ]  # fmt: skip
    return bool(after) and after[0].unit == unit


def _counts(bench: Bench, one: Quantity, other: Quantity) -> bool:
    """Say whether the unit is the word "units" spelt out: another language counts "exchanges"."""
    bearer, segments = (one, bench.pair.original) if one.unit else (other, bench.pair.translation)
    if bearer.unit is None or bearer.unit.top != "iu":
        return False
    said = "".join(
        segment.text[bearer.start - segment.start : bearer.end - segment.start]
        for segment in segments
        if segment.start <= bearer.start < segment.end
    )
    words = [word for word in WORD.findall(said) if word.isalpha()]
    return bool(words) and len(words[0]) >= _SPELT
