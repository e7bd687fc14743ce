"""Compares names of people across scripts, spellings and orders.

A name in Arabic is written without most vowels, a Cyrillic one in half a dozen romanisations, a
Chinese one with the family name first: names are brought into Latin letters, each word is reduced
to the sounds that survive all of these, and words are paired in any order.
"""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import permutations

from anyascii import anyascii

SAME, LIKE, DIFFERENT, UNKNOWN = "same", "like", "different", "unknown"

ALIKE = 0.8  # of the letters of two words
FLOWING = 0.75  # of the letters of two whole names
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
_VOWELS = re.compile(r"[aeiouy'`]")
_VOICED = re.compile(r"[aeiouy]")
_HEBREW = re.compile(r"[\u0590-\u05ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_SYLLABIC = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_KOREAN = str.maketrans("gbdrjw", "kptlcu")  # letters that romanisations of Korean exchange
_WEAK = str.maketrans("", "", "اىأإآءئؤوية\u0640")  # vowels, carriers of them, and a filler


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
    if bool(_SYLLABIC.search(one)) != bool(_SYLLABIC.search(other)):
        # A Japanese name in Chinese characters is not said the Chinese way: likeness says
        # something, unlikeness nothing. Korean letters say how they sound.
        likeness = _flowing(ours, theirs)
        if likeness >= FLOWING:
            return SAME
        return DIFFERENT if likeness < 0.5 and _HANGUL.search(one + other) else UNKNOWN
    short, long = sorted((ours, theirs), key=len)
    free, met = list(long), 0
    for word in short:
        pair = next((each for each in free if _alike(word, each)), None)
        if pair is not None:
            free.remove(pair)
            met += 1
    if met == len(short) and (met >= 2 or len(long) == met):
        return SAME
    if met:
        return LIKE
    return UNKNOWN if _HEBREW.search(one + other) else DIFFERENT


def _flowing(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """Return the likeness of two names written as one word each, in the best order of words."""
    few, many = sorted((ours, theirs), key=len)
    wanted = "".join(many).translate(_KOREAN)
    return max(
        SequenceMatcher(None, "".join(order).translate(_KOREAN), wanted).ratio()
        for order in permutations(few[:4])
    )


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().replace("^", " ").split())


@lru_cache(4096)
def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name in Latin letters, without titles; of CJK names the syllables."""
    text = unicodedata.normalize("NFKC", name).replace("^", " ").replace("_", " ")
    text = re.sub(
        r"\babd\s*[aeu]l[ -]?", "abdul", text.replace("عبد ال", "عبدال"), flags=re.IGNORECASE
    )
    if _ARABIC.search(text):
        text = " ".join(_bare_arabic(word) for word in text.split())
    spread = anyascii(text)
    if _SYLLABIC.search(text):
        spread = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", spread)
    words = re.findall(r"[a-z']+", spread.replace("-", " ").lower())
    kept = [word.strip("'") for word in words]
    kept = [word for word in kept if word and word not in _TITLES]
    bare = [word for word in kept if word not in _PARTICLES]
    return tuple(bare or kept)


def _bare_arabic(word: str) -> str:
    """Return an Arabic word without its article and without the letters that stand for vowels."""
    bare = word.removeprefix("ال") if len(word) > 4 else word
    # In Latin letters an h behind another consonant would be read as one sound with it.
    return (bare.translate(_WEAK) or word).replace("ه", "'ه")


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
    """Return the consonants of a word, those joined that Arabic letters do not tell apart."""
    bones = _consonants(_folded(word.replace("w", ""))).rstrip("h") or "h"
    return bones.replace("p", "b").replace("v", "f").replace("g", "j").replace("c", "s")


def _consonants(folded: str) -> str:
    return re.sub(r"(.)\1", r"\1", _VOWELS.sub("", folded))
