"""Names of codes and what is typed, made comparable: words, both spellings of English, one slip."""

import re
from collections.abc import Iterator

from secondopinion.core.folding import plain

_WORD = re.compile("[a-z0-9]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# The British spelling falls on the American one: oedema, haemorrhage, tumour.
_SPELLINGS = (("ae", "e"), ("oe", "e"), ("our", "or"))

# What doctors say and what classifications say. The first word finds the second, too.
_ALSO = {
    "tumor": "neoplasm", "cancer": "neoplasm", "seizure": "convulsion", "seizures": "convulsions",
    "fits": "seizures", "heart": "cardiac", "kidney": "renal", "liver": "hepatic",
    "lung": "pulmonary", "fever": "febrile", "biopsy": "diagnostic", "laparoscopic": "endoscopic",
    "thoracoscopic": "endoscopic", "shunt": "bypass", "ultrasound": "ultrasonography",
    "ablation": "destruction", "resection": "excision", "amputation": "detachment",
    "bowel": "intestine", "transplant": "transplantation", "radiotherapy": "radiation",
}  # fmt: skip


def words(text: str) -> list[str]:
    """Return the words of a text in the letters that names are compared in, in their order."""
    folded = plain(text)
    for british, american in _SPELLINGS:
        folded = folded.replace(british, american)
    return _WORD.findall(folded)


def slips(word: str) -> Iterator[str]:
    """Yield what may have been meant by a word: one letter left out, doubled, swapped or wrong."""
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
        if place:
            yield word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]
        for letter in _LETTERS:
            yield word[:place] + letter + word[place + 1 :]
            yield word[:place] + letter + word[place:]


def said(word: str) -> list[str]:
    """Return a word, and the one that classifications have for it."""
    return [word, _ALSO[word]] if word in _ALSO else [word]
