"""Compares a name in Chinese characters or Korean letters with one whose letters tell its sound.

One character is read in many ways, by language and by family: two such names are the same where one
language reads the whole of the one as the other, and different only where no part of the one can be
a part of the other in any language. Everything between says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise, product
from math import prod

from anyascii import anyascii

from secondopinion.findings import readings, spellings
from secondopinion.findings.readings import Readings

SAME, LIKE, DIFFERENT, UNKNOWN = "same", "like", "different", "unknown"
NO, NEAR, YES = 0, 1, 2

_CHARACTER = re.compile(r"[\u3400-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_UNIT = re.compile(r"[\u3400-\u9fff々]|[\uac00-\ud7af]|[\u3040-\u30ff]+")
_MOST = 1000  # readings of one part of a name that are looked at
_LONGEST = 8  # characters, or words, of a name that is compared
_VOICED = {"k": "kg", "s": "sz", "t": "td", "h": "hbp"}  # after the first part of a Japanese word


@dataclass(frozen=True, slots=True)
class _Written:
    """A part of a name: its letters, and the readings of each."""

    letters: str
    units: tuple[Readings, ...]


@lru_cache(4096)
def compare(written: str, sounding: str) -> str:
    """Compare a name with Chinese characters or Korean letters with one in Latin letters, kana or
    Korean letters. ``like``: the surname is the same and the given name is not."""
    sound = anyascii(sounding)
    if _HANGUL.search(sounding):
        sound = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", sound)  # one syllable after the other
    words = tuple(re.findall(r"[a-z']+", sound.lower()))
    parts = [_UNIT.findall(part) for part in re.split(r"[\s^・·,]+", written)]
    units = [part for part in parts if part]
    count = sum(map(len, units))
    if not 2 <= count <= _LONGEST or not 1 <= len(words) <= _LONGEST:
        return UNKNOWN
    most = NO
    for language in _languages(written, words):
        for family, given in _splits(units, language):
            for name, others in _arranged(words):
                one = _level(family, (name,), language, surname=True)
                other = _level(given, _runs(others), language, surname=False)
                if one == other == YES:
                    return SAME
                most = max(most, one, other)
                if (
                    one == YES
                    and language == "chinese"
                    and _other_given(family, given, name, others)
                ):
                    return LIKE
    if most or len(words) < 2 or _read_otherwise(written, units, words):
        return UNKNOWN
    return DIFFERENT


def _languages(written: str, words: tuple[str, ...]) -> list[str]:
    """Return in which languages a name may be meant, by the national sets of characters."""
    found = []
    if _CHARACTER.search(written):
        found += ["chinese", "vietnamese"]
        if _japanese(written) and all(spellings.is_japanese(word) for word in words):
            found.append("japanese")
    return [*found, "korean"]


def _japanese(written: str) -> bool:
    """Say whether JIS X 0208 has every character, as DICOM would need (PS3.3, C.12.1.1.2)."""
    try:
        written.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return not _HANGUL.search(written)


def _splits(parts: list[list[str]], language: str) -> Iterator[tuple[_Written, _Written]]:
    """Yield a name as surname and given name."""
    if len(parts) > 1:
        yield _of(parts[0]), _of([unit for part in parts[1:] for unit in part])
        return
    (units,) = parts
    for at in range(1, min(4, len(units) - 1) + 1):
        if (
            language == "japanese"
            or at == 1
            or (at == 2 and "".join(units[:2]) in readings.double_surnames())
        ):
            yield _of(units[:at]), _of(units[at:])


def _of(units: list[str]) -> _Written:
    said = [before if unit == "々" and before else unit for before, unit in pairwise(["", *units])]
    return _Written("".join(units), tuple(_readings(unit) for unit in said))


def _readings(unit: str) -> Readings:
    if _CHARACTER.match(unit):
        return readings.of(unit)
    sound = anyascii(unit).lower()
    return Readings(korean=(sound,)) if unit[0] >= "\uac00" else Readings(japanese=(sound,))


def _arranged(words: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the words of a name as a surname and what is left."""
    if len(words) == 1:
        for at in range(1, len(words[0])):
            yield words[0][:at], (words[0][at:],)
            yield words[0][at:], (words[0][:at],)
        return
    for first in range(len(words)):
        for last in range(first + 1, min(first + 3, len(words) + 1)):
            if last - first < len(words):
                yield "".join(words[first:last]), words[:first] + words[last:]


