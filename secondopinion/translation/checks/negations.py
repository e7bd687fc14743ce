"""Negations of matching sentences compared: rules say which one is missing, first by their number,
then clause by clause; `polarity` says whether that is to be told."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from secondopinion.translation.checks import meanings, opposites, polarity
from secondopinion.translation.checks.align import Pair, align
from secondopinion.translation.checks.compare_words import Said, all_of
from secondopinion.translation.checks.cues import JOINERS, Cue
from secondopinion.translation.checks.reading import Segment, View, fill

_CLAUSE = re.compile(r"(?<!\d)[,:]|[,:](?!\d)|[;、，()]|\s-\s")
# Words of these meanings deny by themselves, and one can stand for another.
_HARD = {
    "avoid", "exclude", "forbid", "free", "lack", "needless", "omit", "refuse", "spare", "sterile",
    "stop", "unable", "unknown", "unlikely",
}  # fmt: skip


_TWICE = 2
_HALF = 0.5  # of the words that stand nearest to a negation
_NEAR = 4  # known words that a negation may be about
_PLAIN = {"cues", "coord"}
_NAMES = {"t:", "w:", "m:", "n:"}


@dataclass(frozen=True, slots=True)
class Negations:
    """Compares the negations of one pair of two texts."""

    original: View
    translation: View

    def __call__(self, pair: Pair) -> list[Said]:
        """Say which negation of one side the other one lacks."""
        pair = opposites.excused(pair, self.original.language, self.translation.language)
        if not _cues(pair.original) and not _cues(pair.translation):
            return []
        certain = self._all_lost(pair) or self._turned(pair)
        likely = 1.0 if certain else polarity.likelihood(self.numbers(pair))
        if likely < polarity.telling():
            return []
        sure = round(0.5 + likely / 2.5, 2)
        found = [(kind, one, other, sure) for kind, one, other, _by_rule in self._by_rules(pair)]
        found = (found or _by_more(pair, sure))[:1]
        if likely >= polarity.alarming():
            return found
        return [("negation-unsure", one, other, sure) for _kind, one, other, sure in found]

    def _all_lost(self, pair: Pair) -> bool:
        """Say whether one side denies twice or more and the other in no way: no idiom does that."""
        ours, theirs = (_says(_cues(each)) for each in (pair.original, pair.translation))
        return any(
            not there and sum(cue.kind in _PLAIN for cue in here) >= _TWICE
            for here, there in ((ours, theirs), (theirs, ours))
        )

    def _turned(self, pair: Pair) -> bool:
        """Say whether the translation denies what the original, which denies nothing in any way,
        says in one of the words that stand nearest: "is not recommended" of "se recomienda"."""
        denied = [cue for cue in all_of(pair.translation, "cues") if cue.kind == "cues"]
        if not denied or any(cue.kind not in JOINERS for cue in all_of(pair.original, "cues")):
            return False
        mine = _clauses(pair.original, self.original)
        yours = _clauses(pair.translation, self.translation)
        if len(mine) > 1 or len(yours) > 1:
            return False  # a clause of a long sentence is often put the other way round
        here = _meant(mine, self.original, self.translation)
        there = _meant(yours, self.translation, self.original)
        scope = _scopes(yours, there, here)
        nearest = scope.after_said + scope.before_said
        return nearest > 0 and scope.best >= _TWICE and scope.share > _HALF

    def numbers(self, pair: Pair) -> list[float]:
        """Return what `polarity` sees of a pair."""
        said = self._by_rules(pair)
        rule = sum(-each[3] if each[0] == "negation-dropped" else each[3] for each in said)
        mine = _clauses(pair.original, self.original)
        yours = _clauses(pair.translation, self.translation)
        here = _meant(mine, self.original, self.translation)
        there = _meant(yours, self.translation, self.original)
        one = _side(pair.original, mine, yours, here, there)
        other = _side(pair.translation, yours, mine, there, here)
        return polarity.features(one, other, rule)

    def _by_rules(self, pair: Pair) -> list[Said]:
        ours, theirs = _cues(pair.original), _cues(pair.translation)
        return _by_number(pair, *_uncommon(ours, theirs)) or self._by_clause(pair, ours, theirs)

    def _by_clause(self, pair: Pair, ours: list[Cue], theirs: list[Cue]) -> list[Said]:
        """Find a clause that denies and whose translation does not, where one side denies more.

        The number alone may be made good by a word of the sentence that denies something else.
        """
        denied, said = _strong(ours), _strong(theirs)
        one, other = len(denied), len(said)
        if one == other:
            return []
        mine = _clauses(pair.original, self.original)
        yours = _clauses(pair.translation, self.translation)
        if len(mine) < 2 or len(yours) < 2:
            return []
        for each in align(replace(self.original, segments=mine),
                          replace(self.translation, segments=yours)):  # fmt: skip
            if not each.original or not each.translation:
                continue
            left, right = _cues(each.original), _cues(each.translation)
            lost = [cue for cue in left if cue in denied]
            if one > other and lost and not _says(right):
                return [("negation-dropped", lost[0], None, 0.6)]
            added = [cue for cue in right if cue in said]
            if other > one and added and not _says(left):
                return [("negation-added", None, added[0], 0.55)]
        return []


def _held_against(mine: list[Segment], yours: list[Segment]) -> tuple[int, int, int, int, int]:
    """Say of the clauses that deny whether what they name is affirmed by the other side, denied
    there too, or not found; how many clauses there are; and how many deny alone in their place."""
    affirmed = denied = strange = 0
    for clause in mine:
        if not any(cue.kind in _PLAIN for cue in clause.cues):
            continue
        most, best = 0, None
        for other in yours:
            shared = sum((_named(clause) & _named(other)).values())
            if shared > most:
                most, best = shared, other
        if best is None:
            strange += 1
        elif _says(best.cues):
            denied += 1
        else:
            affirmed += 1
    lonely = 0
    if len(mine) == len(yours):
        lonely = sum(
            bool(_strong(clause.cues)) and not _says(other.cues)
            for clause, other in zip(mine, yours, strict=True)
        )
    return affirmed, denied, strange, len(mine), lonely


def _chains(clauses: list[Segment]) -> int:
    """Return how often denying begins: "no rash, no fever" is one list like "no rash or fever"."""
    denies = [any(cue.kind in _PLAIN for cue in clause.cues) for clause in clauses]
    return sum(now and not before for before, now in pairwise([False, *denies]))


@dataclass(frozen=True, slots=True)
class _Meant:
    """A known word in its clause, and whether that clause denies."""

    start: int
    clause: int
    denied: bool
    stems: frozenset[str]


def _meant(clauses: list[Segment], view: View, other: View) -> list[_Meant]:
    """Return the words of some clauses whose meanings are known; those that deny are none."""
    return [
        _Meant(place, number, bool(_says(clause.cues)), word.stems)
        for number, clause in enumerate(clauses)
        for word in meanings.meant(clause.text, view.language, other.language)
        for place in [clause.start + word.start]
        if not any(cue.start <= place < cue.end for cue in clause.cues)
    ]


def _side(
    segments: Sequence[Segment],
    clauses: list[Segment],
    others: list[Segment],
    here: list[_Meant],
    there: list[_Meant],
) -> polarity.Side:
    """Return what of one side counts, held against the other's clauses and known words."""
    text = " ".join(segment.text for segment in segments)
    held = _held_against(clauses, others)
    scope = _scopes(clauses, here, there)
    return polarity.Side(all_of(segments, "cues"), text, *held, _chains(clauses), scope)


