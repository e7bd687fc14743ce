"""What kind of record a page is, by weighted words of its language."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from secondopinion.records.checks import scripts
from secondopinion.translation.checks import languages
from secondopinion.translation.checks.folding import folded

NAME = "kind@1"
DATA = Path(__file__).resolve().parent.parent / "data" / "kinds.toml"
OTHER = "other"
TITLE, WORD = 3.0, 1.0  # weights
HEAD = 0.3  # share of a page in which a title counts double
FEWEST = 2.0  # with less weight nothing is said
_UNSPACED = {"zh", "ja", "th"}
_VALUE = re.compile(
    r"\d[\d.,]*\s*(?:[x×*]\s*10\s*\^?\s*\d+\s*/\s*l|g/d?l|mg/d?l|mmol/l|[uµ]mol/l|u/l|iu/l|%|fl|pg|ng/ml|мг/дл|г/л|"
    r"ммоль/л|мкмоль/л|ملغ/دل|克/升)", re.IGNORECASE)  # fmt: skip
_MACHINE_READABLE = re.compile(r"(?m)^[PIVAC][A-Z<][A-Z<]{3}[A-Z0-9<]{20,}")  # ICAO Doc 9303


@dataclass(frozen=True, slots=True)
class Typed:
    """The kind of a page, a suggestion: its certainty (0 to 1) and the weight of its words."""

    kind: str = OTHER
    certainty: float = 0.0
    weight: float = 0.0


@cache
def _lists(code: str) -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return the expressions of titles and of words of each kind in one language."""
    data = tomllib.loads(DATA.read_text())
    spaced = code not in _UNSPACED
    arabic = code in scripts.LANGUAGES["Arab"]
    prefix = languages.ARABIC_PREFIX if arabic else ""

    def compiled(entries: list[str]) -> re.Pattern[str]:
        return re.compile(languages.expression(entries, spaced=spaced, prefix=prefix))

    return {
        kind: (compiled(row["title"].get(code, [])), compiled(row["words"].get(code, [])))
        for kind, row in data.items()
    }


@cache
def known() -> frozenset[str]:
    """Return the languages whose words are known."""
    data = tomllib.loads(DATA.read_text())
    return frozenset(code for row in data.values() for code in row["title"]) - {"any"}


def kind_of(text: str, language: str) -> Typed:
    """Return the kind of a page by its text in a language (its code; "" when nobody knows)."""
    plain = folded(text[:20_000])
    code = languages.short_code(language)
    sets = [_lists(each) for each in dict.fromkeys([code, "any", "en"]) if each]
    scores = {kind: _weight(plain, [each[kind] for each in sets]) for kind in sets[0]}
    lines = [line for line in plain.splitlines() if line.strip()]
    values = sum(bool(_VALUE.search(line)) and len(line) < 80 for line in lines)
    if values > 3 and values > 0.35 * len(lines):  # a table of values, not a story with some
        scores["laboratory"] += min(4.0, 0.5 * values)
    scores["identity_document"] += 8 if _MACHINE_READABLE.search(text) else 0
    ranked = sorted(scores.items(), key=lambda each: -each[1])
    (best, most), (_second, less) = ranked[0], ranked[1]
    if most < FEWEST:
        return Typed(OTHER, 0.3, most)
    return Typed(best, round(min(0.97, (most - 0.6 * less) / (most + 1.5)), 2), most)


def _weight(plain: str, sets: list[tuple[re.Pattern[str], re.Pattern[str]]]) -> float:
    head = max(200, int(len(plain) * HEAD))
    weight = 0.0
    for titles, words in sets:
        seen: dict[str, float] = {}
        for found in titles.finditer(plain):
            # A title stands at the head of a page, mostly alone in its line or at its beginning.
            first = plain.rfind("\n", 0, found.start()) + 1
            alone = len(plain[first : found.start()].strip()) <= 2
            value = TITLE * (1 if found.start() < head else 0.4) * (1 if alone else 0.5)
            seen[found.group()] = max(value, seen.get(found.group(), 0))
        weight += sum(sorted(seen.values(), reverse=True)[:2])
        weight += min(6.0, WORD * len({found.group() for found in words.finditer(plain)}))
    return weight
