"""Medicines in a text, by their international name, whatever they are called there."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from secondopinion.translation.checks.folding import folded
from secondopinion.translation.checks.languages import DATA, LETTER, WORD, Language
from secondopinion.translation.checks.sound import distance, skeleton, sounded

_SPELT = 2  # letters in which languages with Latin letters write a name differently
_FIRST = ({"c", "k"}, {"c", "s", "z"}, {"f", "p"}, {"g", "j"}, {"i", "y", "j"}, {"h", "e", "o"})
_SHORTEST = 5  # consonants from which on a sound alone is enough
_ARTICLE = re.compile(r"^[وف]?(?:ال|بال|لل|ب|ل|ك)?(?=.{5,})")
_VERB = re.compile(r"(?:вал|вала|вали|вало|вать|ваться|вался|валась)$")  # what no medicine ends in
_ENDINGS = re.compile(r"(?:а|у|ом|ы|ов|е|ой|ою|ами|ах|um|in|in'den|i|u|nin|den|dan|la|le)$")


@dataclass(frozen=True, slots=True)
class DrugMention:
    """A medicine in a folded text under its international name."""

    start: int
    end: int
    name: str


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads((DATA / "drugs.toml").read_text())


@cache
def parts(name: str) -> frozenset[str]:
    """Return the medicines that one under a name of its own is made of, or itself."""
    together = _raw()["together"].get(name)
    return frozenset(together["of"] if together else [name])


@cache
def _table() -> tuple[dict[str, str], re.Pattern[str], re.Pattern[str]]:
    raw: dict[str, list[str]] = _raw()["drug"] | {
        name: each["as"] for name, each in _raw()["together"].items()
    }
    names = {folded(way): name for name, ways in raw.items() for way in (name, *ways)}
    spaced = [key for key in names if not re.search(r"[\u4e00-\u9fff]", key)]
    chinese = [key for key in names if key not in set(spaced)]
    ends = r"(?:а|у|ом|ы|е|ов|ой|'?(?:in|un|den|dan|le|la|e|a|i|u|yi|si))?"
    ways = "|".join(re.escape(key) for key in sorted(spaced, key=len, reverse=True))
    han = "|".join(re.escape(key) for key in sorted(chinese, key=len, reverse=True))
    return (
        names,
        re.compile(rf"(?<!{LETTER})(?:[وف]?(?:بال|لل|ال|ب|ل|ك)?)({ways}){ends}(?!{LETTER})"),
        # What the blood has of it or lacks is a disease: 无丙种球蛋白血症.
        re.compile(rf"(?:{han})(?!血症)"),
    )


@cache
def _sounds() -> dict[str, str]:
    """Return the skeletons of single-word names that are long enough; shared ones are left out."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for key, name in _table()[0].items():
        sound = skeleton(key)
        if " " in key or len(sound) < _SHORTEST:
            continue
        if found.setdefault(sound, name) != name:
            shared.add(sound)
    return {sound: name for sound, name in found.items() if sound not in shared}


def _bare(word: str) -> str:
    """Return the sounds of a word without doubled letters and without the ending's vowels."""
    return re.sub(r"(.)\1+", r"\1", sounded(word)).rstrip("aeiou")


@cache
def _short() -> dict[str, str]:
    """Return names too short for their consonants alone, by all their sounds; none is shared."""
    found: dict[str, set[str]] = {}
    for key, name in _table()[0].items():
        if " " not in key and len(_bare(key)) >= _SHORTEST:
            found.setdefault(_bare(key), set()).add(name)
    return {sounds: names.pop() for sounds, names in found.items() if len(names) == 1}


def _first_vowel(sounds: str) -> str:
    vowel = re.search(r"[aeiou]", sounds)
    return vowel.group() if vowel else ""


@cache
def _spellings(name: str) -> tuple[str, ...]:
    return tuple(sounded(key) for key, each in _table()[0].items() if each == name)


@cache
def _by_sound(word: str) -> str | None:
    name = _candidate(word)
    if re.search(r"[\u0600-\u06ff\u0900-\u097f]", word):
        return name  # these scripts leave vowels out, so consonants are all there is
    heard = sounded(word)
    if name is None:
        name = _short().get(_bare(word))
        return name if name and _spelt_alike(word, name) else None
    if not _spelt_alike(word, name):
        return None
    most = max(2, len(heard) * 3 // 10)
    # Names travel with their first vowel; a word that has another one is another word.
    ways = [way for way in _spellings(name) if _first_vowel(way) == _first_vowel(heard)]
    return name if any(distance(heard, way, most) <= most for way in ways) else None


def _spelt_alike(word: str, name: str) -> bool:
    """Say whether a word in Latin letters is spelt like a medicine too, not only heard so."""
    if not word.isascii():
        return True
    ways = [key for key, each in _table()[0].items() if each == name and key.isascii()]
    return not ways or any(
        distance(word, way, _SPELT) <= _SPELT and _begin_alike(word, way) for way in ways
    )


def _begin_alike(word: str, way: str) -> bool:
    """Say whether two spellings can begin the same name: "ventanilla" is no fentanyl."""
    one, other = word[0], way[0]
    return one == other or any({one, other} <= letters for letters in _FIRST)


def _candidate(word: str) -> str | None:
    sound = skeleton(word)
    if len(sound) < _SHORTEST:
        return None
    sounds = _sounds()
    if sound in sounds:
        return sounds[sound]
    stem = skeleton(_ENDINGS.sub("", word))
    if stem in sounds:
        return sounds[stem]
    if len(sound) < _SHORTEST + 2:
        return None
    near = {name for each, name in sounds.items() if len(each) > _SHORTEST
            and distance(each, sound, 1) <= 1}  # fmt: skip
    return near.pop() if len(near) == 1 else None


def find_drugs(text: str, language: Language) -> list[DrugMention]:
    """Return the medicines that a folded text names, in their order."""
    names, listed, chinese = _table()
    found = [DrugMention(m.start(1), m.end(1), names[m.group(1)]) for m in listed.finditer(text)]
    if not language.spaced:
        found += [DrugMention(m.start(), m.end(), names[m.group()]) for m in chinese.finditer(text)]
    taken = [(each.start, each.end) for each in found]
    for each in WORD.finditer(text):
        if (
            len(each.group()) < 7
            or _VERB.search(each.group())
            or any(s < each.end() and each.start() < e for s, e in taken)
        ):
            continue
        word = _ARTICLE.sub("", each.group()) if language.script == "Arab" else each.group()
        name = _by_sound(word)
        if name is not None:
            found.append(DrugMention(each.start(), each.end(), name))
    return sorted(found, key=lambda each: each.start)
