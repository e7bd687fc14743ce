"""Whether a page can be read, and why not: its picture's numbers, and what an engine read of it.

The verdict rests on what was read: the share of ink that looks like text inside words that the
engine is sure of (AUC 0.976 for a reader's failure where sharpness alone has 0.72), the engine's
confidence, and the size of letters. The reasons rest on the picture alone. Where no engine knows
the script, or nothing was read yet, the picture decides too, carefully.
"""

import math
from dataclasses import dataclass, field
from typing import Any

NAME = "legibility@4"
GOOD, HARD, UNREADABLE = "good", "hard", "unreadable"
HARD_BELOW, UNREADABLE_BELOW = 0.6, 0.25  # of the score
CUT_LEAVES, CUT_ALL = 0.55, 0.25  # of the score where a line is cut, less where all of them are
BLANK_LETTERS = 4  # with fewer a page is empty, and nothing on it is hard to read
SMEARED = 0.004  # share of a page without letters that wide stains cover
DARK, MOST_STRENGTH = 0.05, 4.0  # share of the letters that the dark hides; before other reasons
DIM, DIM_LEAVES = 1.9, 0.5  # strength of a low contrast that eyes cannot do with; of the score
UNKNOWN_SCRIPT = 55  # of 100: an engine that does not know a script is less sure


@dataclass(frozen=True, slots=True)
class Sign:
    """One number of a page: at `soft` it begins to trouble a reader, at `hard` it stops one."""

    reason: str
    soft: float
    hard: float

    def strength(self, value: float) -> float:
        """Return 1 at `soft`, 2 at `hard`, linear between and beyond; below 1 the share of `soft`
        that is there, so that an ordinary page is near 0 by every sign."""
        beyond = (value - self.soft) / (self.hard - self.soft)
        if beyond >= 0:
            return 1 + beyond
        return value / self.soft if self.hard > self.soft else self.soft / value


# By what the number is called in `measuring`; edges are told in heights of a letter.
SIGNS = {
    "edge": Sign("blur", 0.27, 0.42),
    "contrast": Sign("low-contrast", 45, 22),
    "letter": Sign("text-too-small", 9.5, 6),
    "noise": Sign("noise", 0.16, 0.35),
    "skew": Sign("skew", 9, 18),
    "shadow": Sign("shadow", 0.15, 0.45),
    "glare": Sign("glare", 0.05, 0.16),
    "quality": Sign("compression", 16, 11),
    "waves": Sign("screen-photo", 150, 600),
    "short": Sign("low-resolution", 700, 400),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a page is hard to read: how strong (1 troubles, 2 stops), and where."""

    code: str
    strength: float
    region: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """``good``, ``hard`` or ``unreadable``, from 0 (cannot be read) to 1, with its reasons."""

    level: str = GOOD
    score: float = 1.0
    reasons: tuple[Reason, ...] = ()
    cut: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)


def judge(picture: dict[str, Any], read: dict[str, Any] | None = None) -> Verdict:
    """Return the verdict on a page by the numbers of `measuring.measure` and, where an engine has
    read it, by its ``sure`` (0 to 100), ``coverage`` (0 to 1) and ``letters``."""
    if picture["letters"] < BLANK_LETTERS:
        smeared = picture.get("smeared", 0.0)
        if smeared > SMEARED:  # a page was here: its letters have run into stains
            return Verdict(UNREADABLE, 0.05, (Reason("blur", 2.0),), (), {"smeared": smeared})
        return Verdict()
    numbers = _numbers(picture)
    reasons = _reasons(picture, numbers)
    score = _score_of_picture(numbers)
    if read is not None:
        numbers |= {"sure": round(read["sure"], 1), "coverage": round(read["coverage"], 3)}
        known = read["sure"] >= UNKNOWN_SCRIPT or any(each.strength >= 1 for each in reasons)
        # An engine that fails on a fine picture meets a script or a hand that it does not know.
        score = _score(read, numbers) if known else max(0.3, _score(read, numbers))
        # No engine misses what it never saw.
        score *= max(0.0, 1 - 3.5 * numbers["glare"]) * max(0.1, 1 - 2 * picture.get("dark", 0.0))
        if picture["cut"]:
            score *= CUT_LEAVES - CUT_ALL * picture.get("cut_lines", 0.5)
    if any(each.code == "low-contrast" and each.strength >= DIM for each in reasons):
        score = min(score, DIM_LEAVES)  # machines read what eyes do not
    level = UNREADABLE if score < UNREADABLE_BELOW else HARD if score < HARD_BELOW else GOOD
    told = _told(reasons, level, fine=read is not None)
    return Verdict(level, round(score, 3), told, tuple(picture["cut"]), numbers)


def _numbers(picture: dict[str, Any]) -> dict[str, float]:
    letter = max(picture["letter"], 1)
    found = {name: float(picture[name]) for name in
             ("letter", "contrast", "noise", "shadow", "glare", "waves")}  # fmt: skip
    found["quality"] = float(picture.get("quality", 100))
    found["edge"] = round(picture["blur"] / letter, 3)
    found["skew"] = abs(float(picture["skew"]))
    found["short"] = float(min(picture["width"], picture["height"]))
    return found


def _reasons(picture: dict[str, Any], numbers: dict[str, float]) -> list[Reason]:
    found = []
    lost = picture.get("dark", 0.0) > DARK
    for name, sign in SIGNS.items():
        region = picture["regions"].get(sign.reason, ())
        strength = sign.strength(numbers[name])
        if lost and sign.reason == "screen-photo":
            continue  # its grain is that of the dark
        if lost and sign.reason == "shadow":
            strength = max(strength, MOST_STRENGTH)
        found.append(Reason(sign.reason, round(strength, 2), tuple(region)))
    if picture["cut"]:
        found.append(Reason("cut-off", 1.5, tuple(picture["regions"].get("cut-off", ()))))
    return sorted(found, key=lambda each: -each.strength)


def _told(reasons: list[Reason], level: str, *, fine: bool) -> tuple[Reason, ...]:
    """Return the reasons that are told: what troubles a reader; where nothing does although the
    page was not read, the strongest suspicion, or a hand."""
    if level == GOOD:
        return ()
    strong = tuple(each for each in reasons if each.strength >= 1)[:3]
    if strong:
        return strong
    if fine and reasons[0].strength < 0.6:
        return (Reason("handwriting", 1.0),)
    return (reasons[0],)


def _score(read: dict[str, Any], numbers: dict[str, float]) -> float:
    """Return how likely a reader reads the page. The weights were set on rendered pages, see
    ``benchmarks/legibility.py``."""
    if not read["letters"]:
        return 0.05
    value = 7.0 * (read["coverage"] - 0.5) + 0.09 * (read["sure"] - 58)
    return 1 / (1 + math.exp(-value))


def _score_of_picture(numbers: dict[str, float]) -> float:
    """Return the score by the picture alone: for "unreadable" two signs must agree."""
    strengths = sorted((sign.strength(numbers[name]) for name, sign in SIGNS.items()
                        if sign.reason not in {"compression", "screen-photo", "skew"}),
                       reverse=True)  # fmt: skip
    worst, second = strengths[0], strengths[1]
    if worst >= 2 and second >= 1:
        return 0.15
    return 0.4 if worst >= 1.4 or (worst >= 1 and second >= 1) else 0.9
