"""Compares names of people across scripts, spellings and orders.

A name in Arabic is written without most vowels, a Cyrillic one in half a dozen romanisations: names
are brought into Latin letters, each word is reduced to the sounds that survive all of these, and
words are paired in any order. Chinese characters and Korean letters: `characters`.
"""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import permutations

from anyascii import anyascii

from secondopinion.findings import characters, spellings
from secondopinion.findings.characters import DIFFERENT, LIKE, SAME, UNKNOWN

ALIKE = 0.8  # of the letters of two words
FLOWING = 0.75  # of the letters of two whole names
APART = 0.5  # below, they are two names
_TITLES = {"mr", "mrs", "ms", "dr", "prof", "baby", "boy", "girl", "bo", "bg", "master", "miss"}
_PARTICLES = {"al", "el", "bin", "ibn", "bint", "abu", "abd", "de", "del", "la", "las", "los", "da",
              "do", "dos", "di", "van", "von", "der", "den", "y", "e", "bat", "ben"}  # fmt: skip
# What stands where somebody took a name away.
_NOBODY = re.compile(
    r"anon|unknown|no\s*name|patient|subject|removed|deident|confident|redact|\btest|phantom|"
    r"(jane|john)[\s_^]*doe|desconocid|volunteer|sample|\bcase|study|hidden|xxx|name\b|none|"
    r"مجهول|аноним",
    re.IGNORECASE,
)
# Spellings of one sound, the longest first.
_SOUNDS = (
    ("shch", "s"), ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("dzh", "j"), ("ch", "c"),
    ("sh", "s"), ("zh", "z"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"),
    ("ck", "k"), ("ts", "c"), ("tz", "c"), ("cz", "c"), ("sz", "s"), ("rz", "z"), ("qu", "k"),
    ("x", "ks"), ("dj", "j"), ("q", "k"), ("w", "v"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
)  # fmt: skip
_MERGED = str.maketrans(
    "pvgcz", "bfjsd"
)  # what Arabic letters, or their readers, do not tell apart
_VOWELS = re.compile(r"[aeiouy'`]")
_VOICED = re.compile(r"[aeiouy]")
_HEBREW = re.compile(r"[\u0590-\u05ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_SYLLABIC = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LATIN = re.compile(r"[A-Za-z]")
_FAR = ((3, re.compile(r"[\u3400-\u9fff]")), (2, re.compile(r"[\uac00-\ud7af]")),
        (1, re.compile(r"[\u3040-\u30ff]")))  # fmt: skip
# Vowels, carriers of them, what is a stop of the throat in Latin letters, and a filler.
_WEAK = str.maketrans("", "", "اىأإآءئؤويیةع\u0640")
# What Latin spellings make of letters that stand together (Greek: ELOT 743).
_TOGETHER = tuple(
    (re.compile(found, re.IGNORECASE), made)
    for found, made in (
        (r"\bμπ", "b"), (r"\bντ", "d"), (r"γγ", "νγ"), (r"(?<=[αε])[υύ]", "v"),
        (r"ο[υύ]", "u"),
        (r"ंह", "nघ"), (r"ाव\b", "ाओ"), ("ं", "n"),
    )
)  # fmt: skip
# A consonant of an Indic alphabet has a vowel of its own, which is heard but at the end of a word.
_INDIC = range(0x0900, 0x0D80, 0x80)
_INHERENT = re.compile(
    f"([{''.join(f'{chr(at + 0x15)}-{chr(at + 0x39)}' for at in _INDIC)}])"
    f"(?=[^{''.join(f'{chr(at + 0x3C)}-{chr(at + 0x4D)}' for at in _INDIC)}\\W])"
)


def given(name: str) -> bool:
    """Say whether a text names somebody: not empty, not a number, not a word for nobody."""
    bare = name.replace("^", " ").strip()
    return bool(bare) and not _NOBODY.search(bare) and bool(_words(bare))


def compare(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    """Compare the spellings of one name with those of another, and return the best verdict.

    Both may be component groups of a DICOM name, with ``^`` between components (PS3.5, 6.2.1).
    ``like`` means that a part of the name is the same and another is not; ``unknown`` that
    nothing can be said.
    """
    verdicts = {
        _compare(one, other)
        for one in ours if given(one)
        for other in theirs if given(other)
    }  # fmt: skip
    return next((each for each in (SAME, LIKE, DIFFERENT) if each in verdicts), UNKNOWN)


@lru_cache(4096)
def _compare(one: str, other: str) -> str:
    ours, theirs = _words(one), _words(other)
    if _plain(one) == _plain(other) or sorted(ours) == sorted(theirs):
        return SAME
    if _rank(one) != _rank(other):
        return _across(one, other)
    return _by_words(one, other)


def _across(one: str, other: str) -> str:
    """Compare two names of which one is further from telling one sound than the other."""
    sounding, written = sorted((one, other), key=_rank)
    if not _rank(sounding) and not _LATIN.search(sounding):
        return UNKNOWN
    if _rank(written) > 1:
        return characters.compare(written, sounding)
    return _by_sound(_words(one), _words(other))


def _by_words(one: str, other: str) -> str:
    ours, theirs = _words(one), _words(other)
    short, long = sorted((ours, theirs), key=len)
    free, met = list(long), 0
    for word in short:
        pair = next((each for each in free if _alike(word, each)), None)
        if pair is not None:
            free.remove(pair)
            met += 1
    if met == len(short) and (met >= 2 or len(long) == met):
        return SAME
    if _HEBREW.search(one + other):
        return UNKNOWN
    return LIKE if met else DIFFERENT


def _rank(name: str) -> int:
    """Return how far the letters of a name are from telling one sound: Chinese characters, Korean
    letters, kana, others."""
    return next((rank for rank, letters in _FAR if letters.search(name)), 0)


def _by_sound(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    """Compare a name in kana with one in Latin letters, in the best order of words."""
    few, many = sorted((ours, theirs), key=len)
    wanted = spellings.japanese("".join(many))
    likeness = max(
        SequenceMatcher(None, spellings.japanese("".join(order)), wanted).ratio()
        for order in permutations(few[:4])
    )
    if likeness >= FLOWING:
        return SAME
    return DIFFERENT if likeness < APART else UNKNOWN


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().replace("^", " ").split())


@lru_cache(4096)
def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name in Latin letters, without titles; of CJK names the syllables."""
    text = unicodedata.normalize("NFKC", name).replace("^", " ").replace("_", " ")
    text = re.sub(
        r"\babd[ -]*[aeu]l[ -]?", "abdul", text.replace("عبد ال", "عبدال"), flags=re.IGNORECASE
    )
    if _ARABIC.search(text):
        text = " ".join(_bare_arabic(word) for word in text.split())
    for letters, made in _TOGETHER:
        text = letters.sub(made, text)
    spread = anyascii(_INHERENT.sub(r"\1a", text))
    if _SYLLABIC.search(text):
        spread = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", spread)
    words = re.findall(r"[a-z']+", spread.replace("-", " ").lower())
    kept = [word.strip("'") for word in words]
    # The consonants of an Arabic word may be the letters of a title: those of Omar are m and r.
    titles = set() if _ARABIC.search(text) else _TITLES
    kept = [word for word in kept if word and word not in titles]
    bare = [word for word in kept if word not in _PARTICLES]
    return tuple(bare or kept)


def _bare_arabic(word: str) -> str:
    """Return an Arabic word without its article and without the letters that stand for vowels."""
    bare = word.removeprefix("ال") if len(word) > 4 else word
    # In Latin letters s and h of two letters that stand together would be read as one sound.
    return "'".join(bare.translate(_WEAK) or word)


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    # A word that was written without vowels is compared by its consonants alone.
    if not (_VOICED.search(one) and _VOICED.search(other)):
        ours = {_skeleton(one), _skeleton(one.removeprefix("al"))}
        return bool(ours & {_skeleton(other), _skeleton(other.removeprefix("al"))})
    if min(len(one), len(other)) == 1:
        return one[0] == other[0]  # an initial
    folded, against = _folded(one), _folded(other)
    if folded == against or SequenceMatcher(None, folded, against).ratio() >= ALIKE:
        return True
    bones = _consonants(folded)
    return len(bones) >= 3 and bones == _consonants(against)


@lru_cache(4096)
def _folded(word: str) -> str:
    for spelt, sound in _SOUNDS:
        word = word.replace(spelt, sound)
    word = re.sub(r"(?<=[a-z])(iy|yi|ij|yj|ii)$", "i", word)
    word = word.replace("y", "i").replace("'", "")
    return re.sub(r"(.)\1", r"\1", word)


@lru_cache(4096)
def _skeleton(word: str) -> str:
    """Return the consonants of a word that is compared with one in Arabic letters."""
    bones = _consonants(_folded(word.replace("w", ""))).rstrip("h") or "h"
    # Of Abd al-Rahman the article is heard as the letter behind it.
    return re.sub(r"^bdl(?=.)", "bd", bones.translate(_MERGED))


def _consonants(folded: str) -> str:
    return re.sub(r"(.)\1", r"\1", _VOWELS.sub("", folded))
