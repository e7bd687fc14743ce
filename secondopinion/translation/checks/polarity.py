"""How likely it is that of two sentences one denies what the other does not.

Which words deny is known (`reading`); what a difference in their numbers means is not: "no fever or
rash" is two negations in other languages. That is learnt: small trees over the numbers on both
sides, from errors put into parallel letters (``benchmarks/train_negations.py``). No word and no
language is among what they see, so that they carry over to languages without such letters.
"""

import json
import math
import re
from collections import Counter
from dataclasses import astuple, dataclass
from functools import cache
from typing import Any

from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.languages import DATA

MODEL = DATA / "negations.json"
KINDS = ("cues", "coord", "bare", "joiners", "joins-early")
MEANINGS = (
    "most", "only", "stop", "avoid", "forbid", "spare", "exclude", "little", "except", "unable",
    "lack", "normal", "refuse", "same", "free", "otc", "unknown", "sterile", "fast", "alone",
    "plain", "benign", "hard", "omit", "wait", "empty", "needless", "unlikely", "until", "good",
    "bad", "close", "away", "silent", "persist", "end", "prevent", "too", "despite", "differ",
    "leave",
)  # fmt: skip
_MARKS = re.compile(r"[,;:.!?。；：、؛،]")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether what the negations of a side deny is found on the other side.

    Of its negations `said` are those whose nearest words are affirmed there, `denied` those whose
    words stand in a clause that denies, `gone` those whose words are not there at all, `blank`
    those near which no word is known. `best` is the most words of one that are affirmed, less those
    denied; `share` the greatest share. Of `known` words, the share `common` is on both sides. The
    others count how the word that stands next after a negation, or next before it, is found.
    """

    said: int
    denied: int
    gone: int
    blank: int
    best: float
    share: float
    common: float
    known: int
    after_said: int
    after_denied: int
    after_gone: int
    before_said: int
    before_denied: int
    before_gone: int


@dataclass(frozen=True, slots=True)
class Side:
    """What of one side counts: its words that deny, and its text.

    `affirmed` and `denied` are how many of its clauses that deny say something which the other side
    says in a clause without any such word, and with one; `strange` are the others. Of `clauses`,
    where both sides have as many, `lonely` deny though their counterpart in order does not;
    `chains` counts lists of clauses that deny.
    """

    cues: list[Cue]
    text: str
    affirmed: int
    denied: int
    strange: int
    clauses: int
    lonely: int
    chains: int
    scope: Scope


def features(one: Side, other: Side, rule: float) -> list[float]:
    """Return the numbers that the trees see; `rule` is what the rules say, below 0 for a negation
    that is gone."""
    kinds = [Counter(cue.kind for cue in side.cues) for side in (one, other)]
    meant = [Counter(cue.meaning for cue in side.cues if cue.meaning) for side in (one, other)]
    both = meant[0] & meant[1]
    ours, theirs = meant[0] - both, meant[1] - both
    found = [rule]
    for kind in KINDS:
        found += [kinds[0][kind], kinds[1][kind], kinds[1][kind] - kinds[0][kind]]
    vague = [sum(cue.kind == "weak" and not cue.meaning for cue in s.cues) for s in (one, other)]
    strong = [count["cues"] + count["coord"] for count in kinds]
    marks = [len(_MARKS.findall(side.text)) for side in (one, other)]
    for left, right in (vague, strong, marks):
        found += [left, right, right - left]
    letters = [sum(char.isalnum() for char in side.text) for side in (one, other)]
    found += letters
    for side in (one, other):
        found += [side.affirmed, side.denied, side.strange, side.clauses, side.lonely, side.chains]
        found += astuple(side.scope)
    found += [other.chains - one.chains, one.clauses == other.clauses]
    for meaning in MEANINGS:
        found += [ours[meaning], theirs[meaning], both[meaning]]
    return [float(each) for each in (*found, ours.total(), theirs.total())]


@cache
def _model() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(MODEL.read_text())
    return model


def alarming() -> float:
    """Return the likelihood from which on somebody is told."""
    return float(_model()["alarming"])


def telling() -> float:
    """Return the likelihood from which on a place is pointed at, without an alarm."""
    return float(_model()["telling"])


def likelihood(numbers: list[float]) -> float:
    """Return how likely it is, from 0 to 1, that the two sentences deny different things."""
    model = _model()
    total = float(model["start"])
    for tree in model["trees"]:
        at = 0
        while len(tree[at]) > 1:
            feature, limit, left, right = tree[at]
            at = left if numbers[feature] <= limit else right
        total += tree[at][0]
    return 1 / (1 + math.exp(-total))
