"""The language of a text of the report, and the words that the checks know in it."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from secondopinion.translation.checks.languages import codes, guess, share_of, short_code

DATA = Path(__file__).resolve().parent.parent / "data"
_SENTENCE = re.compile(r"[.!?؟।](?:\s|$)|[;。；؛]|\n\s*\n")
_LONG = 60  # characters from which on the words of a text tell its language
_TELLING = 400  # characters that are looked at
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
    return guess(letters) or "en"


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


def language_of(texts: dict[str, str]) -> str:
    """Return the language in which most of a report is written."""
    longest = max(texts.values(), key=len, default="")
    return tongue(longest)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Return where each sentence of a text begins and ends."""
    at = 0
    for each in _SENTENCE.finditer(text):
        yield at, each.end()
        at = each.end()
    yield at, len(text)