def _scopes(clauses: list[Segment], here: list[_Meant], there: list[_Meant]) -> polarity.Scope:
    """Look for what each negation denies, the words that stand nearest to it, on the other side."""
    said = denied = gone = blank = 0
    best = share = 0.0
    after: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for number, clause in enumerate(clauses):
        around = [word for word in here if word.clause == number]
        for cue in clause.cues:
            if cue.kind not in _PLAIN:
                continue
            behind = [word for word in around if word.start >= cue.end][:1]
            ahead = [word for word in around if word.start < cue.start][-1:]
            after.update(_stands(word, there) for word in behind)
            before.update(_stands(word, there) for word in ahead)
            near = sorted(around, key=lambda word: abs(word.start - cue.start))[:_NEAR]
            found = [[other for other in there if word.stems & other.stems] for word in near]
            affirmed = sum(bool(each) and not any(w.denied for w in each) for each in found)
            also = sum(any(w.denied for w in each) for each in found)
            if not near:
                blank += 1
            elif not affirmed and not also:
                gone += 1
            elif affirmed > also:
                said += 1
            else:
                denied += 1
            if near:
                best = max(best, affirmed - also)
                share = max(share, affirmed / len(near))
    known = len(here)
    common = sum(any(word.stems & other.stems for other in there) for word in here)
    nearest = [count[name] for count in (after, before) for name in ("said", "denied", "gone")]
    return polarity.Scope(
        said, denied, gone, blank, best, share, common / max(1, known), known, *nearest
    )


