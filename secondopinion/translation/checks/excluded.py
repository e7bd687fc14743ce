"""What one text rules out and the other does not in any way deny: "ruled out", "se descarta"."""

from secondopinion.translation.checks.align import Pair
from secondopinion.translation.checks.compare_words import Said, all_of
from secondopinion.translation.checks.cues import JOINERS, Cue

_SURE = 0.7
_MEANING = "exclude"


def excluded(pair: Pair) -> list[Said]:
    """Say what is ruled out on one side only, where the other side has no word that denies."""
    ours, theirs = all_of(pair.original, "cues"), all_of(pair.translation, "cues")
    one, other = _ruled_out(ours), _ruled_out(theirs)
    if one and not _denies(theirs):
        return [("negation-dropped", one, None, _SURE)]
    if other and not _denies(ours):
        return [("negation-added", None, other, _SURE)]
    return []


def _ruled_out(cues: list[Cue]) -> Cue | None:
    return next((cue for cue in cues if cue.meaning == _MEANING), None)


def _denies(cues: list[Cue]) -> bool:
    return any(cue.kind not in JOINERS for cue in cues)
