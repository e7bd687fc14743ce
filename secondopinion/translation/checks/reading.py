"""One text read for comparison: cut into sentences, each with what it names."""

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from secondopinion.core.folding import Folded
from secondopinion.translation.checks import marks
from secondopinion.translation.checks.cues import Cue, blanked, find_negations
from secondopinion.translation.checks.dates import DateMention, find_dates, find_months
from secondopinion.translation.checks.drugs import DrugMention, find_drugs
from secondopinion.translation.checks.folding import fold
from secondopinion.translation.checks.found import Place
from secondopinion.translation.checks.languages import WORD, Language
from secondopinion.translation.checks.numbers import Quantity, find_quantities, find_words
from secondopinion.translation.checks.sides import find_sides
from secondopinion.translation.checks.sound import skeleton

_ENDS = re.compile(r"[.!?।]+[\"')\]]*[ \t\u00a0]+(?=\S)|[。！？]")
_ABBREVIATIONS = {
    "dr", "dra", "sr", "sra", "prof", "mr", "mrs", "ms", "no", "nr", "vs", "ca", "approx", "д-р",
    "г", "рт", "ст", "ул", "т", "е", "д", "др", "мед", "bzw", "z", "b", "डॉ", "د", "aprox", "env",
    "resp", "art", "fig", "n°", "tel", "тыс", "млн", "sn", "doc", "uzm", "a", "p", "m", "i", "s",
    "кл", "уд", "im", "iv", "ing", "cap", "кг", "коп", "м", "кв", "мм", "st", "ste", "sta", "sto",
    "mme", "mlle", "проф", "акад", "доц", "им", "univ", "hosp", "dept", "av", "avda", "blvd", "pr",
    "rev", "hon", "jr", "lic", "enf", "ss", "fr", "str", "tab", "comp", "табл", "амп", "рис",
}  # fmt: skip
_NUMBERED = {"no", "nr"}
_IN_CAPITALS = {"iv", "im"}  # shorten when small: "STADIUM IV." ends a sentence
_NARROWEST = 40  # letters; narrower columns are tables
_NEARLY = 0.85  # of the widest line, from which on one may be full
_WIDEST = 0.93  # of the widest line, that one of those that break off a sentence reaches
_FULL = 0.9  # of the widest line, that a full one reaches with the word that follows
_LONG_WORD = 16  # letters; what is longer is no word
_SEVERAL = 2  # full lines that make a page
_SHORT_NAME = 5  # letters of a month that a point may have shortened
_SHORTENED = 6  # letters of a word that a point may have shortened
_ENDING = ".!?।。！？؟"
_PARTS = ",;:،؛，；："  # end a row of a list as often as they break off a sentence
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")


@dataclass(slots=True)
class Segment:
    """A sentence or a line, with what it names; places are of the folded text."""

    index: int
    start: int
    end: int
    line: int
    text: str
    row: int = 0  # of the lines that stand when those of a full page are joined
    quantities: list[Quantity] = field(default_factory=list)
    words: list[Quantity] = field(default_factory=list)
    dates: list[DateMention] = field(default_factory=list)
    months: list[DateMention] = field(default_factory=list)  # named without a day or year
    drugs: list[DrugMention] = field(default_factory=list)
    sides: list[Cue] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    features: Counter[str] = field(default_factory=Counter)
    size: int = field(init=False)  # its letters and digits

    def __post_init__(self) -> None:
        self.size = sum(char.isalnum() for char in self.text)


@dataclass(frozen=True, slots=True)
class View:
    """A whole text as the checks see it."""

    folded: Folded
    language: Language
    segments: list[Segment]
    mark: str = ""  # before decimals, as the text itself shows it, or its language

    def place(self, start: int, end: int) -> Place:
        """Return a stretch of the folded text as a place in the original."""
        first, last = self.folded.span(start, end)
        text = self.folded.source[first:last]
        stripped = text.strip()
        first += len(text) - len(text.lstrip())
        line = self.folded.source.count("\n", 0, first) + 1
        return Place(first, first + len(stripped), line, stripped)


