"""Which mark a text writes decimals with: its language's, or, where the language has both, that
which its own numbers show. "1,234" beside "12,5" is a little more than one."""

import re
from collections import Counter
from collections.abc import Iterable

from secondopinion.translation.checks.numbers import Quantity

_FEWEST, _MOSTLY = 2, 0.9  # numbers of a text that show its mark, and the share that agrees
_SHOWS = re.compile(r"\d+([.,])(?:\d{1,2}|\d{4,})|0([.,])\d+")
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


def shown(quantities: Iterable[Quantity]) -> str:
    """Return the decimal mark that the numbers of a text show, "" where they show none."""
    seen = Counter(
        found[1] or found[2]
        for each in quantities
        if not each.minutes and (found := _SHOWS.fullmatch(each.digits))
    )
    [(mark, times)] = seen.most_common(1) or [("", 0)]
    return mark if times >= _FEWEST and times >= _MOSTLY * seen.total() else ""


def in_two_ways(each: Quantity) -> bool:
    """Say whether a number can be read with its mark between thousands or before decimals."""
    return len(each.values) > 1 and _TWO_WAYS.fullmatch(each.digits) is not None


def meant(each: Quantity, mark: str) -> float:
    """Return what a number means where its text writes decimals with a mark."""
    if not mark or not in_two_ways(each):
        return each.values[0]
    return min(each.values) if mark in each.digits else max(each.values)