def _stands(word: _Meant, there: list[_Meant]) -> str:
    """Say how the other side has a word: affirmed, denied, or not at all."""
    found = [other for other in there if word.stems & other.stems]
    if not found:
        return "gone"
    return "denied" if any(other.denied for other in found) else "said"


def _named(clause: Segment) -> Counter[str]:
    """Return what a clause names by words, medicines, numbers and names."""
    return Counter({k: n for k, n in clause.features.items() if k[:2] in _NAMES})


def _by_more(pair: Pair, sure: float) -> list[Said]:
    """Name a negation of the side that denies more, where the rules name none."""
    ours, theirs = (_says(_cues(each)) for each in (pair.original, pair.translation))
    mine, yours = _strong(ours), _strong(theirs)
    if len(yours) > len(mine):
        return [("negation-added", None, yours[-1], sure)]
    if mine or ours:
        return [("negation-dropped", (mine or ours)[-1], None, sure)]
    return [("negation-added", None, theirs[-1], sure)] if theirs else []


def _says(cues: Sequence[Cue]) -> list[Cue]:
    """Return what denies in any way; a joiner alone does not."""
    return [cue for cue in cues if cue.kind not in JOINERS and cue.kind != "hint"]


def _cues(segments: Sequence[Segment]) -> list[Cue]:
    """Return what denies or joins; what only hints at a denial of the other side is left out."""
    return [cue for segment in segments for cue in segment.cues if cue.kind != "hint"]


def _clauses(segments: Sequence[Segment], view: View) -> list[Segment]:
    """Return the clauses of some sentences as segments of their own."""
    found: list[Segment] = []
    for segment in segments:
        marks = [0, *(each.end() for each in _CLAUSE.finditer(segment.text)), len(segment.text)]
        for first, last in pairwise(marks):
            text = segment.text[first:last]
            if any(char.isalnum() for char in text):
                found.append(_part(segment, len(found), first, last))
    for each in found:
        fill(each, view.language)
    return found


def _part(whole: Segment, index: int, first: int, last: int) -> Segment:
    start, end = whole.start + first, whole.start + last
    part = Segment(index, start, end, whole.line, whole.text[first:last], whole.row)
    for name in ("quantities", "words", "dates", "months", "drugs", "sides", "cues"):
        inside = [each for each in getattr(whole, name) if start <= each.start < end]
        setattr(part, name, inside)
    return part


def _strong(cues: list[Cue]) -> list[Cue]:
    """Return the negations that another language has to say too.

    What carries a negation on ("neither … nor") counts once, and only where nothing else negates.
    """
    plain = [cue for cue in cues if cue.kind == "cues"]
    return plain or [cue for cue in cues if cue.kind == "coord"][:1]


