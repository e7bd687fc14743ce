"""The language of a text: two judges and its script (py3langid, and CLD2 as the second vote)."""

import copy
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pycld2

from secondopinion.records.checks import kinds, scripts

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

NAME = "language@1"
MOST = 8000  # letters that are looked at
SHORT = 200  # letters in which two judges often differ
FEWEST = 12  # letters; with fewer nothing is said
_SAME = {"iw": "he", "no": "nb", "zh-Hant": "zh", "in": "id", "jw": "jv", "fil": "tl", "sh": "hr"}
_TWINS = ({"hr", "sr"}, {"id", "ms"}, {"hi", "mr", "ne"}, {"nb", "da"}, {"cs", "sk"})


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language (ISO 639-1, "" for unknown), its script, how sure that is (0 to 1), and further
    languages on the page."""

    language: str = ""
    script: str = ""
    certainty: float = 0.0
    others: tuple[str, ...] = ()


@cache
def _judge(script: str) -> "LanguageIdentifier":
    from secondopinion.records.checks import langid  # dear: only where a text is looked at

    judge = copy.copy(langid.WHOLE)
    judge.set_languages([each for each in scripts.LANGUAGES[script] if each in judge.labels])
    return judge


def identify(text: str) -> Tongue:
    """Return the language of a text. Lines of numbers say nothing and are left out."""
    bare = _bare(text)
    shares = scripts.shares(bare)
    if not shares or sum(map(bool, map(scripts.script_of, bare))) < FEWEST:
        return Tongue(script=next(iter(shares), ""))
    script = next(iter(shares))
    # Units and medicines stand in Latin letters on the pages of every script.
    if script == "Latn" and len(shares) > 1:
        second, share = list(shares.items())[1]
        script = second if share > 0.35 else script
    part = _of_script(bare, script)
    languages = scripts.LANGUAGES.get(script, ())
    voted, others = _second_vote(bare)
    if len(languages) == 1:
        return Tongue(languages[0], script, 0.98, others - _as_set(languages[0]))
    [(first, sure), *_rest] = _judge(script).rank(part) or [("", 0.0)]
    vote = next((each for each in voted if each in languages), "")
    if vote == first:
        sure = max(sure, 0.95)
    elif vote:
        first, sure = _settled(text, part, first, voted, vote, sure)
    else:
        sure *= 0.85
    if script == "Arab" and first == "ar" and re.search(r"[پچژگ]", part) and vote == "fa":
        first = "fa"
    return Tongue(first, script, round(float(sure), 3), others - _as_set(first))


def _settled(
    text: str, part: str, first: str, voted: list[str], vote: str, sure: float
) -> tuple[str, float]:
    """Return the language of a text over which two judges differ, and how sure that is."""
    if any({vote, first} <= twins for twins in _TWINS):
        if "hi" in {vote, first} and len(part) < SHORT:  # the language of many more people
            return "hi", 0.6
        return first, min(sure, 0.7)
    ours, theirs = (kinds.words_in(text, each) for each in (first, vote))
    if max(ours, theirs) > 2 and ours != theirs:  # the one whose words of records stand here
        return (first if ours > theirs else vote), 0.7
    if len(part) > SHORT and voted[0] == vote:  # the second judge is the better one at length
        return vote, 0.6
    return first, min(sure, 0.55)


class _Others(tuple[str, ...]):
    __slots__ = ()

    def __sub__(self, gone: frozenset[str]) -> tuple[str, ...]:
        return tuple(each for each in self if each not in gone)


def _as_set(language: str) -> frozenset[str]:
    return frozenset({language})


def _bare(text: str) -> str:
    """Return the lines that hold words, without marks that the judges stumble over."""
    lines = []
    for line in text[: 4 * MOST].splitlines():
        letters = sum(map(str.isalpha, line))
        if letters >= 3 and letters >= 0.4 * len(line.replace(" ", "")):
            lines.append(line)
    plain = unicodedata.normalize("NFC", "\n".join(lines))[:MOST]
    return "".join(each if each.isprintable() or each == "\n" else " " for each in plain)


def _of_script(text: str, script: str) -> str:
    return " ".join(
        word for word in text.split() if any(scripts.script_of(char) == script for char in word)
    )


def _second_vote(text: str) -> tuple[list[str], _Others]:
    """Return CLD2's languages, and those that hold at least a sixth of the page."""
    try:
        _reliable, _count, details = pycld2.detect(text, isPlainText=True, bestEffort=True)
    except pycld2.error:
        return [], _Others()
    known = [
        (_SAME.get(code, code), share) for _name, code, share, _score in details if code != "un"
    ]
    known_codes = {each for row in scripts.LANGUAGES.values() for each in row}
    many = [code for code, share in known if share >= 17 and code in known_codes]
    return [code for code, _share in known], _Others(many)
