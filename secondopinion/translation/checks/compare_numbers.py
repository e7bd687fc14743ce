"""Numbers, units and dates of matching sentences compared."""

import re
from collections.abc import Callable
from itertools import pairwise

from secondopinion.translation.checks import marks
from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.bench import NEXT, Bench, bench_of, may_lack_unit
from secondopinion.translation.checks.dates import DateMention, Day
from secondopinion.translation.checks.found import Mismatch, mismatch
from secondopinion.translation.checks.numbers import Quantity
from secondopinion.translation.checks.reading import Segment, View
from secondopinion.translation.checks.units import converts, related, unit_at

_COUNTED = {"a", "mo", "wk", "d", "h", "min", "s", "iu"}
_RHYTHMS = {4.0: 6.0, 6.0: 4.0, 8.0: 3.0, 12.0: 2.0}  # hours between: times a day
_DAILY = re.compile(r"(?:daily|taglich|يوميا|gunde)$")
_REACH = 2  # pairs around one in which a number that was moved is looked for


# A day without its year, in many languages: "28.10", "05.11".
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])")
Fit = Callable[[Quantity, Quantity], bool]


def _take(bench: Bench, fit: Fit) -> list[tuple[Quantity, Quantity]]:
    """Pair off the quantities that fit, in their order."""
    taken = []
    for one in list(bench.left):
        other = next((each for each in bench.right if fit(one, each)), None)
        if other is not None:
            bench.left.remove(one)
            bench.right.remove(other)
            taken.append((one, other))
    return taken


def _related(*kinds: str) -> Fit:
    return lambda one, other: one.meets(other) and related(one.unit, other.unit) in kinds


def _exact(one: Quantity, other: Quantity) -> bool:
    same = (one.unit is None) == (other.unit is None) and related(one.unit, other.unit) == "same"
    return same and one.meets(other)


def _giga(one: Quantity, other: Quantity) -> bool:
    """Say whether one is written as French does: 4,1 G/L are 4.1 × 10⁹ cells in a litre."""
    for few, many in ((one, other), (other, one)):
        if (
            few.unit is not None
            and many.unit is not None
            and (few.unit.top, few.unit.per) == ("g", ("l",))
            and not many.unit.top
            and abs(few.values[0] * 1e9 - many.values[0]) <= 1e6
        ):
            return True
    return False


