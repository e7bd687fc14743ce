"""Names of somebody else in the report: of another child of the same specialist, or of nobody who
has to do with the case."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.core.folding import plain
from secondopinion.findings import names
from secondopinion.opinions.checking.found import Doubt, Facts, Texts
from secondopinion.opinions.checking.tongues import finds, language_of, tongue
from secondopinion.translation.checks.languages import LETTER, language
from secondopinion.translation.checks.sound import skeleton

CHECK = "other-name"
_TOKEN = re.compile(rf"(?!\d){LETTER}+(?:['’-]{LETTER}+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LABEL = re.compile(
    r"(?:^|\n|[.;]\s)[ \t]*(?:name|patient(?: name)?|nombre|paciente|الاسم|اسم المريض)[ \t]*:[ \t]*"
    r"([^\n,;.:\d]{2,60})",
    re.IGNORECASE,
)
_CITES = "references"  # there names of authors stand
_SHORTEST = 4  # letters of a name that says something alone
_OTHER_CHILD: str | Promise = _("This is the name of another child whose case you have had.")
_UNKNOWN: str | Promise = _("This name is not of this child, nor of anybody in the case.")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether it is written as names are, and not as abbreviations are."""
        return self.text[0].isupper() and not self.text[1:].isupper() and len(self.text) > 1


def check(texts: Texts, facts: Facts) -> list[Doubt]:
    """Return the names that are somebody else's."""
    known = (*facts.names, *facts.people)
    usual = language_of(texts)
    found = []
    for field, text in texts.items():
        tokens = [_Word(each.group(), *each.span()) for each in _TOKEN.finditer(text)]
        code = tongue(text, usual)
        places = [(place, _OTHER_CHILD) for place in _others(text, tokens, facts, known)]
        if field != _CITES:
            places += [(place, _OTHER_CHILD) for place in _alone(text, tokens, facts, known, code)]
            unknown = [*_labelled(text, tokens, known, code), *_halves(text, tokens, facts, code)]
            places += [(place, _UNKNOWN) for place in unknown]
        taken: list[tuple[int, int]] = []
        for (start, end), sentence in places:
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                found.append(Doubt(CHECK, field, start, end, text[start:end], sentence))
    return found


@lru_cache(4096)
def _parts(name: str) -> tuple[str, ...]:
    """Return the words of a name, folded, without initials."""
    bare = plain(name).replace("-", " ")
    return tuple(each for each in re.findall(rf"{LETTER}+", bare) if len(each) > 1)


def _all_parts(of: Iterable[str]) -> set[str]:
    return {part for name in of for part in _parts(name)}


def _sounds(word: str) -> str:
    return skeleton(plain(word).replace("-", ""))


def _windows(text: str, tokens: list[_Word], at: int, most: int) -> Iterator[tuple[int, int]]:
    """Return the stretches of two to `most` words that begin or end at one, the longest first."""
    for size in range(most, 1, -1):
        for first in {at, at - size + 1}:
            row = tokens[first : first + size] if first >= 0 else []
            whole = len(row) == size and all(len(each.text) > 1 for each in row)  # no initials
            if whole and not re.search(r"[^\s'’.-]", _gaps(text, row)):
                yield row[0].start, row[-1].end


def _gaps(text: str, row: list[_Word]) -> str:
    return "".join(text[one.end : other.start] for one, other in pairwise(row)).replace("\n\n", ",")


def _others(
    text: str, tokens: list[_Word], facts: Facts, known: tuple[str, ...]
) -> Iterator[tuple[int, int]]:
    """Find whole names of other children, in any script."""
    by_sound: dict[str, list[int]] = {}
    for at, token in enumerate(tokens):
        by_sound.setdefault(_sounds(token.text), []).append(at)
    for other in facts.others:
        if _UNSPACED.search(other):
            bare = other.replace(" ", "")
            if len(bare) > 1 and other not in known and (at := text.find(bare)) >= 0:
                yield at, at + len(bare)
            continue
        parts = _parts(other)
        sounds = {sound for part in parts if (sound := _sounds(part))}
        if len(parts) < 2 or sum(sound in by_sound for sound in sounds) < min(2, len(sounds)):
            continue
        if names.compare(known, (other,)) == names.SAME:
            continue
        places = {at for sound in sounds for at in by_sound.get(sound, ())}
        for at in sorted(places):
            place = next(
                (each for each in _windows(text, tokens, at, min(4, len(parts)))
                 if _is(text[each[0] : each[1]], other, known)),
                None,
            )  # fmt: skip
            if place is not None:
                yield place


