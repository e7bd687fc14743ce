"""What earlier, checked translations of a case say of the lines of another text of it.

It is of one case alone: names, days of birth and numbers of one child are never offered for
another's. Of a line that is only alike, what belongs to the earlier one is left out.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher, get_close_matches
from heapq import nlargest
from typing import NamedTuple

from secondopinion.translation.checks.compare import Comparison
from secondopinion.translation.checks.found import Place
from secondopinion.translation.checks.reading import Segment, View
from secondopinion.translation.models import Translation, TranslationState
from secondopinion.translation.queries import comparisons, of_case

_LOOKED_AT = 5  # earlier sentences that a line is held against
_ALIKE = 0.75  # share of letters from which on an earlier sentence is shown
_SHORTEST = 6  # letters of a line that is looked up
_EARLIER = 20  # translations that are looked through
_WORD = re.compile(r"[^\W_]+(?:[.,:/-][^\W_]+)*")
_ANY = re.compile(rf"{_WORD.pattern}|\s+|.")
LEFT_OUT = "…"


class Known(NamedTuple):
    """A line, and what is known of it: an `earlier` line in pieces, each with whether it differs,
    and the earlier translation. `same`: it is the same line, and the translation can be taken."""

    line: str
    earlier: list[tuple[str, bool]]
    text: str
    same: bool


class _Kept(NamedTuple):
    """An earlier translation of a sentence, and the days that are named in it, as written there."""

    text: str
    days: tuple[str, ...]


def remembered(translation: Translation) -> dict[str, list[Known]]:
    """Return what is known of the lines of each original, from checked translations of its case."""
    known: dict[str, _Kept] = {}
    earlier = of_case(translation.case).filter(
        state=TranslationState.REVIEWED, source_language=translation.source_language,
        language=translation.language,
    )  # fmt: skip
    for row in earlier.exclude(pk=translation.pk)[:_EARLIER]:
        for done in comparisons(row).values():
            known |= dict(_pairs(done)) if done else {}
    parts = {each: _pairs_of_letters(each) for each in known}
    return {
        key: [
            _known(line.strip(), best, known[best])
            for line in original.splitlines()
            if len(line.strip()) >= _SHORTEST
            and (best := _nearest(line.strip(), parts)) is not None
        ]
        for key, original, _text in translation.texts
    }


def _pairs(done: Comparison) -> Iterator[tuple[str, _Kept]]:
    """Yield the sentences that were found to be each other's translation, one for one, and in which
    nothing differs."""
    for pair in done.pairs:
        if len(pair.original) != 1 or len(pair.translation) != 1:
            continue
        ours, theirs = pair.original[0], pair.translation[0]
        one = done.original.place(ours.start, ours.end)
        other = done.translation.place(theirs.start, theirs.end)
        if any(
            _lies_in(each.original, one) or _lies_in(each.translation, other)
            for each in done.mismatches
            if each.alarm
        ):
            continue
        yield one.text, _Kept(other.text, tuple(_days(done.translation, theirs)))


def _lies_in(found: Place | None, sentence: Place) -> bool:
    return found is not None and found.start < sentence.end and sentence.start < found.end


def _days(view: View, of: Segment) -> Iterator[str]:
    for each in (*of.dates, *of.months):
        yield view.place(each.start, each.end).text


def _known(line: str, earlier: str, kept: _Kept) -> Known:
    if line == earlier:
        return Known(line, [(earlier, False)], kept.text, same=True)
    return Known(line, _compared(line, earlier), _without(line, earlier, kept), same=False)


def _compared(line: str, earlier: str) -> list[tuple[str, bool]]:
    """Return an earlier line in pieces of whole words, each with whether it differs from a line."""
    ours, theirs = (_ANY.findall(each) for each in (line, earlier))
    steps = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return [
        ("".join(theirs[start:end]), step != "equal")
        for step, _from, _to, start, end in steps if start < end
    ]  # fmt: skip


def _without(line: str, earlier: str, kept: _Kept) -> str:
    """Return an earlier translation without what belongs to the earlier line alone: its days, and
    numbers and names that stand in both its languages."""
    text = kept.text
    for day in kept.days:
        text = text.replace(day, LEFT_OUT)
    here, there = ({word.casefold() for word in _WORD.findall(each)} for each in (line, earlier))

    def shown(found: re.Match[str]) -> str:
        word = found.group().casefold()
        carried = word in there or any(sign.isdecimal() for sign in word)
        return LEFT_OUT if carried and word not in here else found.group()

    return _WORD.sub(shown, text)


def _nearest(line: str, known: Mapping[str, frozenset[str]]) -> str | None:
    """Return what is most like a line, of the few that share most pairs of letters with it: a long
    text beside many sentences would take minutes to be held against all of them."""
    if line in known:
        return line
    own = _pairs_of_letters(line)
    likely = nlargest(_LOOKED_AT, known, key=lambda each: len(own & known[each]))
    return next(iter(get_close_matches(line, likely, n=1, cutoff=_ALIKE)), None)


def _pairs_of_letters(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