def _unwrapped(whole: Folded, *, spaced: bool) -> Folded:
    """Join lines that were only broken because the page was full: with a space, or with nothing
    where a language has none.

    A small letter at the beginning of the next line or the end of a sentence at its end says so;
    where there is neither, the page does.
    """
    text = whole.text
    ends = [found.start() for found in re.finditer("\n", text)]
    lines = list(zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True))
    widths = [_width(text[start:end]) for start, end in lines]
    most = max(widths)
    page = _is_full_page([text[start:end] for start, end in lines], widths, most)
    joins = set()
    for (start, end), (begin, until), width in zip(lines[1:], lines, widths, strict=False):
        this, before = text[start:end].strip(), text[begin:until].rstrip()
        follows = _width(_first_word(this, spaced=spaced)[:_LONG_WORD])
        # The next word would not have found room.
        full = most >= _NARROWEST and width + follows + 1 >= _FULL * most
        low = _first(whole, start, end).islower()
        small = page or low or this[-1:] in _ENDING or _YEAR.match(this) is not None
        # A sentence goes on in a small letter wherever whoever typed it broke it off.
        broken = low and width >= _NARROWEST and before[-1:] not in _PARTS
        goes_on = (full and small) or (broken and this[-1:] in _ENDING)
        if this and goes_on and before[-1] not in _ENDING and not _begins(this):
            joins.add(until)
    kept = [at for at in range(len(text)) if spaced or at not in joins]
    return Folded(
        "".join(" " if at in joins else text[at] for at in kept),
        tuple(whole.at[at] for at in kept),
        whole.source,
    )


def _first_word(line: str, *, spaced: bool) -> str:
    """Return what of a line stands together: a Chinese sign alone, a number, a foreign word."""
    word = line.split(" ", maxsplit=1)[0]
    if spaced:
        return word
    together = re.match(r"[^\u2e80-\uffef]+", word)
    return together.group() if together else word[:1]


def _first(whole: Folded, start: int, end: int) -> str:
    """Return the first sign of a line as it was written."""
    found = re.compile(r"\S").search(whole.text, start, end)
    return whole.source[whole.at[found.start()]] if found else ""


def _width(line: str) -> int:
    """Return how wide a line is: a Chinese sign takes the room of two letters."""
    line = line.strip()
    return len(line) + sum("\u2e80" <= char <= "\uffef" for char in line)


def _is_full_page(lines: list[str], widths: list[int], most: int) -> bool:
    """Say whether lines end where the page does: it has sentences, and those that are wide break
    them off."""
    written = [line.rstrip()[-1] in _ENDING for line in lines if line.strip()]
    wide = [
        (line.rstrip()[-1] not in _ENDING, width)
        for line, width in zip(lines, widths, strict=True)
        if width >= max(1, _NEARLY * most)
    ]
    breaking = [width for breaks, width in wide if breaks]
    if max(breaking, default=0) < _WIDEST * most:
        return False  # the widest line ends a sentence: nothing kept it from being wider
    if sum(written) >= len(written) / 2:
        return True  # a line without the end of a sentence is the exception
    return len(breaking) >= max(_SEVERAL, len(wide) / 2) and sum(written) >= len(written) / 4


def _begins(line: str) -> bool:
    """Say whether a line begins something of its own: a point of a list, a row of a table."""
    return re.match(r"[-*•·]|\d{1,3}[.)]\s", line) is not None or "\t" in line


def _sentences(
    whole: Folded, start: int, end: int, months: Container[str]
) -> list[tuple[int, int]]:
    text = whole.text
    found = []
    at = start
    for each in _ENDS.finditer(text, start, end):
        if each.group()[0] == "." and _same_sentence(whole, at, each):
            continue
        before = re.search(
            r"([\d/]\s*)?\b([\w°-]+)$", text[max(start, each.start() - 14) : each.start()]
        )
        # What follows a number or a stroke is a unit, and its point ends the sentence.
        word = before.group(2) if before else ""
        if before and text[: each.start() - len(word)].endswith(("'", "\u2019")):
            word = ""  # "Meckel's." shortens nothing
        if before and before.group(1) and word.isascii() and word.isalpha():
            word = ""
        first = each.start() - len(word)
        if word in _IN_CAPITALS and whole.source[whole.at[first]].isupper():
            word = ""
        if word in _NUMBERED and not whole.text[each.end() : each.end() + 1].isdigit():
            word = ""  # an answer, and no "no. 5"
        if "." in each.group() and (
            word in _ABBREVIATIONS or word in months or (len(word) == 1 and word.isalpha())
        ):
            continue
        if "." in each.group() and word.isdigit() and len(word) <= 2 and each.start() - at <= 4:
            continue  # the number of a list
        found.append((at, each.end()))
        at = each.end()
    if at < end:
        found.append((at, end))
    return found


