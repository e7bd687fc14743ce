"""Lines of text layers with right-to-left letters, as they are read.

Browsers that print to PDF write such words in the order in which they are drawn, from the left, and
PDFium keeps it, or guesses: what is Latin or a number among Arabic falls apart ("Ki-67" into
"-67Ki", "10^9/l" into "10^/9l"). Here only the places of the letters count. What a browser draws
of "80 10^9/l" behind Arabic is "l/9^10 80" (Unicode Standard Annex 9, W2 and N1): that is undone.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from secondopinion.records.boxes import Box

# Letters, and the marks on them, of scripts that are written from the right; no digits, no points.
RIGHT_TO_LEFT = re.compile(
    "[\u0591-\u060b\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+"
)
_LATIN = re.compile("[A-Za-z\u00b5\u0370-\u03ff]")
_MIXED = re.compile("[A-Za-z\u00b5\u0370-\u03ff0-9\u0660-\u0669\u06f0-\u06f9]")
_MIRRORED = str.maketrans("()[]{}«»", ")(][}{»«")
_STOPS = "،؛؟.,:;!"
_APART = 3.0  # widths of a letter between two cells of a table
_NUMBER = r"\d+(?:[.,]\d+)?"
_RANGE = re.compile(rf"(\W*)({_NUMBER})([-–−])({_NUMBER})(\W*)")
_UNIT = re.compile(
    r"[x×]?10[*^]?[0-9⁰¹²³⁴-⁹]+/\S+|[a-zµμ%]{1,5}[23²³]?/\S+|/\S+|"
    r"[mµμnpkcd]?(?:g|l|m|mol|iu|u|eq|kat)[²³]?|mmhg|bpm"
)
_UPENDED = (  # what is drawn, and what it is
    (re.compile(r"([A-Za-zµμ]+[³3]?)/(\d{1,2})([*^])10([×x*]?)"), r"\g<4>10\g<3>\g<2>/\g<1>"),
    (re.compile(r"([A-Za-zµμ]+[³3]?)/(10[⁰¹²³⁴-⁹]+)([×x*]?)"), r"\g<3>\g<2>/\g<1>"),
    (re.compile(r"(\d[\d.,]*)([-+−])"), r"\g<2>\g<1>"),
    (re.compile(r"([،؛؟.,:;!])(\d\S*)"), r"\g<2>\g<1>"),
    (re.compile(r"([%٪])(\d[\d.,]*)"), r"\g<2>\g<1>"),
    (re.compile(r"([-+])([A-Z][A-Za-z0-9]*)"), r"\g<2>\g<1>"),
)

type Letters = tuple[list[str], list[Box]]  # of one word, and the place of each


@dataclass(frozen=True, slots=True)
class Told:
    """A word as it is read, and its place."""

    text: str
    box: Box


def is_mostly_leftwards(text: str) -> bool:
    """Say whether most letters of a page are of scripts that are written from the right."""
    letters = sum(map(len, RIGHT_TO_LEFT.findall(text)))
    return letters > sum(map(str.isalpha, text)) / 2


def as_read(line: list[Letters], *, leftwards: bool) -> list[Told]:
    """Return the words of a line in their order; `leftwards` where its page is to be read so."""
    words = [word for word in line if word[0]]
    whole = "".join("".join(letters) for letters, _boxes in words)
    if not RIGHT_TO_LEFT.search(whole):
        return [Told("".join(letters), _around(boxes)) for letters, boxes in words]
    told = [Told(_word(letters, boxes), _around(boxes)) for letters, boxes in words]
    if not leftwards or not _MIXED.search(whole) or not _lies([word.box for word in told]):
        return told
    told = [Told(_word(letters, boxes), _around(boxes)) for letters, boxes in _parted(words)]
    widths = [box[2] - box[0] for _letters, boxes in words for box in boxes if box[2] > box[0]]
    return list(_line(told, _APART * median(widths) if widths else 1.0))


def _parted(words: list[Letters]) -> list[Letters]:
    """Return words from the right to the left, those beside each other without right-to-left
    letters parted where the gaps between their letters are widest: PDFium counts the gaps well, and
    sets them where its own order has them."""
    found: list[Letters] = []
    beside: list[Letters] = []
    for word in [*sorted(words, key=lambda each: -_around(each[1])[2]), ([], [])]:
        if word[0] and not RIGHT_TO_LEFT.search("".join(word[0])):
            beside.append(word)
            continue
        letters = sorted(
            ((box, letter) for row in beside for letter, box in zip(*row, strict=True)),
            key=lambda each: each[0][0],
        )
        gaps = [after[0][0] - before[0][2] for before, after in pairwise(letters)]
        widest = sorted(range(len(gaps)), key=lambda at: -gaps[at])[: max(0, len(beside) - 1)]
        ends = [0, *(at + 1 for at in sorted(widest)), len(letters)]
        for start, end in reversed([*pairwise(ends)]):
            if letters[start:end]:
                boxes, texts = zip(*letters[start:end], strict=True)
                found.append(([*texts], [*boxes]))
        beside = []
        if word[0]:
            found.append(word)
    return found


def _around(boxes: list[Box]) -> Box:
    held = [box for box in boxes if box[2] > box[0] and box[3] > box[1]] or [*boxes]
    left, top, right, bottom = zip(*held, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _lies(boxes: list[Box]) -> bool:
    """Say whether boxes stand beside each other rather than above each other."""
    tall = max(box[3] - box[1] for box in boxes)
    middles = [(box[1] + box[3]) / 2 for box in boxes]
    return max(middles) - min(middles) <= 1.5 * tall


def _word(letters: list[str], boxes: list[Box]) -> str:
    """Return a word as it is read: its Arabic from the right, all else from the left."""
    pieces: list[tuple[float, str, bool]] = []  # where its middle is, what it is, whether leftwards
    done = 0
    for start, end, text in runs(letters, boxes):
        pieces += _rest(letters, boxes, done, start)
        left, _top, right, _bottom = _around(boxes[start:end])
        pieces.append(((left + right) / 2, text, True))
        done = end
    pieces += _rest(letters, boxes, done, len(letters))
    mixed = any(_MIXED.match(text) for _at, text, _way in pieces) and _lies(boxes)
    if mixed:
        pieces.sort(key=lambda each: -each[0])
    found, others = "", ""
    for _at, text, leftwards in pieces:
        if leftwards:
            found, others = found + others + text, ""
        else:
            others = text + others if mixed else others + text
    found += others
    # PDFium mirrors brackets by its own guess; one that closes begins no word.
    return found.translate(_MIRRORED) if found[0] in ")]}»" or found[-1] in "([{«" else found


def _rest(
    letters: list[str], boxes: list[Box], start: int, end: int
) -> list[tuple[float, str, bool]]:
    return [((boxes[at][0] + boxes[at][2]) / 2, letters[at], False) for at in range(start, end)]


def runs(letters: list[str], boxes: list[Box]) -> Iterator[tuple[int, int, str]]:
    """Yield each run of right-to-left letters in a word: where it is, and as it is read."""
    for run in RIGHT_TO_LEFT.finditer("".join(letters)):
        stretches: list[str] = []
        edge = float("inf")  # of the letter before
        for place in range(run.start(), run.end()):
            left, _top, right, _bottom = boxes[place]
            mark = unicodedata.combining(letters[place]) > 0
            if stretches and (mark or (left + right) / 2 > edge):
                stretches[-1] += letters[place]
            else:
                stretches.append(letters[place])
            edge = edge if mark else right
        yield run.start(), run.end(), "".join(_from_the_right(each) for each in stretches)


def _from_the_right(stretch: str) -> str:
    """Return letters that are drawn from the left as they are read. Lam and alef are one sign, of
    which PDFium makes two places."""
    bases = [each for each in stretch if not unicodedata.combining(each)]
    one_sign = len(bases) == 2 and bases[0] == "ل" and bases[1] in "اأإآ"
    return stretch if len(bases) < 2 or one_sign else stretch[::-1]


def _line(words: list[Told], apart: float) -> Iterator[Told]:
    """Yield the words of a line that is read from the right, in which they stand so."""
    others: list[Told] = []
    for word in words:
        far = bool(others) and others[-1].box[0] - word.box[2] > apart
        leftwards = RIGHT_TO_LEFT.search(word.text) is not None
        if far or leftwards:
            yield from _stretch(others)
            others = []
        if leftwards:
            yield word
        else:
            others.append(word)
    yield from _stretch(others)


def _stretch(words: list[Told]) -> list[Told]:
    """Return words without right-to-left letters in their order; given as they stand, from the
    right."""
    if not any(_LATIN.search(word.text) for word in words):
        if words and words[-1].text.startswith("+"):  # a telephone number, drawn from the left
            words.reverse()
        return [replace(word, text=_upright(word.text)) for word in words]
    first = next(at for at, word in enumerate(words) if _LATIN.search(word.text))
    # A range that rises stands behind its unit, as one that is drawn with it; others are turned.
    rising = [at for at, word in enumerate(words[:first]) if _rises(word.text)]
    first = min([*rising, first])
    behind = _UNIT.fullmatch(_upright(words[-1].text).lower()) is not None
    if not first or not behind:
        first = 0
    run = [replace(word, text=_upright(word.text)) for word in reversed(words[first:])]
    if run[0].text[0] in _STOPS:  # it is drawn at the left of what it ends
        stop, run[0] = run[0].text[0], replace(run[0], text=run[0].text[1:])
        run[-1] = replace(run[-1], text=run[-1].text + stop)
    return [*(replace(word, text=_upright(word.text)) for word in words[:first]), *run]


def _rises(text: str) -> bool:
    found = _RANGE.fullmatch(text)
    return found is not None and _value(found[2]) < _value(found[4])


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def _upright(text: str) -> str:
    """Return a word without what drawing it among right-to-left letters did to it: a range rises, a
    sign stands before its number, a unit behind its power of ten."""
    for drawn, meant in _UPENDED:
        if drawn.fullmatch(text):
            return drawn.sub(meant, text)
    found = _RANGE.fullmatch(text)
    if found and _value(found[2]) > _value(found[4]):
        return "".join((found[1], found[4], found[3], found[2], found[5]))
    return text
