"""What the checks know of each language, read from ``translation/data``."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from secondopinion.translation.checks.folding import folded

DATA = Path(__file__).resolve().parent.parent / "data"
NOT_LANGUAGES = {"units", "drugs", "opposites", "contraries", "degrees", "times", "persons"}
# A letter of a word, with the vowel signs that Python does not count among letters.
LETTER = r"[\w\u0900-\u0963\u0971-\u097f]"
WORD = re.compile(rf"{LETTER}+")
# Arabic writes "and", "with", "to" and the article in one word with what follows.
ARABIC_PREFIX = r"(?:[وف]?(?:بال|كال|وال|فال|لل|ال|ب|ل|ك)?)"
_MOST_KNOWN = 20_000  # words whose meanings are kept, so that they are looked up once
ARABIC_AND = r"(?:[وف])?"


@dataclass(frozen=True, eq=False)
class Terms:
    """Medical words by what they mean: single words are looked up, phrases searched for."""

    whole: dict[str, frozenset[str]]
    stems: dict[str, frozenset[str]]
    phrases: tuple[tuple[str, re.Pattern[str]], ...]
    prefix: re.Pattern[str]
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: dict[str, list[str]], *, spaced: bool, prefix: str) -> "Terms":
        """Return the words of a language's file; without spaces every word is a phrase."""
        whole: dict[str, set[str]] = {}
        stems: dict[str, set[str]] = {}
        phrases: dict[str, list[str]] = {}
        for meaning, ways in raw.items():
            for way in ways:
                plain = folded(way)
                if not spaced or not WORD.fullmatch(plain.removesuffix("*")):
                    phrases.setdefault(meaning, []).append(way)
                elif plain.endswith("*"):
                    stems.setdefault(plain[:-1], set()).add(meaning)
                else:
                    whole.setdefault(plain, set()).add(meaning)
        return cls(
            {key: frozenset(found) for key, found in whole.items()},
            {key: frozenset(found) for key, found in stems.items()},
            tuple(
                (meaning, _pattern(ways, spaced=spaced, prefix=prefix))
                for meaning, ways in phrases.items()
            ),
            re.compile(prefix),
        )

    def _of_word(self, word: str) -> frozenset[str]:
        found = self.known.get(word)
        if found is None:
            if len(self.known) > _MOST_KNOWN:
                self.known.clear()
            forms = [word[at:] for at in range(len(word)) if self.prefix.fullmatch(word, 0, at)]
            found = self.known[word] = frozenset().union(
                *(self.whole.get(form, ()) for form in forms),
                *(self.stems.get(form[:end], ()) for form in forms
                  for end in range(1, len(form) + 1)),
            )  # fmt: skip
        return found

    def named(self, text: str) -> set[str]:
        """Return what a folded text names."""
        found = {meaning for meaning, pattern in self.phrases if pattern.search(text)}
        if self.whole or self.stems:
            for each in WORD.finditer(text):
                found |= self._of_word(each.group())
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language: its marks in numbers, its calendar, its words. There is one object for each."""

    code: str
    name: str
    script: str
    decimal: str
    mixed_marks: bool
    space_groups: bool
    order: str
    mixed_order: bool
    spaced: bool
    negates_late: bool
    sides_first: bool  # left and right stand before what has a side
    stop: frozenset[str]
    numbers: tuple[tuple[re.Pattern[str], float, bool], ...] = field(repr=False)
    number_words: re.Pattern[str] = field(repr=False)
    scales: dict[str, float] = field(repr=False)
    months: dict[str, int | str] = field(repr=False)
    month_names: str = field(repr=False)
    sides: dict[str, re.Pattern[str]] = field(repr=False)  # see `sides`
    negation: dict[str, re.Pattern[str]] = field(repr=False)
    implied: dict[str, re.Pattern[str]] = field(repr=False)
    emphasis: re.Pattern[str] = field(repr=False)  # "never", where it only repeats a negation
    units: dict[str, str] = field(repr=False)
    words: dict[str, str] = field(repr=False)
    terms: "Terms" = field(repr=False)
    body: dict[str, re.Pattern[str]] = field(repr=False)  # parts that have a side
    valued: dict[str, tuple[float, bool] | None] = field(default_factory=dict, repr=False)

    def value_of(self, word: str) -> tuple[float, bool] | None:
        """Return the number that a word stands for, and whether only its stem is known."""
        if word not in self.valued:
            if len(self.valued) > _MOST_KNOWN:
                self.valued.clear()
            self.valued[word] = next(
                ((value, stem) for pattern, value, stem in self.numbers if pattern.fullmatch(word)),
                None,
            )
        return self.valued[word]


def glob(text: str, *, spaced: bool) -> str:
    """Return the expression of one entry: ``*`` any letters, ``#`` a digit, ``…`` up to four words
    between, ``{a,b}`` either; behind ``!`` at its end the letters that must not follow."""
    text, _mark, unlike = folded(text).partition("!")
    parts = []
    for each in re.split(r"(\{[^}]*\}|\*|#|\s*…\s*|\s+)", text):
        if each.startswith("{"):
            ways = "|".join(glob(way, spaced=spaced) for way in each[1:-1].split(","))
            parts.append(f"(?:{ways})")
        elif each == "*":
            parts.append(rf"{LETTER}*")
        elif each == "#":
            parts.append(r"\d")
        elif each.strip() == "…":
            parts.append(
                r"[\s\u00a0](?:[^\s\u00a0.,;:]{1,30}[\s\u00a0]){0,4}?"
                if spaced
                else r"[^。；\n]{0,20}?"
            )
        elif each.isspace():
            parts.append(r"[\s\u00a0]+" if spaced else r"\s*")
        else:
            parts.append(re.escape(each))
    return "".join(parts) + (f"(?![{re.escape(unlike)}])" if unlike else "")


def expression(entries: Iterable[str], *, spaced: bool, prefix: str = "") -> str:
    """Return one expression that finds any of the entries as whole words, the longest first."""
    ways = [glob(each, spaced=spaced) for each in sorted(entries, key=len, reverse=True)]
    if not ways:
        return r"(?!)"
    joined = "|".join(ways)
    if not spaced:
        return f"(?:{joined})"
    return rf"(?<!{LETTER}){prefix}(?:{joined})(?!{LETTER})"


def _pattern(entries: Iterable[str], *, spaced: bool, prefix: str = "") -> re.Pattern[str]:
    return re.compile(expression(entries, spaced=spaced, prefix=prefix))


@cache
def codes() -> tuple[str, ...]:
    """Return the codes of the languages that the checks know."""
    names = (path.stem for path in DATA.glob("*.toml"))
    return tuple(sorted(name for name in names if name not in NOT_LANGUAGES))


def short_code(code: str) -> str:
    """Return the code without the country: ``pt-BR`` is ``pt``."""
    return code.lower().replace("_", "-").partition("-")[0]


@cache
def language(code: str) -> Language:
    """Return a language by its short code.

    Raises:
        KeyError: one that the checks do not know.
    """
    if code not in codes():
        raise KeyError(code)
    raw = tomllib.loads((DATA / f"{code}.toml").read_text())
    return _built(code, raw)


def _built(code: str, raw: dict[str, Any]) -> Language:
    spaced = raw.get("spaces", True)
    arabic = raw["script"] == "Arab"
    prefix = ARABIC_PREFIX if arabic else ""
    months = {folded(key): value for key, value in raw["months"].items()}
    negation = raw["negation"]
    return Language(
        code=code,
        name=raw["name"],
        script=raw["script"],
        decimal=raw["decimal"],
        mixed_marks=raw.get("mixed_marks", False),
        space_groups=raw.get("space_groups", False),
        order=raw["order"],
        mixed_order=raw.get("mixed_order", False),
        spaced=spaced,
        negates_late=raw.get("negates_late", False),
        sides_first=raw["laterality"].get("first", True),
        stop=frozenset(folded(each) for each in raw["stop"]),
        numbers=tuple(
            (re.compile(prefix + glob(key, spaced=spaced)), float(value), "*" in key)
            for key, value in raw["numbers"].items()
        ),
        number_words=_pattern(raw["numbers"], spaced=spaced, prefix=prefix),
        scales={folded(key): float(value) for key, value in raw["scales"].items()},
        months=months,
        month_names="|".join(
            glob(each, spaced=spaced) for each in sorted(months, key=len, reverse=True)
        ),
        sides={
            key: _pattern(raw["laterality"].get(key, ()), spaced=spaced, prefix=prefix)
            for key in ("left", "right", "both", "pair", "not", "sure", "near", "plain")
        }
        # Arabic words without the article are the doubtful ones.
        | {
            "doubtful": _pattern(
                raw["laterality"].get("doubtful", ()),
                spaced=spaced,
                prefix=ARABIC_AND if arabic else "",
            )
        },
        negation={
            key: _pattern(negation.get(key, ()), spaced=spaced, prefix=ARABIC_AND if arabic else "")
            for key in ("cues", "concord", "behind", "coord", "weak", "joiners", "not")
        },
        implied={
            key: _pattern(ways, spaced=spaced, prefix=prefix)
            for key, ways in negation["implied"].items()
        },
        emphasis=_pattern(negation.get("emphasis", ()), spaced=spaced),
        units={folded(key): value for key, value in raw["units"].items()},
        words={
            key: "|".join(glob(each, spaced=spaced) for each in sorted(ways, key=len, reverse=True))
            for key, ways in raw["words"].items()
        },
        terms=Terms.of(raw["terms"], spaced=spaced, prefix=prefix),
        body={
            key: _pattern(ways, spaced=spaced, prefix=prefix) for key, ways in raw["body"].items()
        },
    )


_SCRIPTS = {
    "Arab": r"[\u0600-\u06ff]", "Cyrl": r"[\u0400-\u04ff]", "Deva": r"[\u0900-\u097f]",
    "Hans": r"[\u4e00-\u9fff]", "Latn": r"[a-zà-öø-ÿā-ž]",
}  # fmt: skip


def share_of(script: str, text: str) -> float:
    """Return the share of a text's letters that belong to a script, from 0 to 1."""
    letters = sum(char.isalpha() for char in text)
    if not letters or script not in _SCRIPTS:
        return 0.0
    return min(1.0, len(re.findall(_SCRIPTS[script], text.lower())) / letters)


def guess(text: str) -> str:
    """Return the language whose script and commonest words fit a text best; "" when none does."""
    plain = folded(text[:20_000])
    words = [each.group() for each in WORD.finditer(plain)]
    best, most = "", 0.0
    for code in codes():
        each = language(code)
        share = share_of(each.script, text[:20_000])
        if share < 0.4:
            continue
        if each.spaced:
            hits = sum(word in each.stop for word in words) / max(1, len(words))
        else:
            hits = sum(plain.count(word) for word in each.stop) / max(1, len(plain)) * 3
        score = share * (0.02 + hits)
        if score > most:
            best, most = code, score
    return best