def _most(cues: list[Cue]) -> int:
    """Return how many negations these can be: a joiner carries one on ("no fever or rash")."""
    count, after = 0, False
    for cue in cues:
        if cue.kind == "joins-early":
            count += 1
        elif cue.kind == "joiners":
            count += after
        else:
            count, after = count + 1, True
    return count


def _carried(cues: list[Cue]) -> int:
    """Return how many things are said not to be, counting what "neither" and "nor" carry on."""
    plain = sum(cue.kind == "cues" for cue in cues)
    coord = sum(cue.kind == "coord" for cue in cues)
    # Russian and Turkish negate the verb besides: "was not neither fever nor cough", and of two
    # ("neither parent does not wish") other languages say it with one word.
    return max(plain, coord - 1) if plain and coord > 1 else plain + coord


def _uncommon(ours: list[Cue], theirs: list[Cue]) -> tuple[list[Cue], list[Cue]]:
    """Leave out what both say by a word of the same meaning: it stands for no other negation."""
    mine, yours = (Counter(c.meaning for c in cues if c.meaning) for cues in (ours, theirs))
    common = mine & yours
    ours, theirs = _less(ours, common), _less(theirs, common)
    hard = min(sum(c.meaning in _HARD for c in ours), sum(c.meaning in _HARD for c in theirs))
    return _without_hard(ours, hard), _without_hard(theirs, hard)


def _without_hard(cues: list[Cue], most: int) -> list[Cue]:
    kept = []
    for cue in cues:
        if most and cue.meaning in _HARD:
            most -= 1
        else:
            kept.append(cue)
    return kept


def _less(cues: list[Cue], common: Counter[str]) -> list[Cue]:
    left = Counter(common)
    kept = []
    for cue in cues:
        if left[cue.meaning] > 0:
            left[cue.meaning] -= 1
        else:
            kept.append(cue)
    return kept


def _room(segments: tuple[Segment, ...], cues: list[Cue]) -> int:
    """Return how many things one side may deny: "the face and the airway are not" denies two."""
    early = 0
    for cue in cues:
        if cue.kind not in JOINERS:
            break
        early += cue.kind == "joiners"
    return _most(cues) + _commas(segments, cues) + early


def _commas(segments: tuple[Segment, ...], cues: list[Cue]) -> int:
    first = min((cue.start for cue in cues if cue.kind not in JOINERS), default=0)
    return sum(
        first < segment.start + found.start()
        for segment in segments
        for found in re.finditer(",", segment.text)
    )


def _by_number(pair: Pair, ours: list[Cue], theirs: list[Cue]) -> list[Said]:
    """Compare how many negations there are, and how many there can be."""
    mine, yours = _strong(ours), _strong(theirs)
    if mine and not [cue for cue in theirs if cue.kind not in JOINERS]:
        return [("negation-dropped", mine[0], None, 0.85)]
    if yours and not [cue for cue in ours if cue.kind not in JOINERS]:
        return [("negation-added", None, yours[0], 0.8)]
    most = _most(theirs)
    if len(mine) > most or _carried(ours) > _room(pair.translation, theirs):
        place = _clause(pair, mine, theirs)
        return [("negation-dropped", place or mine[-1], None, 0.7 if place else 0.6)]
    most = _most(ours)
    if len(yours) > most or _carried(theirs) > _room(pair.original, ours):
        return [("negation-added", None, yours[-1], 0.55)]
    return []


def _clause(pair: Pair, mine: list[Cue], theirs: list[Cue]) -> Cue | None:
    """Find the clause whose negation is gone, where both sentences have as many clauses."""
    if len(pair.original) != 1 or len(pair.translation) != 1:
        return None
    one, other = pair.original[0], pair.translation[0]
    here = [m.start() + one.start for m in _CLAUSE.finditer(one.text)]
    there = [m.start() + other.start for m in _CLAUSE.finditer(other.text)]
    if len(here) != len(there):
        return None
    negated = {sum(mark < cue.start for mark in there) for cue in theirs if cue.kind not in JOINERS}
    return next(
        (cue for cue in mine if sum(mark < cue.start for mark in here) not in negated), None
    )
