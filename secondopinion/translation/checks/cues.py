"""Words that turn a sentence round: what denies, what carries a denial on, what only stands where
another language denies."""

import re
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass

from secondopinion.translation.checks.languages import WORD, Language

_CLAUSES = re.compile(r"[,;:.!?。；，：、।\n]|\s-\s")
JOINERS = {"joiners", "joins-early"}
# Meanings that deny nothing but stand where other languages deny: "is still there", "has not gone".
_HINTS = frozenset({"persist", "end", "prevent", "too", "despite", "differ", "leave"})
BEHIND = 2  # words before a negative word that make it stand behind the verb


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that turns a sentence round, or a side; `kind` says which.

    `meaning` tells what an affirmative word denies (to stop, to avoid): see `negation.implied` in
    the languages' files. A side that is not `sure` may be another word: "has left".
    """

    start: int
    end: int
    kind: str
    meaning: str = ""
    sure: bool = True


def find_negations(text: str, language: Language) -> list[Cue]:
    """Return what denies in a folded text, in its order."""
    cues: list[Cue] = []
    free = without(text, language.negation["not"], but=language.negation["cues"])
    _imply(free, language, cues)
    for each, kind in _longest(free, language):
        if not covered(each, cues):
            cues.append(Cue(each.start(), each.end(), kind))
    for kind in ("weak", "joiners"):
        for each in language.negation[kind].finditer(free):
            if not covered(each, cues):
                early = kind == "joiners" and language.negates_late
                cues.append(Cue(each.start(), each.end(), "joins-early" if early else kind))
    _hint(text, language, cues)
    return _agreed(sorted(cues, key=lambda c: c.start), text, language)


def _imply(text: str, language: Language, cues: list[Cue]) -> None:
    """Add the affirmative words that deny."""
    denials = [each.span() for each in language.negation["cues"].finditer(text)]
    for meaning, pattern in language.implied.items():
        for each in pattern.finditer(text) if meaning not in _HINTS else ():
            # "n'a plus besoin" denies by "n'a plus": "plus besoin" is a part of it.
            inside = any(start < each.start() < end for start, end in denials)
            if not inside and not covered(each, cues):
                kept = "" if meaning == "vague" else meaning
                cues.append(Cue(each.start(), each.end(), "weak", kept))


def _hint(text: str, language: Language, cues: list[Cue]) -> None:
    """Add what stands for a denial of other languages and is none."""
    for meaning in sorted(_HINTS & language.implied.keys()):
        for each in language.implied[meaning].finditer(text):
            if not covered(each, cues):
                cues.append(Cue(each.start(), each.end(), "hint", meaning))


def _longest(text: str, language: Language) -> list[tuple[re.Match[str], str]]:
    """Return what negates, agrees or carries on, the longer one first where both begin."""
    found = [
        (each, kind) for kind in ("coord", "cues", "concord")
        for each in language.negation[kind].finditer(text)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one[0].start(), -one[0].end()))


def _agreed(cues: list[Cue], text: str, language: Language) -> list[Cue]:
    """Count what only agrees with another negation of its clause ("no … nunca") with that one.

    In some languages the other may follow, as in Russian; in Spanish what follows is another one.
    Where a word wants another one and there is none, it is ``bare``.
    """
    late = language.negates_late
    marks = sorted(
        [each.start() for each in _CLAUSES.finditer(text)]
        + [cue.start for cue in cues if cue.kind in JOINERS]
    )
    clauses = [bisect(marks, cue.start) for cue in cues]
    negated = {
        clause for cue, clause in zip(cues, clauses, strict=True)
        if late and cue.kind in {"cues", "coord"}
    }  # fmt: skip
    kept = []
    for cue, clause in zip(cues, clauses, strict=True):
        agrees = cue.kind == "concord"
        if agrees and clause in negated:
            continue
        alone = _alone(text, marks, clause, cue)
        if (
            alone
            and clause - 1 in negated
            and language.emphasis.fullmatch(text, cue.start, cue.end)
        ):
            continue  # "no live vaccines, never"
        if agrees and not alone and language.negation["behind"].fullmatch(text, cue.start, cue.end):
            begin = marks[clause - 1] if clause else 0
            if late or len(WORD.findall(text[begin : cue.start])) >= BEHIND:
                kept.append(Cue(cue.start, cue.end, "bare"))
                continue
        if agrees or cue.kind in {"cues", "coord"}:
            negated.add(clause)
        kept.append(Cue(cue.start, cue.end, "cues") if agrees else cue)
    return kept


def _alone(text: str, marks: list[int], clause: int, cue: Cue) -> bool:
    """Say whether a cue is all that stands in its clause: an answer, or emphasis."""
    begin = marks[clause - 1] if clause else 0
    end = marks[clause] if clause < len(marks) else len(text)
    return WORD.findall(text[begin:end]) == WORD.findall(text[cue.start : cue.end])


def without(text: str, pattern: re.Pattern[str], *, but: re.Pattern[str] | None = None) -> str:
    """Blank what a pattern finds, save where a word of `but` begins before it and runs into it."""
    held = [each.span() for each in but.finditer(text)] if but else []
    return blanked(
        text,
        (
            found.span()
            for found in pattern.finditer(text)
            if not any(start < found.start() < end for start, end in held)
        ),
    )


def blanked(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return a text without some of its stretches, as long as before."""
    letters = list(text)
    for start, end in places:
        letters[start:end] = "\x00" * (end - start)
    return "".join(letters)


def covered(found: re.Match[str], cues: list[Cue]) -> bool:
    """Say whether what was found stands where a word is known already."""
    return any(each.start < found.end() and found.start() < each.end for each in cues)
