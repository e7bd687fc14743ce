"""Left or right in the report where everything that was sent names the other side of that part.

A part is doubted only where the report calls it ill: "the left kidney is normal" beside a right one
that was sent is what a report should say.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.opinions.checking.found import Doubt, Source, Texts
from secondopinion.opinions.checking.tongues import finds, language_of, sentences, tongue
from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.folding import fold, folded
from secondopinion.translation.checks.languages import Language, language
from secondopinion.translation.checks.sides import find_sides

CHECK = "laterality"
_NEAR = 24  # letters between a part and its side
_BREAK = re.compile(r"[,:،，：()\n]")
_JOINED = re.compile(r"\s*(?:and|or|y|o|e|et|ou|und|oder|и|или|و|ve|veya|/|&|和|及)?\s*")
_GOES_ON = re.compile(r"[;；؛]\s*\Z")
_OTHER = {"left": "right", "right": "left"}
_DENIES = ("normal", "spare", "free", "same", "exclude", "lack")
_MISSED: dict[str, str | Promise] = {
    "left": _("The report says left; the request and the records say right."),
    "right": _("The report says right; the request and the records say left."),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A part of the body with its side, in a folded text; `near` letters lie between."""

    part: str
    kind: str  # left, right or both
    start: int
    end: int
    sentence: tuple[int, int]
    near: int


Part = tuple[tuple[int, int], str]  # where in a text which part of the body is named


def _gap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, other[0] - one[1], one[0] - other[1])


def _between(text: str, one: tuple[int, int], other: tuple[int, int]) -> str:
    return text[min(one[1], other[1]) : max(one[0], other[0])]


def said(text: str, tongue_: Language) -> list[Said]:
    """Return the parts of the body that a folded text gives a side, each with the side nearest to
    it, and with every side that stands nearest to it."""
    cues = find_sides(text, tongue_)
    found: list[Said] = []
    before: list[Part] = []  # of a list that goes on: "Testes: right 1.1 mL; left 0.9 mL"
    for sentence in sentences(text) if cues else ():
        parts = _parts_in(text, sentence, tongue_)
        here = [cue for cue in cues if sentence[0] <= cue.start < sentence[1]]
        if here:
            found += _said_in(text, sentence, here, parts)
            if before and _bare(text, sentence, here[0], parts):
                part, at = before[-1][1], (here[0].start, here[0].end)
                found.append(Said(part, here[0].kind, *at, sentence, len(text)))
        before = (parts or before) if _GOES_ON.search(text, *sentence) else []
    return sorted(found, key=lambda each: (each.start, each.end))


def _parts_in(text: str, sentence: tuple[int, int], tongue_: Language) -> list[Part]:
    """Return the parts that are named, each by its whole name: a forearm is no arm."""
    named = [
        (each.span(), part)
        for part, pattern in tongue_.body.items()
        for each in pattern.finditer(text, *sentence)
    ]
    return [(span, part) for span, part in named if not any(
        start <= span[0] and span[1] <= end and end - start > span[1] - span[0]
        for (start, end), _part in named
    )]  # fmt: skip


def _bare(text: str, sentence: tuple[int, int], cue: Cue, parts: list[Part]) -> bool:
    """Say whether a piece of a list begins with a side and names no part with it."""
    alone = not text[sentence[0] : cue.start].strip()
    at = (cue.start, cue.end)
    return alone and all(_BREAK.search(_between(text, span, at)) for span, _part in parts)


def _said_in(
    text: str, sentence: tuple[int, int], cues: list[Cue], parts: list[Part]
) -> Iterator[Said]:
    spans = [(cue.start, cue.end) for cue in cues]
    pairs = {(place, _nearest(place[0], spans)) for place in parts}
    if parts:
        places = [place for place, _part in parts]
        pairs |= {(parts[_nearest(span, places)], at) for at, span in enumerate(spans)}
    for (span, part), at in pairs:
        apart = bool(_BREAK.search(_between(text, span, spans[at])))
        near = len(text) if apart else _gap(span, spans[at])
        both = cues[at].kind in {"both", "pair"} or _joined(text, spans, at)
        kind = "both" if both else cues[at].kind
        start, end = min(span[0], spans[at][0]), max(span[1], spans[at][1])
        yield Said(part, kind, start, end, sentence, near)


def _nearest(one: tuple[int, int], others: list[tuple[int, int]]) -> int:
    gaps = [_gap(one, other) for other in others]
    return gaps.index(min(gaps))


def _joined(text: str, spans: list[tuple[int, int]], at: int) -> bool:
    """Say whether a side stands joined with another one: "left and right kidneys"."""
    return any(
        _JOINED.fullmatch(_between(text, spans[at], spans[other]))
        for other in (at - 1, at + 1) if 0 <= other < len(spans)
    )  # fmt: skip


@lru_cache(512)
def _sides_in(text: str, code: str) -> tuple[tuple[str, str], ...]:
    found = said(folded(text).replace("\n", " "), language(code))
    return tuple(sorted({(each.part, each.kind) for each in found}))


def sent(sources: Iterable[Source]) -> dict[str, set[str]]:
    """Return the sides of each part of the body that was named in what was sent."""
    sides: dict[str, set[str]] = defaultdict(set)
    for each in sources:
        for part, kind in _sides_in(each.text, tongue(each.text, said=each.language)):
            sides[part].add(kind)
    return sides


def check(texts: Texts, sources: Iterable[Source]) -> list[Doubt]:
    """Return the sides of the report that nothing bears out that was sent."""
    sides = {part: next(iter(each)) for part, each in sent(sources).items() if len(each) == 1}
    sides = {part: kind for part, kind in sides.items() if kind in _OTHER}
    if not sides:
        return []
    usual = language_of(texts)
    return [doubt for field, text in texts.items() for doubt in _in_text(field, text, usual, sides)]


def _in_text(field: str, text: str, usual: str, sides: dict[str, str]) -> Iterable[Doubt]:
    tongue_ = language(tongue(text, usual))
    whole = fold(text)
    found = said(whole.text, tongue_)
    for each in found:
        other = _OTHER.get(each.kind)
        if other is None or sides.get(each.part) != other or each.near > _NEAR:
            continue
        nearer = any(
            (rival.sentence, rival.part, rival.kind) == (each.sentence, each.part, each.kind)
            and (rival.near, rival.start) < (each.near, each.start)
            for rival in found
        )
        if nearer or _beside_the_other(each, found) or _says_well(whole.text, each, tongue_):
            continue
        start, end = whole.span(each.start, each.end)
        yield Doubt(CHECK, field, start, end, text[start:end], _MISSED[each.kind])


def _beside_the_other(each: Said, found: list[Said]) -> bool:
    """Say whether the other side of a part is spoken of in its sentence or one next to it."""
    near = {
        other.kind for other in found
        if other.part == each.part
        and (other.sentence[0] <= each.sentence[1] and each.sentence[0] <= other.sentence[1])
    }  # fmt: skip
    return near != {each.kind}


def _says_well(plain: str, each: Said, tongue_: Language) -> bool:
    """Say whether the sentence denies, calls normal or compares."""
    start, end = each.sentence
    patterns = [tongue_.negation["cues"], *(tongue_.implied[key] for key in _DENIES)]
    told = plain[start:end]
    return any(pattern.search(told) for pattern in patterns) or bool(
        finds(tongue_.code, "other-side").search(told)
    )
