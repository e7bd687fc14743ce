"""Letters made comparable: one kind of letter, digit and dash, and the way back to the original.

Case, accents, the points of Arabic and Hebrew, tatweel and the forms of alef and ya fall away.
"""

import unicodedata
from dataclasses import dataclass

# What NFKD does not bring together, and what it must not take apart.
_OWN = {
    "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ς": "σ",
    "ى": "ي", "ة": "ه", "ـ": "", "ک": "ك", "ی": "ي", "ٱ": "ا", "،": ",", "؛": ";", "؟": "?",
    "٪": "%", "٬": "'", "٫": "٫", "’": "'", "‘": "'", "º": "°", "ª": "", "µ": "u", "μ": "u",
    "×": "×", "…": "…", "：": ":", "，": ",", "、": "、", "；": ";", "−": "-", "∕": "/", "⁄": "/",
    "İ": "i", "І": "i",
}  # fmt: skip
# Marks of direction and joiners are seen by nobody; every dash is one dash.
_KINDS = {"Cf": "", "Pd": "-"}
_NUKTA = "\u093c"


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `at` holds, for each of its characters, the place in the original."""

    text: str
    at: tuple[int, ...]
    source: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original that a stretch of the folded text came from."""
        if not self.at:
            return 0, 0
        first = self.at[min(start, len(self.at) - 1)]
        last = self.at[min(max(start, end - 1), len(self.at) - 1)]
        return first, last + 1


class _Letters(dict[int, str]):
    """What each character becomes, as `str.translate` takes it; learned as it is met."""

    def __missing__(self, code: int) -> str:
        made = self[code] = _made_of(chr(code))
        return made


def _made_of(char: str) -> str:
    if char in _OWN:
        return _OWN[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category == "Zs":
        return "\u00a0" if char in "\u00a0\u202f\u2009" else " "
    if category in _KINDS:
        return _KINDS[category]
    return "".join(_bare(part) for part in unicodedata.normalize("NFKD", char.lower()))


def _bare(part: str) -> str:
    if part == _NUKTA:
        return ""
    # A vowel sign of Devanagari is a letter to its readers; an accent is not.
    if unicodedata.category(part) == "Mn" and not "\u0900" <= part <= "\u097f":
        return ""
    return _OWN.get(part, part)


_LETTERS = _Letters()


def letter(char: str) -> str:
    """Return what one character becomes: nothing, one letter, or several."""
    return _LETTERS[ord(char)]


def plain(text: str) -> str:
    """Return the folded letters of a text."""
    return text.translate(_LETTERS)


def with_places(text: str) -> Folded:
    """Return the folded letters of a text with the way back to it."""
    letters: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        piece = _LETTERS[ord(char)]
        letters.append(piece)
        at.extend([place] * len(piece))
    return Folded("".join(letters), tuple(at), text)
