"""Medicines and lost lines of matching sentences compared."""

from collections import Counter
from collections.abc import Callable, Iterable

from secondopinion.translation.checks.align import Pair, lacking, sizes
from secondopinion.translation.checks.cues import Cue
from secondopinion.translation.checks.drugs import DrugMention, parts
from secondopinion.translation.checks.found import Mismatch, mismatch
from secondopinion.translation.checks.languages import WORD, share_of
from secondopinion.translation.checks.reading import Segment, View
from secondopinion.translation.checks.sound import distance, skeleton

# What is said of a pair: a kind, places in the original and in the translation, how sure.
Said = tuple[str, Cue | DrugMention | None, Cue | DrugMention | None, float]
_HALF = 0.5  # of a sentence's letters, by which a row is short when it is lost
_SHORT = 4  # letters and digits below which a lost line is nothing


def all_of(segments: Iterable[Segment], name: str) -> list[Cue]:
    return [cue for segment in segments for cue in getattr(segment, name)]


def drugs(pair: Pair) -> list[Said]:
    """Compare the medicines."""
    ours = [drug for segment in pair.original for drug in segment.drugs]
    theirs = [drug for segment in pair.translation for drug in segment.drugs]
    names, others = _parts(ours), _parts(theirs)
    gone = [
        d for d in _once(ours) if not parts(d.name) & others and not _heard(d, pair.translation)
    ]
    came = [d for d in _once(theirs) if not parts(d.name) & names and not _heard(d, pair.original)]
    said: list[Said] = []
    while gone and came:
        said.append(("drug-differs", gone.pop(0), came.pop(0), 0.9))
    said += [("drug-missing", drug, None, 0.65) for drug in gone]
    said += [("drug-missing", None, drug, 0.6) for drug in came]
    return said


def _parts(mentions: list[DrugMention]) -> set[str]:
    """Return what is named, a medicine of several by its parts too."""
    return {part for each in mentions for part in parts(each.name)}


def _once(mentions: list[DrugMention]) -> list[DrugMention]:
    return list({each.name: each for each in reversed(mentions)}.values())[::-1]


def _heard(drug: DrugMention, segments: tuple[Segment, ...]) -> bool:
    """Say whether a word sounds much like a medicine, though it was not recognised as one."""
    known = {place for each in segments for d in each.drugs for place in range(d.start, d.end)}
    sound = skeleton(drug.name.split()[0])
    for segment in segments:
        for word in WORD.finditer(segment.text):
            if segment.start + word.start() in known or len(word.group()) < 5:
                continue
            if len(sound) >= 4 and distance(skeleton(word.group()), sound, 2) <= (
                2 if len(sound) > 6 else 1
            ):
                return True
    return False


_SIGN = {"side-missing": 1, "negation-dropped": -1, "negation-added": 1, "drug-missing": 1}


def _sign(said: Said) -> int:
    kind, one, _other, _sure = said
    return _SIGN.get(kind, 0) * (-1 if kind in {"side-missing", "drug-missing"} and one else 1)


def over_pairs(
    original: View, translation: View, pairs: list[Pair], check: Callable[[Pair], list[Said]]
) -> list[Mismatch]:
    """Run a check over all pairs; what a neighbour makes good was only moved."""
    said = [check(pair) if pair.original and pair.translation else [] for pair in pairs]
    found = []
    for at, (pair, each) in enumerate(zip(pairs, said, strict=True)):
        for one in each:
            sign = _sign(one)
            near = [*(said[at - 1] if at else []), *(said[at + 1] if at + 1 < len(said) else [])]
            if sign and any(_sign(other) == -sign and _same(one, other) for other in near):
                continue
            found.append(_mismatch(one, original, translation, pair))
    return found


def _same(one: Said, other: Said) -> bool:
    names = {
        getattr(each, "name", getattr(each, "kind", ""))
        for each in (one[1], one[2], other[1], other[2])
        if each is not None
    }
    return len(names) == 1


