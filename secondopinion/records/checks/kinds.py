"""What kind of record a page is, by weighted words of its language and by the form of its lines."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from secondopinion.records.checks import forms, scripts
from secondopinion.records.checks.days import Seen
from secondopinion.translation.checks import languages
from secondopinion.translation.checks.folding import folded

NAME = "kind@3"
DATA = Path(__file__).resolve().parent.parent / "data" / "kinds.toml"
CLUES = DATA.with_name("clues.toml")
OTHER = "other"
TITLE, WORD, CLUE = 3.0, 1.0, 0.8  # weights; a word that several kinds have is shared among them
MOST_WORDS = 7.0  # weight of words, however many a page has
HEAD = 0.3  # share of a page in which a title counts double
FEWEST = 1.8  # with less weight nothing is said
SURE = 1.5  # weight of words that leave as much doubt as not
_UNSPACED = {"zh", "ja", "th"}
_VALUE = re.compile(
    r"\d[\d.,]*\s*(?:[x×*]?\s*10\s*\^?\s*\d+\s*/\s*l|g/d?l|mg/d?l|mmol/l|[uµ]mol/l|u/l|iu/l|%|fl|pg|"
    r"[un]g/m?d?l|мг/дл|г/л|ммоль/л|мкмоль/л|ед/л|ملغ/دل|克/升)|"
    r"\s<?\d[\d.,]*\s+(?:[^\d\n]{1,14}\s+)?\d[\d.,]*\s?-\s?\d[\d.,]*\s*$",
    re.IGNORECASE,
)
_MEASURED = re.compile(  # weight and length in one line
    r"\d\s*(?:kg|кг|كغ|كجم|公斤|किलो|ኪ\.?ግ).*\d\s*(?:cm|см|سم|厘米|公分|सेमी|ሴ\.?ሜ)",
    re.IGNORECASE,
)
# Changes of genes as HGVS writes them, places on chromosomes (ISCN), and karyotypes.
_VARIANT = re.compile(
    r"\bc\.[*-]?\d+[\d_+*-]*(?:[acgt]+>[acgt]+|del|dup|ins)|\bp\.\(?[a-z]{3}\d+|"
    r"\b(?:\d{1,2}|x)[pq]\d{2}(?:\.\d+)?\b|\b4[5-7],x[xyo]?\b", re.IGNORECASE)  # fmt: skip
_MACHINE_READABLE = re.compile(r"(?m)^[PIVAC][A-Z<][A-Z<]{3}[A-Z0-9<]{20,}")  # ICAO Doc 9303


@dataclass(frozen=True, slots=True)
class Typed:
    """The kind of a page, a suggestion: its certainty (0 to 1) and the weight of its words."""

    kind: str = OTHER
    certainty: float = 0.0
    weight: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """What shows one kind in one language: titles, words of forms and clues with their weights."""

    titles: re.Pattern[str]
    words: re.Pattern[str]
    clues: re.Pattern[str]


@cache
def _lists(code: str) -> dict[str, _Words]:
    """Return the expressions of each kind in one language."""
    data, clues = tomllib.loads(DATA.read_text()), tomllib.loads(CLUES.read_text())
    spaced = code not in _UNSPACED
    arabic = code in scripts.LANGUAGES["Arab"]
    prefix = languages.ARABIC_PREFIX if arabic else ""

    def compiled(entries: list[str]) -> re.Pattern[str]:
        return re.compile(languages.expression(entries, spaced=spaced, prefix=prefix))

    return {
        kind: _Words(
            compiled(row["title"].get(code, [])),
            compiled(row["words"].get(code, [])),
            compiled(clues[kind].get(code, [])),
        )
        for kind, row in data.items()
    }


@cache
def known() -> frozenset[str]:
    """Return the languages whose words are known."""
    data = tomllib.loads(DATA.read_text())
    return frozenset(code for row in data.values() for code in row["title"]) - {"any"}


def kind_of(text: str, language: str, dates: Sequence[Seen] = ()) -> Typed:
    """Return the kind of a page by its text in a language (its code; "" when nobody knows), and by
    the dates that were found in it."""
    plain = folded(text[:20_000])
    code = languages.short_code(language)
    sets = [_lists(each) for each in dict.fromkeys([code, "any", "en"]) if each]
    scores = {kind: _titled(plain, [each[kind].titles for each in sets]) for kind in sets[0]}
    for kind, weight in _worded(plain, sets).items():
        scores[kind] += min(MOST_WORDS, weight)
    lines = [line for line in plain.splitlines() if line.strip()]
    values = sum(bool(_VALUE.search(line)) and len(line) < 80 for line in lines)
    if values > 2 and values > 0.35 * len(lines):  # a table of values, not a story with some
        scores["laboratory"] += min(5.0, values)
    measured = sum(bool(_MEASURED.search(line)) and len(line) < 80 for line in lines)
    scores["growth_record"] += min(4.0, 1.5 * measured) if measured > 1 else 0
    variants = len({each.group() for each in _VARIANT.finditer(plain)})
    scores["genetics"] += min(4.0, 1.5 * variants)
    scores["identity_document"] += 8 if _MACHINE_READABLE.search(text) else 0
    for kind, told in forms.told_by(text[:20_000], dates).items():
        scores[kind] += told
    ranked = sorted(scores.items(), key=lambda each: -each[1])
    (best, most), (_second, less) = ranked[0], ranked[1]
    if most < FEWEST:
        return Typed(OTHER, 0.3, most)
    lead = (most - less) / most
    return Typed(best, round(min(0.97, lead**0.5 * most / (most + SURE)), 2), most)


def words_in(text: str, language: str) -> int:
    """Return how many of a language's own words of records stand in a text."""
    plain = folded(text[:20_000])
    found = {
        each.group()
        for lists in _lists(language).values()
        for pattern in (lists.titles, lists.words, lists.clues)
        for each in pattern.finditer(plain)
    }
    return len(found)


def _titled(plain: str, sets: list[re.Pattern[str]]) -> float:
    """Return the weight of the titles of one kind, the two that weigh most in each language."""
    head = max(200, int(len(plain) * HEAD))
    weight = 0.0
    for titles in sets:
        seen: dict[str, float] = {}
        for found in titles.finditer(plain):
            # A title stands at the head of a page, mostly alone in its line or at its beginning.
            first = plain.rfind("\n", 0, found.start()) + 1
            alone = len(plain[first : found.start()].strip()) <= 2
            value = TITLE * (1 if found.start() < head else 0.4) * (1 if alone else 0.5)
            seen[found.group()] = max(value, seen.get(found.group(), 0))
        weight += sum(sorted(seen.values(), reverse=True)[:2])
    return weight


def _worded(plain: str, sets: list[dict[str, _Words]]) -> Counter[str]:
    """Return the weight of the words of each kind: what stands on pages of many kinds says less."""
    found: dict[str, dict[str, float]] = {}
    for kinds in sets:
        for kind, lists in kinds.items():
            for pattern, value in ((lists.clues, CLUE), (lists.words, WORD)):
                for each in pattern.finditer(plain):
                    found.setdefault(each.group(), {})[kind] = value
    weights: Counter[str] = Counter()
    for by_kind in found.values():
        for kind, value in by_kind.items():
            weights[kind] += value / len(by_kind)  # type: ignore[assignment]
    return weights
