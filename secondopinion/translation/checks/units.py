"""Units behind numbers: how they are written, what they are, and which conversions are right."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from math import prod

from secondopinion.translation.checks.folding import folded
from secondopinion.translation.checks.languages import DATA, LETTER, Language

_RAW = tomllib.loads((DATA / "units.toml").read_text())
UNITS: dict[str, dict[str, object]] = _RAW["unit"]
ANALYTES: dict[str, tuple[float, tuple[str, ...]]] = {
    name: (float(each["gram_per_mol"]), tuple(folded(word) for word in each["names"]))
    for name, each in _RAW["analyte"].items()
}
SOFT = {name for name, each in UNITS.items() if each.get("soft")}
_CELLS = r"(?:celulas|cells|cellules|zellen|кл\w*|خليه|leucocitos|个)?"
_POWER = re.compile(
    r"[\s\u00a0]*(?:[x×*·]|х)?[\s\u00a0]*10[\s]*(\^|e|\*{1,2}|)[\s]*(-?\d{1,2})(?!\d)"
)
# "the 5th minute", "на 5-й минуте"; folded, й is и.
_ORDINAL = re.compile(
    rf"(?:st|nd|rd|th|e|er|ere|eme|-(?:и|я|е|ю|го|ои|му|м|ом|х|ыи|ая|ую|ым|ых))(?!{LETTER})"
)
_WORD_BEFORE = re.compile(rf"(?<!{LETTER})(?P<word>{LETTER}{{3,12}})[\s\u00a0]+$")
_RISES = ("升至", "升到", "升高", "升为", "升了")  # what rises, where 升 alone is a litre
_PER_DAY = re.compile(r"[\s\u00a0]*/[\s\u00a0]*24[\s\u00a0]*\w{1,7}")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what is counted (``""`` for plain numbers of things) and per what."""

    top: str
    per: tuple[str, ...] = ()

    @property
    def hard_per(self) -> tuple[str, ...]:
        """What it is per, without the times of day that a sentence may say elsewhere."""
        return tuple(sorted(each for each in self.per if each not in SOFT))

    @property
    def times(self) -> tuple[str, ...]:
        """The times that it is per."""
        return tuple(sorted(each for each in self.per if each in SOFT))

    @property
    def soft(self) -> bool:
        """Whether it is an everyday word that a translation may leave out."""
        return not self.hard_per and (self.top in SOFT or not self.top)

    @property
    def dimension(self) -> tuple[str, ...]:
        """What it measures."""
        return (_dim(self.top), *sorted(_dim(each) for each in self.hard_per))

    @property
    def size(self) -> float:
        """Its size in the units that its dimensions are measured in."""
        return _size(self.top) / prod(_size(each) for each in self.hard_per)

    def __str__(self) -> str:
        return "/".join((self.top or "1", *self.per))


def _dim(name: str) -> str:
    return str(UNITS[name]["dim"]) if name else "count"


def _size(name: str) -> float:
    return float(str(UNITS[name]["size"])) if name else 1.0


@cache
def _names(
    language: Language,
) -> tuple[re.Pattern[str], dict[str, str], tuple[tuple[str, str], ...]]:
    """Return what finds a unit, what each spelling means, and the spellings with open ends."""
    spelt: dict[str, str] = {}
    for name, each in UNITS.items():
        ways = each["as"]
        assert isinstance(ways, list)  # noqa: S101 - the file is the house's own
        for way in (name, *ways):
            spelt[folded(way)] = name
    for name in ("a", "d", "s", "in", "dose", "min", "wk", "mo", "l"):
        if name not in {"d", "s", "l", "min"}:
            spelt.pop(name, None)
    spelt |= _made(language.code) | language.units
    stems = tuple((key[:-1], value) for key, value in spelt.items() if key.endswith("*"))
    patterns: list[str] = []
    for key in sorted(spelt, key=len, reverse=True):
        text = re.escape(key.rstrip("*")).replace(r"\ ", r"[\s\u00a0]+")
        last = key.rstrip("*")[-1]
        if key.endswith("*"):
            text += rf"{LETTER}*"
        elif last.isalnum() and not "\u4e00" <= last <= "\u9fff":
            # What follows a unit in Chinese is no part of it.
            text += rf"(?!(?![\u3400-\u9fff]){LETTER}|\^|['\u2019]{LETTER})"
        patterns.append(text)
    return re.compile("|".join(patterns)), spelt, stems


def _made(code: str) -> dict[str, str]:
    """Return the units that a language makes of a part and a thing, as one word or two."""
    given = _RAW["spelt"].get(code, {"parts": {}, "things": {}})
    found = {}
    for part, letter in given["parts"].items():
        for thing, base in given["things"].items():
            if letter + base in UNITS:
                for between in ("", " "):
                    found[folded(part) + between + folded(thing)] = letter + base
    return found


def _one(text: str, at: int, language: Language) -> tuple[str, int] | None:
    pattern, spelt, stems = _names(language)
    found = pattern.match(text, at)
    if found is None:
        return None
    words = re.sub(r"[\s\u00a0]+", " ", found.group())
    name = spelt.get(words) or next((v for k, v in stems if words.startswith(k)), None)
    return (name, found.end()) if name else None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \u00a0\t":
        at += 1
    return at


