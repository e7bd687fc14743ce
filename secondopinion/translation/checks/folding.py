"""Texts folded for comparing what they measure: powers and fractions stay what they are."""

from secondopinion.core.folding import Folded, letter

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75"}


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
            piece, raised = _FRACTIONS.get(char) or letter(char), False
            if char in _FRACTIONS and letters and letters[-1].isdigit():
                piece = piece[1:]  # one and a half is written 1½
        letters.extend(piece)
        at.extend([place] * len(piece))
    return Folded("".join(letters), tuple(at), text)


def folded(text: str) -> str:
    """Return only the folded letters of a text."""
    return fold(text).text
