"""Texts made comparable: one kind of digit, dash and letter, and the way back to the original."""

import unicodedata
from dataclasses import dataclass
from functools import cache

# What NFKD does not bring together, and what it must not take apart.
_OWN = {
    "ı": "i", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ى": "ي", "ة": "ه", "ـ": "",
    "ک": "ك", "ی": "ي", "،": ",", "؛": ";", "؟": "?", "٪": "%", "٬": "'", "٫": "٫", "’": "'",
    "‘": "'", "º": "°", "ª": "", "µ": "u", "μ": "u", "×": "×", "½": "0.5", "¼": "0.25",
    "¾": "0.75", "…": "…", "：": ":", "，": ",", "、": "、", "；": ";", "−": "-", "∕": "/",
    "⁄": "/",
    "İ": "i", "І": "i",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
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


@cache
def _letter(char: str) -> str:
    if char in _OWN:
        return _OWN[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category == "Zs":
        return "\u00a0" if char in "\u00a0\u202f\u2009" else " "
    if category in _KINDS:
        return _KINDS[category]
    return "".join(_plain(part) for part in unicodedata.normalize("NFKD", char.lower()))


def _plain(part: str) -> str:
    if part == _NUKTA:
        return ""
    # A vowel sign of Devanagari is a letter to its readers; an accent is not.
    if unicodedata.category(part) == "Mn" and not "\u0900" <= part <= "\u097f":
        return ""
    return _OWN.get(part, part)


def fold(text: str) -> Folded:
    """Fold a text: lower case, no accents, ASCII digits; ``m³`` becomes ``m^3``."""
    letters: list[str] = []
    at: list[int] = []
    raised = False
    for place, char in enumerate(text):
        if char in _SUPERSCRIPTS:
            piece = _SUPERSCRIPTS[char] if raised else "^" + _SUPERSCRIPTS[char]
            raised = True
        else:
            piece, raised = _letter(char), False
            if piece in {"0.5", "0.25", "0.75"} and letters and letters[-1].isdigit():
                piece = piece[1:]  # one and a half is written 1½
        letters.extend(piece)
        at.extend([place] * len(piece))
    return Folded("".join(letters), tuple(at), text)


def folded(text: str) -> str:
    """Return only the folded letters of a text."""
    return fold(text).text
