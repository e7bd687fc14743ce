"""What ordinary words mean: a word by its first letters, and the first letters of the English words
that stand where it stands.

The table, ``data/meanings.json``, is learnt from sentences with their translations
(``benchmarks/train_meanings.py``). It does not translate: it tells whether what a sentence says is
likely to be said in the other one too.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from secondopinion.translation.checks.languages import DATA, WORD, Language

TABLE = DATA / "meanings.json"
_LETTERS = 5  # of a word, that tell it from others with any ending
_SHORTEST = 3
_ARTICLE = re.compile(r"[وف]?(?:بال|كال|وال|فال|لل|ال)(?=...)|[وف](?=...)")
_ARABIC_LETTERS = 4
_HAN = re.compile("[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """A word that is known: where it begins, and the English stems that it may stand for."""

    start: int
    stems: frozenset[str]


def stem(word: str, code: str) -> str:
    """Return by what a folded word is looked up."""
    if code != "ar":
        return word[:_LETTERS]
    article = _ARTICLE.match(word)
    return word[article.end() if article else 0 :][:_ARABIC_LETTERS]


def stems(text: str, language: Language) -> list[tuple[int, str]]:
    """Return the words of a folded text that carry a meaning, by place; in Chinese every two signs
    that stand together."""
    if not language.spaced:
        return [
            (run.start() + at, run.group()[at : at + 2])
            for run in _HAN.finditer(text)
            for at in range(len(run.group()) - 1)
        ]
    return [
        (each.start(), stem(each.group(), language.code))
        for each in WORD.finditer(text)
        if len(each.group()) >= _SHORTEST and each.group() not in language.stop
    ]


@cache
def _table(path: Path) -> dict[str, dict[str, frozenset[str]]]:
    raw: dict[str, dict[str, str]] = json.loads(path.read_text())
    return {
        code: {word: frozenset(english.split()) for word, english in words.items()}
        for code, words in raw.items()
    }


@cache
def _sayable(path: Path, code: str) -> frozenset[str]:
    """Return the English stems that a language is known to have words for."""
    return frozenset().union(*_table(path).get(code, {}).values())


def meant(text: str, language: Language, other: Language) -> list[Meant]:
    """Return the words of a folded text for which the other language is known to have words, in
    their order: where none of those stands there, something else was said."""
    known = _table(TABLE).get(language.code, {})
    found = []
    for at, word in stems(text, language):
        meanings = frozenset({word}) if language.code == "en" else known.get(word, frozenset())
        if other.code != "en":
            meanings &= _sayable(TABLE, other.code)
        if meanings:
            found.append(Meant(at, meanings))
    return found