class Numbers:
    """Compares the numbers of all pairs; what was moved to a neighbour is found there."""

    def __init__(self, original: View, translation: View, pairs: list[Pair]) -> None:
        self.original, self.translation = original, translation
        self.benches = [bench_of(pair) for pair in pairs]
        self.found: list[Mismatch] = []

    def run(self) -> list[Mismatch]:
        """Return the mismatches."""
        for bench in self.benches:
            self._dates(bench)
            self._equal(bench)
        self._moved()
        for bench in self.benches:
            if bench.whole:
                self._unequal(bench)
        return self.found

    def _say(
        self, kind: str, one: Quantity | DateMention | None, other: Quantity | DateMention | None,
        confidence: float,
    ) -> None:  # fmt: skip
        left = self.original.place(one.start, one.end) if one else None
        right = self.translation.place(other.start, other.end) if other else None
        told = {
            name: place.text
            for name, place in (("original", left), ("translation", right))
            if place is not None
        }
        self.found.append(mismatch(kind, left, right, confidence, **told))

    def _dates(self, bench: Bench) -> None:
        for one in list(bench.left_dates):
            other = next(
                (d for d in bench.right_dates if any(a.fits(b) for a in one.days for b in d.days)),
                None,
            )
            if other is None:
                continue
            bench.left_dates.remove(one)
            bench.right_dates.remove(other)
            ours, theirs = _meant(one, self.original), _meant(other, self.translation)
            if not any(a.fits(b) for a in ours for b in theirs):
                self._say("date-differs", one, other, 0.75)
            elif other.ambiguous and one.ambiguous and self.translation.language.mixed_order:
                self._say("date-ambiguous", one, other, 0.5)

    def _equal(self, bench: Bench) -> None:
        """Match what is the same, then what is the same in other words."""
        # Those with the same unit first: 3 minutes are not the 3 of "3 per second".
        for one, other in (*_take(bench, _exact), *_take(bench, _related("same"))):
            self._copied(one, other)
        self._conversions(bench)
        for one, other in _take(bench, _related("missing")):
            if not may_lack_unit(bench, one, other):
                self._say("unit-missing", one, other, 0.6)
        self._spelt(bench)
        self._rhythms(bench)
        self._split(bench)

    def _rhythms(self, bench: Bench) -> None:
        """Take away hours that say how often something is done in a day: every 12 hours is twice,
        and neither every 2 hours nor 2 days."""
        for mine, others, words, view in (
            (bench.left, bench.right, bench.right_words, self.translation),
            (bench.right, bench.left, bench.left_words, self.original),
        ):
            for one in [each for each in mine if _tops(each) == ("h",)]:
                times = _RHYTHMS.get(one.values[0])
                same = [each for each in (*words, *others)
                        if times in each.values and _counts_times(each, view)]  # fmt: skip
                if same:
                    mine.remove(one)
                    (words if same[0] in words else others).remove(same[0])

    def _copied(self, one: Quantity, other: Quantity) -> None:
        if one.digits != other.digits or not marks.in_two_ways(one):
            return
        left, right = self.original.mark, self.translation.mark
        if left and right and marks.meant(one, left) != marks.meant(other, right):
            self._say("number-copied", one, other, 0.7)
        elif not right and one.values[0] != other.values[0]:
            self._say("number-ambiguous", one, other, 0.5)

    def _conversions(self, bench: Bench) -> None:
        def fit(one: Quantity, other: Quantity) -> bool:
            if one.unit is None or other.unit is None or one.unit == other.unit:
                return False
            return related(one.unit, other.unit) == "convertible" and any(
                converts(a, one.unit, b, other.unit, bench.context)
                for a in one.values
                for b in other.values
            )

        for one, other in _take(bench, fit):
            self._say("converted", one, other, 0.9)
        _take(bench, _giga)

    def _spelt(self, bench: Bench) -> None:
        """Match digits on one side with a word on the other that no word stands for."""
        for mine_said in list(bench.left_words):
            value = mine_said.values[0]
            same = next((each for each in bench.right_words if each.values[0] == value), None)
            if same is not None:
                bench.left_words.remove(mine_said)
                bench.right_words.remove(same)
        for mine, others, words in (
            (bench.left, bench.right, bench.right_words),
            (bench.right, bench.left, bench.left_words),
        ):
            for one in list(mine):
                if any(one.meets(other) for other in others):
                    continue  # the same number with another unit
                word = next((each for each in words if each.values[0] in one.values), None)
                if word is not None:
                    mine.remove(one)
                    words.remove(word)

    def _split(self, bench: Bench) -> None:
        """Take numbers apart that were read as one because of a space, and dates into numbers."""
        for mine, others, days in (
            (bench.left, bench.right, bench.right_dates),
            (bench.right, bench.left, bench.left_dates),
        ):
            for one in [each for each in mine if len(each.parts) > 1]:
                if _consume(one.parts, others):
                    mine.remove(one)
            for one in [each for each in mine if _DAY.fullmatch(each.digits)]:
                if _is_day(one, others, days):
                    mine.remove(one)
            _take_ages(mine, others, bench.pair)
        for dates, others in (
            (bench.left_dates, bench.right), (bench.right_dates, bench.left),
        ):  # fmt: skip
            for day in list(dates):
                if _consume(day.numbers, others):
                    dates.remove(day)

    def _moved(self) -> None:
        """Pair off what stands in a neighbouring pair: a part of a sentence was moved."""
        for at, bench in enumerate(self.benches):
            near = self.benches[max(0, at - _REACH) : at + _REACH + 1]
            for one in list(bench.left):
                for other_bench in near:
                    other = next(
                        (q for q in other_bench.right
                         if one.meets(q) and related(one.unit, q.unit) == "same"), None,
                    )  # fmt: skip
                    if other is not None:
                        bench.left.remove(one)
                        other_bench.right.remove(other)
                        break
            for day in list(bench.left_dates):
                for other_bench in near:
                    match = next(
                        (d for d in other_bench.right_dates
                         if any(a.fits(b) for a in day.days for b in d.days)), None,
                    )  # fmt: skip
                    if match is not None:
                        bench.left_dates.remove(day)
                        other_bench.right_dates.remove(match)
                        break

    def _unequal(self, bench: Bench) -> None:
        for one, other in _take(bench, _related("convertible", "different")):
            soft = (one.unit is not None and one.unit.soft) or (
                other.unit is not None and other.unit.soft
            )
            self._say("unit-differs", one, other, 0.75 if soft else 0.95)
        while bench.left_dates and bench.right_dates:
            self._say("date-differs", bench.left_dates.pop(0), bench.right_dates.pop(0), 0.9)
        for one, other in _take(bench, _alike_but_for_value):
            self._say("number-differs", one, other, 0.95)
        for one, other in _take(bench, _plain):
            self._say("number-differs", one, other, 0.85)
        self._alone(bench)
        self._words(bench)
        self._months(bench.pair)

    def _alone(self, bench: Bench) -> None:
        """Say what stands on one side only."""
        for day in bench.left_dates:
            self._say("date-missing", day, None, 0.7)
        for day in bench.right_dates:
            self._say("date-missing", None, day, 0.6)
        for one in bench.left:
            if _worth_saying(one) and not _repeated(one, bench.pair.original, bench.left):
                self._say("number-missing", one, None, 0.75)
        for other in bench.right:
            if _worth_saying(other) and not _repeated(other, bench.pair.translation, bench.right):
                self._say("number-added", None, other, 0.7)

    def _words(self, bench: Bench) -> None:
        """Compare number words with number words, where both leave no doubt."""
        left = [each for each in bench.left_words if _sure(each)]
        right = [each for each in bench.right_words if _sure(each)]
        known = _said(bench.left_words)
        here = _said(bench.right_words)
        gone = [each for each in left if each.values[0] not in here]
        come = [each for each in right if each.values[0] not in known]
        for one, other in zip(gone, come, strict=False):
            self._say("number-differs", one, other, 0.65)

    def _months(self, pair: Pair) -> None:
        """Compare months named without a day, with those of whole dates too."""
        gone = _unlike(pair.original, pair.translation)
        come = _unlike(pair.translation, pair.original)
        for one, other in zip(gone, come, strict=False):
            self._say("date-differs", one, other, 0.8)