def power_at(text: str, at: int) -> tuple[float, int]:
    """Return the factor of a power of ten behind a number (1 when there is none) and its end."""
    found = _POWER.match(text, at)
    if found is None:
        return 1.0, at
    marked = found.group(1) or re.match(r"[\s\u00a0]*[x×*·х]", found.group())
    rest = text[found.end() : found.end() + 3].lstrip()
    if not marked or (not found.group(1) and not rest.startswith("/")):
        return 1.0, at
    return 10.0 ** int(found.group(2)), found.end()


def unit_at(text: str, at: int, language: Language) -> tuple[Unit | None, int]:
    """Return the unit that stands at a place of a folded text, and where it ends."""
    ordinal = _ORDINAL.match(text, at)
    start = _skip(text, ordinal.end() if ordinal else at)
    if text[start : start + 1] == "-":
        start += 1
    filler = re.compile(rf"(?:{language.words.get('filler', '(?!)')})[\s\u00a0]+").match(
        text, start
    )
    start = filler.end() if filler else start
    if text.startswith(_RISES, start):
        return None, at
    top = _one(text, start, language)
    if top is None:
        cells = re.compile(_CELLS).match(text, start)
        end = cells.end() if cells else start
        name = ""
        if not re.match(r"[\s\u00a0]*/", text[end : end + 3]):
            return None, at
    else:
        name, end = top
    per, end = _denominators(text, end, language)
    if not name and not per:
        return None, at
    return Unit(name, per), end


def time_before(text: str, at: int, language: Language) -> Unit | None:
    """Return the time that the word before a number counts: "day 4", "الأسبوع 34"."""
    before = _WORD_BEFORE.search(text[max(0, at - 24) : at])
    if before is None or not language.spaced:
        return None
    word = before["word"]
    start = max(0, at - 24) + before.start("word")
    earlier = text[max(0, start - 14) : start].rstrip()
    if re.search(rf"(?:\d|(?<!{LETTER})(?:{language.words['per']}))$", earlier):
        return None  # "3 days 2 tablets", "twice a day 5 drops"
    forms = [word]
    if language.script == "Arab":
        forms += [word.removeprefix(each) for each in ("ال", "لل", "وال", "بال")]
    _pattern, spelt, stems = _names(language)
    for form in forms:
        name = spelt.get(form) or next((v for k, v in stems if form.startswith(k)), None)
        if name in SOFT and _dim(name) == "time":
            return Unit(name)
    return None


def _denominators(text: str, end: int, language: Language) -> tuple[tuple[str, ...], int]:
    per: list[str] = []
    link = re.compile(
        rf"[\s\u00a0]*/[\s\u00a0]*\(?[\s\u00a0]*|[\s\u00a0]+(?:{language.words['per']})[\s\u00a0]+"
        if language.spaced
        else rf"[\s\u00a0]*/[\s\u00a0]*\(?[\s\u00a0]*|(?:{language.words['per']})"
    )
    while True:
        day = _PER_DAY.match(text, end)
        if day:
            per.append("d")
            end = day.end()
            continue
        joined = link.match(text, end) or (per and re.compile(r"[·.*]").match(text, end)) or None
        if not joined:
            break
        found = _one(text, joined.end(), language)
        if found is None:
            break
        per.append(found[0])
        end = found[1]
        if text[end : end + 1] == ")" and "(" in joined.group():
            end += 1
    return tuple(per), end


# What is written in one way and means the same, or cannot be told apart.
_ALIKE = ({"deg", "degc"}, {"deg", "degf"}, {"g|gy", "g"}, {"g|gy", "gy"})
# Milliequivalents are millimoles for ions of one charge; others are rarely given in both.
_OF_IONS = {"meq", "mmol"}


def related(one: Unit | None, other: Unit | None) -> str:
    """Say how two units stand to each other: same, missing, convertible or different."""
    if one is None or other is None:
        left = one or other
        return "same" if left is None or left.soft else "missing"
    times = one.times == other.times or not one.times or not other.times
    tops = {one.top, other.top}
    if tops in _ALIKE or (
        (len(tops) == 1 or tops == _OF_IONS) and one.hard_per == other.hard_per and times
    ):
        return "same"
    dims = {_dim(one.top), _dim(other.top)}
    if dims in ({"temperature"}, {"mass", "amount"}):
        return "convertible"
    return "convertible" if one.dimension == other.dimension and times else "different"


def _near(one: float, other: float, share: float) -> bool:
    return abs(one - other) <= share * max(abs(one), abs(other))


def converts(one: float, first: Unit, other: float, second: Unit, context: str) -> bool:
    """Say whether `other` in its unit is `one` in its unit, within what rounding does to it.

    `context` is the folded text around, in which an analyte may be named.
    """
    if {first.top, second.top} == {"degc", "degf"}:
        celsius, fahrenheit = (one, other) if first.top == "degc" else (other, one)
        return abs(celsius * 9 / 5 + 32 - fahrenheit) <= 0.6
    if first.dimension == second.dimension:
        slack = 0.04 if _dim(first.top) == "time" else 0.012
        return _near(one * first.size, other * second.size, slack)
    if first.hard_per and second.hard_per:
        mass, amount = (
            (one * first.size, other * second.size)
            if _dim(first.top) == "mass"
            else (other * second.size, one * first.size)
        )
        return any(
            _near(mass / grams, amount, 0.035)
            for grams, names in ANALYTES.values()
            if any(name in context for name in names)
        )
    return False
