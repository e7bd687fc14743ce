"""Words in what somebody writes that may mean danger right now: first comes whom to call.

They are few and plain (`data/red_flags.toml`), and looked for in every language whatever the family
has chosen. They decide nothing: a false alarm costs a page of advice, and a danger told in other
words is missed. So every page on which one asks or writes says that it is not watched.
"""

import re
import tomllib
from functools import cache
from importlib import resources

from secondopinion.core.folding import plain

# What may be written onto the front of an Arabic word: and, so, with, to, like, the.
_FRONT = {"ar": "(?:[وفبلك]?(?:ال)?)"}
# What may stand between two parts of a phrase: a few words. Chinese has none, but letters.
_GAP = {"zh": r"[^。！？!?\n]{0,8}?"}
_WORDS = r"[^\w\s]*(?:\s+\S+){0,%s}?\s+[^\w\s]*"
_GAPS = {"~": _WORDS % 6, "^": _WORDS % 2}
_PART = re.compile(r"\([^)]*\)|[~^]|[^()~^]+")


@cache
def _patterns() -> list[re.Pattern[str]]:
    text = resources.files("secondopinion.followup").joinpath("data/red_flags.toml").read_text()
    return [
        re.compile("|".join(_phrase(each, language) for each in phrases))
        for language, phrases in tomllib.loads(text).items()
    ]


def _phrase(phrase: str, language: str) -> str:
    """Return the pattern of a phrase: its parts one after the other, or with words between."""
    made, gap = "", ""
    for part in (each.strip() for each in _PART.findall(phrase)):
        if part in _GAPS:
            gap = _GAP.get(language, _GAPS[part])
        elif part:
            between = "" if language == "zh" else r"\s+"
            made += (gap or between) if made else ""
            made += (
                f"(?:{'|'.join(_words(each, language) for each in part.strip('()').split('|'))})"
            )
            gap = ""
    return made


def _words(words: str, language: str) -> str:
    if language == "zh":  # no spaces between its words
        return re.escape(plain(words.strip()))
    found = r"\s+".join(
        re.escape(plain(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")
        for word in words.split()
    )
    return rf"(?<!\w){_FRONT.get(language, '')}{found}(?!\w)"


def found(text: str) -> list[str]:
    """Return the words of a text that may mean danger, as they are written there, folded."""
    folded = plain(text)
    return [match[0] for pattern in _patterns() for match in pattern.finditer(folded)]
