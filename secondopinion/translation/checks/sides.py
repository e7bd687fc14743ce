"""Left and right in a text, told from the words that look like them.

"She left the ward", "the right dose", "tout droit" name no side. Most words for sides are nothing
else; those that a language calls `doubtful` are a side for sure where they stand beside a part of
the body or a place (`body`, `near`), in a phrase that is `sure`, or beside the other side; in
phrases that are listed (`not`) they are none, and anywhere else they may be one. What may be one is
held against the other text only where that has a side to spare.
"""

import re
from dataclasses import replace
from itertools import pairwise

from secondopinion.translation.checks.cues import Cue, blanked, covered
from secondopinion.translation.checks.languages import WORD, Language

_REACH = 3  # words to a part of the body: "the left upper inner thigh"
_CLAUSE = re.compile(r"[,;:.!?()\n。，；：،؛]")
_OTHER = {"left": "right", "right": "left"}
_BETWEEN = 28  # letters between left and right that are named together


def find_sides(text: str, language: Language) -> list[Cue]:
    """Return the sides that a folded text names, in their order."""
    sides: list[Cue] = []
    certain = [each.span() for each in language.sides["sure"].finditer(text)]
    never = [each.span() for each in language.sides["not"].finditer(text)]
    for kind in ("both", "pair", "left", "right"):
        for each in language.sides[kind].finditer(text):
            if covered(each, sides):
                continue
            doubtful = kind in _OTHER and language.sides["doubtful"].fullmatch(each.group())
            sure = not doubtful or (
                _inside(each, certain)
                or _beside_a_part(each, text, language)
                or _beside_the_other(each, kind, text, language)
            )
            if _inside(each, never) and not (doubtful and sure):
                continue
            sides.append(Cue(each.start(), each.end(), kind, sure=bool(sure)))
    return _compared(sorted(sides, key=lambda cue: cue.start), text, language)


def _compared(sides: list[Cue], text: str, language: Language) -> list[Cue]:
    """Mark what a side is only compared with: another language leaves it out ("earlier on the left
    than on the right")."""
    kept = sides[:1]
    for before, cue in pairwise(sides):
        between = text[before.end : cue.start]
        compared = (
            {before.kind, cue.kind} == {"left", "right"}
            and len(between) <= _BETWEEN
            and not _CLAUSE.search(between)
            and WORD.search(between)
            and not language.negation["joiners"].search(between)
        )
        kept.append(replace(cue, meaning="compared") if compared else cue)
    return kept


def _inside(found: re.Match[str], places: list[tuple[int, int]]) -> bool:
    return any(start <= found.start() and found.end() <= end for start, end in places)


def _beside_a_part(found: re.Match[str], text: str, language: Language) -> bool:
    """Say whether a word stands beside what has a side, with nothing but adjectives between."""
    after = _CLAUSE.split(text[found.end() : found.end() + 60], maxsplit=1)[0]
    before = _CLAUSE.split(text[max(0, found.start() - 60) : found.start()])[-1]
    ways = (
        [WORD.findall(after)]
        if language.sides_first
        else [WORD.findall(before)[::-1], WORD.findall(after)[:1]]
    )
    for words in ways:
        for word in words[:_REACH]:
            if word in language.stop or language.sides["plain"].fullmatch(word):
                break
            if language.sides["near"].fullmatch(word) or any(
                part.fullmatch(word) for part in language.body.values()
            ):
                return True
    return False


def _beside_the_other(found: re.Match[str], kind: str, text: str, language: Language) -> bool:
    """Say whether the other side is named beside it: "left and right", "right > left"."""
    near = text[max(0, found.start() - _BETWEEN) : found.end() + _BETWEEN]
    at = found.start() - max(0, found.start() - _BETWEEN)
    rest = blanked(near, [(at, at + len(found.group()))])
    for other in language.sides[_OTHER[kind]].finditer(rest):
        first, last = sorted([(at, at + len(found.group())), other.span()])
        between = rest[first[1] : last[0]]
        # Two words without anything between are two: "she left right after".
        if between.strip() and not _CLAUSE.search(between) and len(WORD.findall(between)) <= 2:
            return True
    return False
