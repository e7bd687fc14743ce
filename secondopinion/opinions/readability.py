"""The reading level of a plain summary, as a US school grade, where a published formula exists.

English: Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom 1975). Spanish: the scale of
Fernández Huerta (1959), given as its ease from 0 to 100. For Arabic none is used: OSMAN (El-Haj and
Rayson 2016) counts syllables by vowel signs, which nobody writes in a report.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SENTENCE = re.compile(r"[.!?…]+(?:\s|$)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENGLISH = re.compile(r"[aeiouy]+")
_SPANISH = re.compile(r"[aeoáéíóúü]|[iu]+")
PLAIN_GRADE, PLAIN_EASE = 7.0, 70.0
LEAST = 20  # words


@dataclass(frozen=True, slots=True)
class Level:
    """A reading level in words, and whether it is plain enough for families."""

    words: str | Promise
    plain: bool


def told(text: str, language: str) -> str | Promise:
    """Return the level of a text in words, or why it cannot be told; "" of none."""
    if not text.strip():
        return ""
    if found := level(text, language):
        return found.words
    if language in ("en", "es"):
        return _("Reading level: measured from %(least)s words on") % {"least": LEAST}
    return _("Reading level: cannot be measured in this language")


def level(text: str, language: str) -> Level | None:
    """Return the reading level of a text of at least 20 words, or None where it cannot be told."""
    words = _WORD.findall(text.lower())
    if len(words) < LEAST:
        return None
    sentences = max(1, len(_SENTENCE.findall(text)))
    per_sentence = len(words) / sentences
    if language == "en":
        syllables = sum(max(1, len(_ENGLISH.findall(word.removesuffix("e")))) for word in words)
        grade = 0.39 * per_sentence + 11.8 * syllables / len(words) - 15.59
        return Level(
            _("Reading level: about school year %(year)s") % {"year": max(1, round(grade))},
            grade <= PLAIN_GRADE,
        )
    if language == "es":
        syllables = sum(max(1, len(_SPANISH.findall(word))) for word in words)
        ease = 206.84 - 60 * syllables / len(words) - 1.02 * per_sentence
        return Level(
            _("Reading ease: %(ease)s of 100") % {"ease": max(0, min(100, round(ease)))},
            ease >= PLAIN_EASE,
        )
    return None
