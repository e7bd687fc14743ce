"""The language of a text of the report, and the words that the checks know in it."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from secondopinion.opinions.checking.found import Texts
from secondopinion.translation.checks.folding import folded
from secondopinion.translation.checks.languages import (
    WORD,
    codes,
    guess,
    language,
    share_of,
    short_code,
)

DATA = Path(__file__).resolve().parent.parent / "data"
_SENTENCE = re.compile(r"[.!?؟।](?:\s|$)|[;。；؛]|\n\s*\n")
_LONG = 60  # characters from which on the words of a text tell its language
_SURE = 2  # words that a language is known by
_TELLING = 400  # characters that are looked at
_MOST = 2_000  # characters of a whole report by which its language is told
_NOT_LATIN = re.compile(r"[\u0370-\u1dff\u2e80-\ufdff]")
_OF_SCRIPT = {"Arab": "ar", "Cyrl": "ru", "Hans": "zh", "Deva": "hi"}


@cache
def words() -> dict[str, dict[str, Any]]:
    """Return the lists of ``words.toml`` by language."""
    found: dict[str, dict[str, Any]] = tomllib.loads((DATA / "words.toml").read_text())
    return found


@cache
def finds(code: str, key: str) -> re.Pattern[str]:
    """Return what finds the words of a list as they are written; nothing where there is none."""
    ways = words().get(code, {}).get(key, [])
    joined = "|".join(sorted(ways, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)


@lru_cache(64)
def _by_words(letters: str) -> str:
    code = guess(letters)
    known = language(code).stop if code else frozenset()
    told = {word for word in WORD.findall(folded(letters)) if word in known}
    return code if len(told) >= _SURE else "en"


def tongue(text: str, otherwise: str = "en", said: str = "") -> str:
    """Return the short code of a text's language.

    `said` is what somebody said that it is; a short text in Latin letters is taken for `otherwise`.
    """
    if short_code(said) in codes():
        return short_code(said)
    if _NOT_LATIN.search(text[:_TELLING]):
        for script, code in _OF_SCRIPT.items():
            if share_of(script, text[:_TELLING]) > 0.4:
                return code
    return _by_words(text[:_TELLING]) if len(text) >= _LONG else otherwise


def language_of(texts: Texts) -> str:
    """Return the language in which most of a report is written."""
    told = " ".join(texts.values())
    script = tongue(told, "")
    return script or _by_words(told[:_MOST])


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Return where each sentence of a text begins and ends."""
    at = 0
    for each in _SENTENCE.finditer(text):
        yield at, each.end()
        at = each.end()
    yield at, len(text)