def _same_sentence(whole: Folded, start: int, point: re.Match[str]) -> bool:
    """Say whether a point only shortens a word: a small letter follows, or one short word stands
    before it and a number after it ("Temp. 37.1")."""
    following = whole.source[whole.at[point.end()]] if point.end() < len(whole.at) else ""
    before = whole.text[start : point.start()].strip()
    short = len(before) <= _SHORTENED and before.isalpha()
    return following.islower() or (short and following.isdigit())


def _segments(whole: Folded, months: Container[str]) -> list[Segment]:
    text = whole.text
    lines: list[tuple[int, int]] = []
    at = 0
    for written in text.split("\n"):
        lines.append((at, at + len(written)))
        at += len(written) + 1
    found: list[Segment] = []
    for row, (first, last) in enumerate(lines):
        for start, end in _sentences(whole, first, last, months):
            piece = text[start:end]
            if any(char.isalnum() for char in piece):
                begin = start + len(piece) - len(piece.lstrip())
                line = whole.source.count("\n", 0, whole.at[begin]) + 1
                found.append(Segment(len(found), begin, end, line, text[begin:end].strip(), row))
    return found


def fill(segment: Segment, language: Language) -> None:
    """Note what a segment has in common with its translation, for finding it."""
    features = segment.features
    features.update(f"n:{abs(q.values[0]):.6g}" for q in segment.quantities for _twice in (1, 2))
    features.update(f"u:{q.unit.top}" for q in segment.quantities if q.unit is not None)
    features.update(f"n:{word.values[0]:.6g}" for word in segment.words)
    for day in segment.dates:
        first = day.days[0]
        features[f"d:{first.year}-{min(first.month or 0, first.day or 0)}"] += 2
    for month in segment.months:
        features[f"d:month-{month.days[0].month}"] += 1
    for drug in segment.drugs:
        features[f"m:{drug.name}"] += 3
    features.update(f"s:{side.kind}" for side in segment.sides if side.sure)
    if any(cue.kind in {"cues", "coord"} for cue in segment.cues):
        features["negated"] += 1
    for name in language.terms.named(segment.text):
        features[f"t:{name}"] += 2
    for each in WORD.finditer(segment.text):
        sound = skeleton(each.group())
        if len(sound) >= 3 and each.group() not in language.stop:
            features[f"w:{sound[:5]}"] += 1


def read(text: str, language: Language) -> View:
    """Read a text: sentences with numbers, dates, medicines, sides and negations in each."""
    whole = _unwrapped(fold(text), spaced=language.spaced)
    plain = whole.text
    # The short name of a month may have a point.
    segments = _segments(whole, [name for name in language.months if len(name) <= _SHORT_NAME])
    dates = find_dates(plain, language)
    drugs = find_drugs(plain, language)
    # A name is no word: 他克莫司 denies nothing, 倍他米松 is not twice something.
    unnamed = blanked(plain, ((drug.start, drug.end) for drug in drugs))
    everything: dict[str, Sequence[Any]] = {
        "quantities": find_quantities(plain, language, dates),
        "words": find_words(unnamed, language),
        "dates": dates,
        "months": [
            month
            for month in find_months(plain, language)
            if not any(day.start < month.end and month.start < day.end for day in dates)
        ],
        "drugs": drugs,
        "sides": find_sides(unnamed, language),
        "cues": find_negations(unnamed, language),
    }
    for name, items in everything.items():
        _share_out(name, items, segments)
    for segment in segments:
        fill(segment, language)
    mark = marks.shown(everything["quantities"])
    return View(
        whole, language, segments, mark or ("" if language.mixed_marks else language.decimal)
    )


def _share_out(name: str, items: Sequence[Any], segments: list[Segment]) -> None:
    at = 0
    for item in items:
        while at < len(segments) and segments[at].end <= item.start:
            at += 1
        if at < len(segments) and segments[at].start <= item.start:
            getattr(segments[at], name).append(item)