def _is(written: str, other: str, known: tuple[str, ...]) -> bool:
    return names.compare((other,), (written,)) == names.SAME and (
        names.compare(known, (written,)) != names.SAME
    )


def _alone(
    text: str, tokens: list[_Word], facts: Facts, known: tuple[str, ...], code: str
) -> Iterator[tuple[int, int]]:
    """Find one word of another child's name where it is plainly said of somebody."""
    theirs = {each for each in _all_parts(facts.others) if len(each) >= _SHORTEST}
    theirs -= _all_parts(known) | set(language(code).months)
    if not theirs:
        return
    small = {token.text for token in tokens if token.text.islower()}
    for at, token in enumerate(tokens):
        bare = re.sub(r"['’]s$", "", token.text)
        if plain(bare) not in theirs or not token.capital or bare.lower() in small:
            continue
        behind = text[token.end : token.end + 20].lstrip()
        if _begins(text, token.start) and not finds(code, "is-somebody").match(behind):
            continue
        if not _of_somebody_else(text, tokens, at, code):
            yield token.start, token.start + len(bare)


def _of_somebody_else(text: str, tokens: list[_Word], at: int, code: str) -> bool:
    """Say whether a name stands behind a title, or names a disease or a hospital."""
    token = tokens[at]
    behind = text[token.end : token.end + 20].lstrip(" -–’'s")
    before = tokens[at - 1].text if at else ""
    row = takewhile(lambda each: each.capital, tokens[at + 1 : at + 4])
    return bool(
        finds(code, "title").fullmatch(before)
        or finds(code, "eponym").match(behind)
        or re.match(r"[-–]", text[token.end : token.end + 1])
        or any(finds(code, "eponym").fullmatch(each.text) for each in row)
    )


def _begins(text: str, at: int) -> bool:
    """Say whether a sentence begins there, so that a capital says nothing."""
    before = text[:at].rstrip(" \t\"'“‘(•*")
    return not before or before[-1] in ".!?:\n"


def _labelled(
    text: str, tokens: list[_Word], known: tuple[str, ...], code: str
) -> Iterator[tuple[int, int]]:
    """Find names behind "patient", "called" or a label."""
    for label in _LABEL.finditer(text):
        told = label.group(1).rstrip()
        if (
            told
            and not told[0].islower()
            and names.given(told)
            and names.compare(known, (told,)) == names.DIFFERENT
        ):
            yield label.start(1), label.start(1) + len(told)
    patients, called = finds(code, "patient"), finds(code, "called")
    for at, token in enumerate(tokens):
        by_name = called.fullmatch(token.text)
        if not by_name and not (patients.fullmatch(token.text) and token.text.islower()):
            continue
        row = _names_behind(text, tokens, at)
        if len(row) < (1 if by_name else 2):
            continue
        start, end = row[0].start, row[-1].end
        if names.compare(known, (text[start:end],)) == names.DIFFERENT:
            yield start, end


def _names_behind(text: str, tokens: list[_Word], at: int) -> list[_Word]:
    row: list[_Word] = []
    for before, token in zip(tokens[at:], tokens[at + 1 : at + 5], strict=False):
        apart = text[before.end : token.start]
        if not token.capital or not re.fullmatch(r" |, " if not row else r" ", apart):
            break
        row.append(token)
    return row


def _halves(text: str, tokens: list[_Word], facts: Facts, code: str) -> Iterator[tuple[int, int]]:
    """Find the child's name with one half that is somebody else's: "Camila Rodríguez"."""
    ours, known = _all_parts(facts.names), _all_parts((*facts.names, *facts.people))
    stop = language(code).stop | set(language(code).months)
    for at, (one, other) in enumerate(pairwise(tokens)):
        if text[one.end : other.start] != " " or not (one.capital and other.capital):
            continue
        halves = [plain(re.sub(r"['’]s$", "", each.text)) for each in (one, other)]
        mine = [half in ours for half in halves]
        if sum(mine) != 1:
            continue
        strange = halves[mine.index(False)]
        if strange in known | stop or len(strange) < 3 or _alike(strange, known):
            continue
        if mine[0] and re.search(r"['’]s$", one.text):
            continue  # "Camila's Mother"
        first = mine[1]  # the strange half comes first
        if first and (_begins(text, one.start) or finds(code, "title").fullmatch(one.text)):
            continue
        if any(_of_somebody_else(text, tokens, place, code) for place in (at, at + 1)):
            continue
        yield one.start, other.end


def _alike(word: str, known: set[str]) -> bool:
    return any(names.compare((word,), (each,)) == names.SAME for each in known)
