"""How Chinese characters are read: in Mandarin, Cantonese, Japanese, Korean and Vietnamese.

`data/readings.tsv.gz` is made of the Unihan database of Unicode 15.0 (UAX 38: kMandarin,
kHanyuPinlu, kXHC1983, kTGHZ2013, kCantonese, kJapaneseOn, kJapaneseKun, kHangul, kVietnamese), one
line a character, tones taken away. `data/surnames.toml` holds surnames of two characters, and
spellings that follow from no reading. Names of Japanese have readings of their own, which a package
knows.
"""

import gzip
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import japanese_personal_name_dataset as japanese_names
from anyascii import anyascii

from secondopinion.findings import spellings

_DATA = files("secondopinion.findings") / "data"


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of one character, or of a run of letters that tell their sound."""

    mandarin: tuple[str, ...] = ()
    cantonese: tuple[str, ...] = ()
    japanese: tuple[str, ...] = ()
    korean: tuple[str, ...] = ()
    vietnamese: tuple[str, ...] = ()


@cache
def _lines() -> dict[str, str]:
    text = gzip.decompress((_DATA / "readings.tsv.gz").read_bytes()).decode()
    return {line[0]: line[2:] for line in text.splitlines()}


@cache
def of(character: str) -> Readings:
    """Return the readings of a Chinese character; none where it is not known."""
    columns = [
        tuple(each.split(",")) if each else () for each in _lines().get(character, "").split("\t")
    ]
    if len(columns) != 5:
        return Readings()
    mandarin, cantonese, japanese, korean, vietnamese = columns
    return Readings(
        mandarin, cantonese, japanese, tuple(anyascii(each).lower() for each in korean), vietnamese
    )


@cache
def pinyin() -> frozenset[str]:
    """Return every syllable of Pinyin."""
    return frozenset(
        syllable.replace("v", "u")
        for line in _lines().values() for syllable in line.split("\t")[0].split(",") if syllable
    )  # fmt: skip


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads((_DATA / "surnames.toml").read_text("utf-8"))
    return table


@cache
def double_surnames() -> frozenset[str]:
    """Return surnames of two characters of Chinese and Korean."""
    return frozenset(name for names in _table()["double"].values() for name in names.split())


@cache
def _surnames(language: str) -> dict[str, frozenset[str]]:
    spelt: dict[str, set[str]] = defaultdict(set)
    for characters, words in _table().get(language, {}).items():
        for character in characters:
            spelt[character].update(words.split())
    return {character: frozenset(words) for character, words in spelt.items()}


def surname(characters: str, language: str) -> frozenset[str]:
    """Return the spellings of a surname that its readings do not give."""
    return _surnames(language).get(characters, frozenset())


@cache
def _japanese() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    families: dict[str, set[str]] = defaultdict(set)
    firsts: dict[str, set[str]] = defaultdict(set)
    men, women, last = japanese_names.load_dataset(include_last_names=True)
    for written, family in last.items():
        families[written].add(spellings.japanese(family["en"]))
    for first in (*men.values(), *women.values()):
        for written in first["kanji"]:
            firsts[written].add(spellings.japanese(first["en"]))
    return families, firsts


def japanese_surname(written: str) -> set[str]:
    """Return how a Japanese surname is read, as `spellings.japanese` writes it; often nothing."""
    return _japanese()[0].get(written, set())


def japanese_given(written: str) -> set[str]:
    """Return how a Japanese given name is read, as `spellings.japanese` writes it."""
    return _japanese()[1].get(written, set())


@cache
def japanese_beginnings() -> frozenset[str]:
    """Return the characters with which Japanese surnames begin."""
    return frozenset(written[0] for written in _japanese()[0])
