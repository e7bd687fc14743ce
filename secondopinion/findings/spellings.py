"""How a syllable that is read in one way is spelt in Latin letters: pure functions on syllables.

Pinyin is spelt by itself, as Wade-Giles without its marks, and as Tongyong; Jyutping as on the
identity cards of Hong Kong; Korean and Japanese are folded, since their spellings differ in a few
letters only.
"""

import re
from functools import lru_cache

_PINYIN = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])?([a-z]+)")
_WADE = {"b": "p", "d": "t", "g": "k", "j": "ch", "q": "ch c", "x": "hs sh s", "zh": "ch jh",
         "r": "j", "z": "ts tz", "c": "ts tz", "s": "sz ss"}  # fmt: skip
_WADE_ENDS = {
    "e": "o", "ian": "ien", "ie": "ieh", "ue": "ueh uo", "ve": "ueh yueh ue", "iong": "iung yong",
    "ong": "ung", "ui": "uei", "uo": "o", "er": "erh", "v": "u yu yui", "iu": "iou", "uan": "uen",
    "un": "uen", "en": "un",
}  # fmt: skip
_HUMMED = {"zhi": "chih jhih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu tsu zih",
           "ci": "tzu tsu cih", "si": "szu ssu sih"}  # fmt: skip
_BARE = {"yi": "i yee", "yan": "yen", "ye": "yeh", "yong": "yung", "you": "yu yo", "yue": "yueh",
         "wu": "woo", "e": "o"}  # fmt: skip
_JYUTPING = re.compile(r"(ng|gw|kw|[bpmfdtnlgkhzcswj])?([a-z]*)")
_HONG_KONG = {
    "": "", "b": "b p", "d": "d t", "n": "n l", "l": "l", "g": "g k", "k": "k", "ng": "ng ''",
    "gw": "gw kw g", "kw": "kw k", "z": "z j ts ch tz", "c": "c ch ts tz", "s": "s sh",
    "j": "y j ''",
}  # fmt: skip
_HONG_KONG_ENDS = {
    "aa": "a ah aa", "aai": "ai aai", "aau": "au aau", "aam": "am aam", "aan": "an aan",
    "aang": "ang aang", "aap": "ap aap", "aat": "at aat", "aak": "ak aak ack", "au": "au ow",
    "am": "am um", "an": "an un", "ap": "ap up", "at": "at ut", "ak": "ak uk", "e": "e eh",
    "ei": "ei i ee ay", "eng": "eng ing", "ek": "ek ik", "i": "i ee e z ze", "iu": "iu iew",
    "in": "in een", "ik": "ik ick", "o": "o oh or", "oi": "oi oy", "ou": "o ou oo u",
    "oe": "eu oe", "oeng": "eung eong ong", "oek": "euk eok", "eoi": "ui eui oi",
    "eon": "un eun on", "eot": "ut eut", "u": "u oo", "un": "un oon", "ut": "ut oot",
    "uk": "uk ook", "yu": "u yu ue", "yun": "un yun uen", "yut": "ut yut uet",
}  # fmt: skip
_KOREAN = (
    ("yeo", "yu"), ("you", "yu"), ("yoo", "yu"), ("weo", "wo"), ("woo", "u"), ("wu", "u"),
    ("eo", "u"), ("eu", "u"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ui", "i"), ("yi", "i"),
    ("ae", "e"), ("ai", "e"), ("oe", "e"), ("ah", "a"), ("uh", "u"), ("sh", "s"), ("ch", "c"),
    ("j", "c"), ("g", "k"), ("b", "p"), ("d", "t"), ("r", "l"), ("w", "u"),
)  # fmt: skip
_JAPANESE = (
    ("l", "r"), ("v", "b"), ("tch", "tty"), ("cch", "tty"), ("ch", "ty"), ("sh", "sy"),
    ("ts", "t"), ("j", "zy"), ("dz", "z"), ("du", "zu"), ("f", "h"), ("yy", "y"), ("yi", "i"),
    ("c", "k"), ("wo", "o"),
)  # fmt: skip
_MORAE = re.compile(r"(?:[kgsztdnhbpmyrw]?y?[aiueo]|n(?![aiueoy])|([kstp])(?=\1))+")
_CLASSES = (
    ("tsz", "c"), ("ts", "c"), ("tz", "c"), ("ch", "c"), ("zh", "c"), ("j", "c"), ("q", "c"),
    ("sh", "s"), ("hs", "s"), ("sz", "s"), ("x", "s"), ("z", "c"), ("kw", "k"), ("gw", "k"),
    ("ng", "0"), ("b", "p"), ("d", "t"), ("g", "k"), ("v", "w"),
)  # fmt: skip


@lru_cache(None)
def mandarin(pinyin: str) -> frozenset[str]:
    """Return the spellings of a syllable of Pinyin (ü as v, no tone)."""
    found = {pinyin, pinyin.replace("v", "u"), pinyin.replace("v", "yu")}
    found.update(_HUMMED.get(pinyin, "").split(), _BARE.get(pinyin, "").split())
    parts = _PINYIN.fullmatch(pinyin)
    if parts and parts[1]:
        heads = [parts[1], *_WADE.get(parts[1], "").split()]
        ends = [parts[2], *_WADE_ENDS.get(parts[2], "").split()]
        found.update(head + end for head in heads for end in ends)
    return frozenset(found)


@lru_cache(None)
def cantonese(jyutping: str) -> frozenset[str]:
    """Return the spellings of a syllable of Jyutping (no tone)."""
    parts = _JYUTPING.fullmatch(jyutping)
    if not parts or not parts[2]:
        return frozenset({jyutping})  # the syllables m and ng
    heads = _HONG_KONG.get(parts[1] or "", parts[1] or "").replace("''", "-").split() or [""]
    ends = _HONG_KONG_ENDS.get(parts[2], parts[2]).split()
    return frozenset(head.strip("-") + end for head in heads for end in ends)


@lru_cache(4096)
def korean(letters: str) -> str:
    """Return Korean in Latin letters without what its romanisations exchange."""
    for spelt, sound in _KOREAN:
        letters = letters.replace(spelt, sound)
    return re.sub(r"(.)\1+", r"\1", letters)


@lru_cache(4096)
def japanese(letters: str) -> str:
    """Return Japanese in Latin letters as Hepburn without long vowels and Kunrei both have it."""
    letters = re.sub(r"oh(?![aiueo])", "o", letters.replace("'", ""))
    for spelt, sound in _JAPANESE:
        letters = letters.replace(spelt, sound)
    letters = re.sub(r"m(?=[bpm])", "n", letters)
    return re.sub(r"ou|([aiueo])\1+", lambda found: found[0][0], letters)


def is_japanese(letters: str) -> bool:
    """Say whether letters can be read as Japanese syllables."""
    return bool(_MORAE.fullmatch(japanese(letters)))


@lru_cache(4096)
def bones(letters: str) -> str:
    """Return the consonants of a word, those as one that spellings of Chinese exchange; an a stands
    for a vowel at its beginning."""
    for spelt, sound in _CLASSES:
        letters = letters.replace(spelt, sound)
    first, rest = re.sub(r"^[aeiou]", "a", letters)[:1], letters[1:]
    return re.sub(r"(.)\1", r"\1", first + re.sub(r"[aeiouh']", "", rest))