def _mismatch(said: Said, original: View, translation: View, pair: Pair) -> Mismatch:
    kind, one, other, sure = said
    # Where a side has no word of its own to mark, the whole sentence is marked.
    left = one or (pair.original[0] if pair.original else None)
    right = other or (pair.translation[0] if pair.translation else None)
    ours = original.place(left.start, left.end) if left else None
    theirs = translation.place(right.start, right.end) if right else None
    told = {
        name: place.text
        for name, place, cue in (("original", ours, one), ("translation", theirs, other))
        if place is not None and cue is not None
    }
    if one is not None and isinstance(one, DrugMention):
        told["original_name"] = one.name
    if other is not None and isinstance(other, DrugMention):
        told["translation_name"] = other.name
    return mismatch(kind, ours, theirs, sure, **told)


def lines(original: View, translation: View, pairs: list[Pair]) -> list[Mismatch]:
    """Find what is missing, what was added, and what was left in its own language."""
    found = []
    short_of, size, shifted = lacking(original, translation), sizes(original), _shifted(pairs)
    for at, pair in enumerate(pairs):
        if pair.original and not pair.translation:
            for segment in pair.original:
                share = segment.size / max(1, size[segment.row])
                full = short_of.get(segment.row, 1.0) < share * _HALF and segment.row not in shifted
                words = segment.size >= _SHORT and any(map(str.isalpha, segment.text))
                if words and not full and not _absorbed(segment, pairs, at):
                    sure = 0.9 if segment.size > 15 else 0.7
                    place = original.place(segment.start, segment.end)
                    found.append(mismatch("line-missing", place, None, sure, original=place.text))
        elif pair.translation and not pair.original:
            for segment in pair.translation:
                if segment.size >= _SHORT:
                    place = translation.place(segment.start, segment.end)
                    found.append(mismatch("line-added", None, place, 0.6, translation=place.text))
        else:
            found += _untranslated(original, translation, pair)
    return found


def _shifted(pairs: list[Pair]) -> set[int]:
    """Return the rows of a translation that say other rows than those in which they stand: that
    both texts have as many rows is then chance."""
    own: dict[int, bool] = {}
    for pair in pairs:
        rows = {each.row for each in pair.original}
        for segment in pair.translation if rows else ():
            own[segment.row] = own.get(segment.row, False) or segment.row in rows
    return {row for row, stands in own.items() if not stands}


def _absorbed(segment: Segment, pairs: list[Pair], at: int) -> bool:
    """Say whether what a lost sentence names stands in excess in a neighbour's translation."""
    sure = {k for k in segment.features if k[:2] in {"n:", "d:", "m:", "t:"}}
    if not sure:
        return False
    for near in pairs[max(0, at - 1) : at + 2]:
        if not near.translation or not near.original:
            continue
        if len(sure) == 1 and near.original[0].row != segment.row:
            continue  # one may be there by chance
        theirs: Counter[str] = Counter()
        ours: Counter[str] = Counter()
        for each in near.translation:
            theirs.update(each.features)
        for each in near.original:
            ours.update(each.features)
        excess = sum(theirs[k] > ours[k] for k in sure)
        if excess >= max(min(2, len(sure)), 0.7 * len(sure)):
            return True
    return False


def _without_units(segment: Segment) -> str:
    """Return a sentence without its quantities: their units are no words of a language."""
    letters = list(segment.text)
    for each in segment.quantities:
        first = each.start - segment.start
        letters[first : each.end - segment.start] = " " * (each.end - each.start)
    return "".join(letters)


def _untranslated(original: View, translation: View, pair: Pair) -> list[Mismatch]:
    one, other = original.language, translation.language
    found = []
    ours = {" ".join(WORD.findall(segment.text)) for segment in pair.original}
    for segment in pair.translation:
        text = _without_units(segment)
        words = WORD.findall(text)
        letters = sum(char.isalpha() for char in text)
        if letters < 12 or (one.spaced and len(words) < 3):
            continue
        copied = " ".join(WORD.findall(segment.text)) in ours and (
            one.script != other.script or any(word in one.stop for word in words)
        )
        foreign = (
            one.script != other.script
            and share_of(one.script, text) > 0.6
            and sum(len(word) >= 4 and share_of(one.script, word) > 0.6 for word in words) >= 3
            and (len(words) >= 8 or any(word in one.stop for word in words))
        )
        if copied or foreign:
            place = translation.place(segment.start, segment.end)
            first = pair.original[0]
            found.append(
                mismatch(
                    "not-translated",
                    original.place(first.start, first.end),
                    place,
                    0.85,
                    translation=place.text,
                )
            )
    return found