def _meant(date: DateMention, view: View) -> tuple[Day, ...]:
    """Return how a date is read where it stands: "02/10" is 2 October in a language that always
    writes the day first, and either day in one that does not."""
    first = view.language.order == "dmy" and not view.language.mixed_order
    return date.days[:1] if first and date.ambiguous else date.days


def _unlike(segments: tuple[Segment, ...], others: tuple[Segment, ...]) -> list[DateMention]:
    """Return the months of some sentences that others do not name in any way."""
    known = {
        day.month for each in others for date in (*each.months, *each.dates) for day in date.days
    }
    return [month for each in segments for month in each.months if month.days[0].month not in known]


def _said(words: list[Quantity]) -> set[float]:
    """Return what number words say; a quarter is a fourth in other languages."""
    values = {each.values[0] for each in words}
    return values | {1 / value for value in values if 0 < value < 1}


def _sure(word: Quantity) -> bool:
    return not word.shared and 3 <= word.values[0] <= 90


def _consume(parts: tuple[float, ...], others: list[Quantity]) -> bool:
    """Take the quantities away that make up `parts`; nothing is taken when one is not there."""
    taken = []
    for part in parts:
        match = next((q for q in others if part in q.values and q not in taken), None)
        if match is None:
            return False
        taken.append(match)
    for each in taken:
        others.remove(each)
    return True


def _is_day(one: Quantity, others: list[Quantity], days: list[DateMention]) -> bool:
    """Take away what says the day that a number without a year is: "28.10" of 28/10, 28 October."""
    day, month = (int(part) for part in one.digits.split("."))
    found = next((d for d in days if any((w.day, w.month) == (day, month) for w in d.days)), None)
    if found is not None:
        days.remove(found)
        return True
    return _consume((float(day), float(month)), others)


def _take_ages(mine: list[Quantity], others: list[Quantity], pair: Pair) -> None:
    """Take away years with the months behind them that are so many months on the other side, or
    are said once more in months on their own."""
    for years, months in list(pairwise(mine)):
        if months.start - years.end > NEXT or _tops(years, months) != ("a", "mo"):
            continue
        total = years.values[0] * 12 + months.values[0]
        said = (q for each in (*pair.original, *pair.translation) for q in each.quantities)
        same = [q for q in (*others, *said) if q.values[0] == total and _tops(q) == ("mo",)]
        if same:
            mine.remove(years)
            mine.remove(months)
            if same[0] in others:
                others.remove(same[0])


def _counts_times(one: Quantity, view: View) -> bool:
    """Say whether a number may say how often: no unit stands behind it but doses, or "daily"."""
    text, unit, end = view.folded.text, one.unit, one.end
    if unit is None:
        unit, end = unit_at(text, one.end, view.language)
    return unit is None or unit.top in {"", "dose"} or bool(_DAILY.search(text, one.start, end))


def _tops(*quantities: Quantity) -> tuple[str, ...]:
    return tuple(each.unit.top if each.unit else "" for each in quantities)


def _alike_but_for_value(one: Quantity, other: Quantity) -> bool:
    if one.prefix or other.prefix:
        return one.prefix == other.prefix
    if bool(one.minutes) != bool(other.minutes):
        return False
    return one.unit is not None and related(one.unit, other.unit) == "same"


def _plain(one: Quantity, other: Quantity) -> bool:
    return not one.prefix and not other.prefix and (one.unit is None or other.unit is None)


def _repeated(one: Quantity, segments: tuple[Segment, ...], alone: list[Quantity]) -> bool:
    """Say whether a sentence only says again what was matched ("later than that" is "after 30
    minutes" elsewhere)."""
    matched = (q for each in segments for q in each.quantities if q not in alone)
    return any(q.meets(one) and related(q.unit, one.unit) == "same" for q in matched)


def _worth_saying(one: Quantity) -> bool:
    # A name with a digit in it is often translated by words; a one is often an article.
    bare = one.unit is None or one.unit.top in _COUNTED  # "a minute", "al minuto", "per unit"
    return not one.prefix and not (one.values[0] == 1 and bare)
