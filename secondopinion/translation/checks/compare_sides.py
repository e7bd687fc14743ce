"""Left, right and both of matching sentences compared."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.compare_words import Said, all_of
from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.reading import Segment

_MANY = 4  # words that may be sides, more of which are not tried


def sides(pair: Pair) -> list[Said]:
    """Compare left, right and both."""
    ours, theirs = all_of(pair.original, "sides"), all_of(pair.translation, "sides")
    # A pair of hands is also just hands: it stands for both sides where the other text says them.
    if not theirs or not ours:
        ours, theirs = ([c for c in each if c.kind != "pair"] for each in (ours, theirs))
    ours, theirs = _settled(ours, theirs), _settled(theirs, ours)
    if not ours and not theirs:
        return []
    one, other = _counted(ours), _counted(theirs)
    if (one["left"], one["right"]) == (other["left"], other["right"]):
        return _exchanged(pair, ours, theirs)  # "both" is often left unsaid: two feet are both
    if bool(one["both"]) != bool(other["both"]):  # it may be said as "left and right" too
        for counts in (one, other):
            counts["left"] += counts["both"]
            counts["right"] += counts["both"]
    left, right = other["left"] - one["left"], other["right"] - one["right"]
    if left * right < 0:
        gone, came = ("left", "right") if left < 0 else ("right", "left")
        return [("side-swapped", _of(ours, gone), _of(theirs, came), 0.9)]
    if not theirs:
        return [("side-missing", ours[0], None, 0.75)]
    if not ours:
        return [("side-missing", None, theirs[0], 0.65)]
    return _one_sided(ours, theirs, one, other)


def _settled(cues: list[Cue], others: list[Cue]) -> list[Cue]:
    """Return the sides without those of the doubtful words that the other text has no side for.

    Of the words that may be sides as many are taken as it has sides to spare; which ones, those
    that fit its sides best.
    """
    sure = [cue for cue in cues if cue.sure]
    maybe = [cue for cue in cues if not cue.sure][:_MANY]
    wanted = sum(2 if cue.kind in {"both", "pair"} else 1 for cue in others)
    have = sum(2 if cue.kind in {"both", "pair"} else 1 for cue in sure)
    spare = min(len(maybe), max(0, wanted - have))
    if spare == len(maybe):
        return cues
    there = _counted(others)
    ways = [[*sure, *some] for some in combinations(maybe, spare)]
    best = min(ways, key=lambda way: _unlike(_counted(way), there))
    return sorted(best, key=lambda cue: cue.start)


def _unlike(one: Counter[str], other: Counter[str]) -> int:
    return sum(abs(one[kind] - other[kind]) for kind in ("left", "right"))


def _counted(cues: list[Cue]) -> Counter[str]:
    return Counter("both" if cue.kind == "pair" else cue.kind for cue in cues)


def _one_sided(
    ours: list[Cue], theirs: list[Cue], one: Counter[str], other: Counter[str]
) -> list[Said]:
    for kind in ("left", "right"):
        if one[kind] and not other[kind] and _of(ours, kind).meaning != "compared":
            return [("side-missing", _of(ours, kind), None, 0.65)]
        if other[kind] and not one[kind] and _of(theirs, kind).meaning != "compared":
            return [("side-missing", None, _of(theirs, kind), 0.6)]
    return []


def _of(cues: list[Cue], kind: str) -> Cue:
    return next((cue for cue in cues if cue.kind == kind), cues[0])


def _followed(segments: Iterable[Segment], cues: list[Cue]) -> dict[str, float]:
    """Return the number that first follows each side, where each side stands once."""
    numbers = sorted(
        (q.start, q.values[0]) for segment in segments for q in segment.quantities if not q.prefix
    )
    found: dict[str, float] = {}
    for at, cue in enumerate(cues):
        until = cues[at + 1].start if at + 1 < len(cues) else float("inf")
        value = next((v for start, v in numbers if cue.start < start < until), None)
        if value is None or cue.kind in found:
            return {}
        found[cue.kind] = value
    return found


def _exchanged(pair: Pair, ours: list[Cue], theirs: list[Cue]) -> list[Said]:
    """Find left and right exchanged when both are there, by the numbers that follow them."""
    one, other = _followed(pair.original, ours), _followed(pair.translation, theirs)
    if set(one) != {"left", "right"} or set(other) != {"left", "right"}:
        return []
    if one["left"] != one["right"] and (one["left"], one["right"]) == (
        other["right"], other["left"],
    ):  # fmt: skip
        return [("side-swapped", ours[0], theirs[0], 0.8)]
    return []