def _runs(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return what words that follow each other make: an English name may stand beside the other."""
    return tuple(
        "".join(words[first:last])
        for first in range(len(words)) for last in range(first + 1, len(words) + 1)
    )  # fmt: skip


def _level(part: _Written, texts: tuple[str, ...], language: str, *, surname: bool) -> int:
    return max((_likeness(part, text, language, surname=surname) for text in texts), default=NO)


@lru_cache(8192)
def _likeness(part: _Written, text: str, language: str, *, surname: bool) -> int:
    if language == "japanese":
        return _in_japanese(part, spellings.japanese(text), surname=surname)
    if surname and text in readings.surname(part.letters, language):
        return YES
    if language == "korean":
        return _in_korean(part, spellings.korean(text))
    spelt = [
        _chinese(row) if language == "chinese" else frozenset(row.vietnamese) for row in part.units
    ]
    return _spelt_so(spelt, text.replace("'", ""), near=surname or len(spelt) > 1)


def _spelt_so(spelt: list[frozenset[str]], text: str, *, near: bool) -> int:
    if not all(spelt):
        return NO
    if re.fullmatch("".join(f"(?:{'|'.join(each)})" for each in spelt), text):
        return YES
    known = ({spellings.bones(word) for word in each} for each in spelt)
    skeleton = "".join(f"(?:{'|'.join(each)})" for each in known)
    return NEAR if near and re.fullmatch(skeleton, spellings.bones(text)) else NO


def _in_korean(part: _Written, heard: str) -> int:
    said = _said_in_korean(part)
    if heard in said:
        return YES
    close = any(SequenceMatcher(None, each, heard).ratio() >= 0.8 for each in said)
    return NEAR if close and len(heard) > 2 else NO


@lru_cache(4096)
def _said_in_korean(part: _Written) -> frozenset[str]:
    return frozenset(
        spellings.korean("".join(each)) for each in _all([row.korean for row in part.units])
    )


@lru_cache(4096)
def _chinese(row: Readings) -> frozenset[str]:
    spelt = [spellings.mandarin(each) for each in row.mandarin]
    spelt += [spellings.cantonese(each) for each in row.cantonese]
    return frozenset().union(*spelt)


def _in_japanese(part: _Written, heard: str, *, surname: bool) -> int:
    said = _said(part, surname=surname)
    if heard in said:
        return YES
    close = (each for each in said if abs(len(each) - len(heard)) < 3)
    return NEAR if any(SequenceMatcher(None, each, heard).ratio() >= 0.8 for each in close) else NO


@lru_cache(4096)
def _said(part: _Written, *, surname: bool) -> frozenset[str]:
    """Return how a part of a Japanese name may be read: as dictionaries of names have it, and by
    the readings of its characters, whose first sound may be voiced within a word."""
    known = readings.japanese_surname if surname else readings.japanese_given
    said = set(known(part.letters))
    first, *rest = [row.japanese for row in part.units]
    voiced = [
        tuple(start + each[1:] for each in column for start in _VOICED.get(each[:1], each[:1]))
        for column in rest
    ]
    said.update(spellings.japanese("".join(each)) for each in _all([first, *voiced]))
    return frozenset(said)


def _all(columns: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    return product(*columns) if prod(map(len, columns)) <= _MOST else iter(())


def _other_given(family: _Written, given: _Written, name: str, others: tuple[str, ...]) -> bool:
    """Say whether a given name is plainly another one: both are Pinyin, syllable by syllable, and
    no syllable is like its character."""
    if not any(name == each.replace("v", "u") for row in family.units for each in row.mandarin):
        return False
    for text in {"".join(others), "".join(reversed(others))}:
        syllables = _syllables(text, len(given.units))
        if not syllables:
            return False
        for said in syllables:
            pairs = zip(said, given.units, strict=True)
            if any(
                _likeness(_Written("", (row,)), each, "chinese", surname=True)
                for each, row in pairs
            ):
                return False
    return True


def _syllables(text: str, count: int) -> list[tuple[str, ...]]:
    """Return every way in which letters are so many syllables of Pinyin."""
    if not count:
        return [()] if not text else []
    return [
        (text[:at], *rest)
        for at in range(1, min(6, len(text)) + 1) if text[:at] in readings.pinyin()
        for rest in _syllables(text[at:], count - 1)
    ]  # fmt: skip


def _read_otherwise(written: str, parts: list[list[str]], words: tuple[str, ...]) -> bool:
    """Say whether this may be a Japanese name that is read as no dictionary has it."""
    if "japanese" not in _languages(written, words):
        return False
    families = [family.letters for family, _given in _splits(parts, "japanese")]
    if any(map(readings.japanese_surname, families)):
        return False
    # Chinese names have three characters at most, but for those with a surname of two.
    return families[0][0] in readings.japanese_beginnings() or sum(map(len, parts)) > 3
