"""Numbers as texts write them: digits of every script, marks by language, number words, times."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from secondopinion.translation.checks.dates import DateMention
from secondopinion.translation.checks.languages import LETTER, WORD, Language
from secondopinion.translation.checks.units import Unit, power_at, time_before, unit_at

_NUMBER = re.compile(
    r"\d{1,3}(?:[\u00a0']\d{3})+(?:[.,٫]\d+)?(?!\d)"  # 12 500 with a space that does not break
    r"|\d+(?:[.,٫]\d++(?!:\d))+|\d+"  # "38.2,04:00" is a fever and a time
)
# In Chinese a comma that groups no three digits is a comma: "16p11.2x1，16号染色体".
_HAN_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d++(?!:\d))+|\d+")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,٫]\d+)?(?!\d|[.,]\d|/\d{1,2}(?!\d))")
# "23 h 10 min" is as long as that, and no time of day.
_TIME = re.compile(
    r"(?<!\d)(?<!\d[.:])(\d{1,2})(?::|[ \u00a0]?h[ \u00a0]?)([0-5]\d)(?!\d|:\d|[ \u00a0]?min)"
)
_ROMAN = re.compile(r"(?<![\w.])(?:i{1,3}|iv|vi{0,3}|ix|x|xi{1,2})(?![\w])")
_DUAL = re.compile(r"(?<!\w)\w{3,}(?:ان|ين)(?!\w)")  # Arabic says two by the end of the word
# A month without its day or year is named by a word elsewhere, not by a number.
_BARE_MONTH = re.compile(r"(?<!\d)(?:1[0-2]|[1-9])[ ]?月(?!龄)")
_ROMANS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9,
           "x": 10, "xi": 11, "xii": 12}  # fmt: skip
# No space before it, or it could be the end of a range: "5 -10".
_SIGN = re.compile(r"(?:^|[\s(:=\u4e00-\u9fff])-$")
# What looks like a unit that is not known here: "12 Xyz/L".
_UNREAD = re.compile(
    rf"[\s\u00a0]{{0,2}}{LETTER}[^\s\d,;/]{{0,14}}(?:[\s\u00a0]{LETTER}{{1,8}})?/{LETTER}"
)
# A place in a molecule, and no amount: "25-OH vitamin D", "6-MP".
_OF_NAME = re.compile(r"-(?:oh[dp]?|hydroxy[a-z]*|asa|mp|fu|ht|hiaa)(?![a-z])")
_A_MINUTE = re.compile(r"每分钟?约?[\s]*$")  # "24 times" after it are 24 a minute
_EARLIEST = 20  # weeks of a pregnancy
_TEN = 10
_TENS = range(20, 100, 10)
_NOTHING = re.compile("")
_AND = re.compile(r"[\s\u00a0]*-[\s\u00a0]*|[\s\u00a0]+(?:(?:and|y|e|et|und)[\s\u00a0]+)?|-et-")
_LATEST = 100  # what a word before a number may count: "day 4"
_RANGE = re.compile(r"[\s\u00a0]*(?:-|~|/|×|x|\.\.)[\s\u00a0]*")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a folded text, with every value it can have (the likeliest first) and its unit.

    `prefix` holds the letters before it in the same word (``t`` of ``T2``): it is a name then.
    `unread` says that a unit stands behind it which is not known here.
    """

    start: int
    end: int
    values: tuple[float, ...]
    unit: Unit | None = None
    prefix: str = ""
    shared: bool = False
    parts: tuple[float, ...] = ()
    digits: str = ""
    minutes: tuple[int, ...] = ()
    unread: bool = False

    def meets(self, other: "Quantity") -> bool:
        """Say whether both can be one value."""
        if self.minutes and other.minutes:
            return bool(set(self.minutes) & set(other.minutes))
        return bool(set(self.values) & set(other.values))


def values_of(text: str, language: Language) -> tuple[float, ...]:
    """Return what a number written with marks can mean, the likeliest in a language first."""
    text = text.replace("\u00a0", "").replace("'", "").replace(" ", "")
    if "٫" in text:
        return (float(text.replace(",", "").replace(".", "").replace("٫", ".")),)
    marks = [char for char in text if char in ".,"]
    if not marks:
        return (float(text),)
    if len(set(marks)) == 2:
        last = marks[-1]
        group = "," if last == "." else "."
        whole = text.replace(group, "")
        return (float(whole.replace(last, "." if marks.count(last) == 1 else "")),)
    if len(marks) > 1:
        return (float(text.replace(marks[0], "")),)
    return _one_mark(text, marks[0], language)


def _one_mark(text: str, mark: str, language: Language) -> tuple[float, ...]:
    before, after = text.split(mark)
    decimal = float(f"{before}.{after}")
    if len(after) != 3 or before.startswith("0") or len(before) > 3:
        return (decimal,)
    grouped = float(before + after)
    return (decimal, grouped) if mark == language.decimal else (grouped, decimal)


def _minutes(found: re.Match[str], text: str, language: Language) -> tuple[int, ...]:
    hour, minute = int(found.group(1)), int(found.group(2))
    if hour > 24:
        return ()
    after = text[found.end() : found.end() + 18].lstrip(" \u00a0")
    edge = rf"(?!{LETTER})" if language.spaced else ""
    later = re.match(rf"(?:{language.words['pm']}){edge}", after)
    if not language.spaced:  # Chinese says it before the hour
        before = text[max(0, found.start() - 4) : found.start()]
        later = later or re.search(rf"(?:{language.words['pm']})[\s约]?$", before)
    if later and hour < 12:
        return (hour * 60 + minute + 720,)
    return (hour * 60 + minute,)


def _prefix(text: str, start: int) -> str:
    at = start
    while at > 0 and (text[at - 1].isalpha() or (text[at - 1] == "-" and at < start)):
        at -= 1
    word = text[at:start]
    if len(word) == 1 and "а" <= word <= "я":
        return word  # С0
    return word if word.isascii() and len(word) <= 6 else ""


def _masked(text: str, dates: list[DateMention]) -> str:
    letters = list(text)
    for each in dates:
        letters[each.start : each.end] = "\x00" * (each.end - each.start)
    return "".join(letters)


def _times(text: str, language: Language) -> list[Quantity]:
    found = []
    for each in _TIME.finditer(text):
        minutes = _minutes(each, text, language)
        if minutes:
            values = (float(each.group(1)) + float(each.group(2)) / 100,)
            found.append(
                Quantity(each.start(), each.end(), values, digits=each.group(), minutes=minutes)
            )
    return found


def _number_at(text: str, at: int, language: Language) -> tuple[str, int, tuple[float, ...]]:
    if language.space_groups:
        spaced = _SPACED.match(text, at)
        if spaced:
            parts = tuple(float(part) for part in re.findall(r"\d+", spaced.group()))
            return spaced.group(), spaced.end(), parts
    found = (_NUMBER if language.spaced else _HAN_NUMBER).match(text, at)
    assert found is not None  # noqa: S101 - it begins with a digit
    return found.group(), found.end(), ()


def find_quantities(text: str, language: Language, dates: list[DateMention]) -> list[Quantity]:
    """Return the numbers of a folded text outside its dates, in their order."""
    text = _BARE_MONTH.sub(lambda each: "\x00" * len(each.group()), _masked(text, dates))
    times = _times(text, language)
    text_left = list(text)
    for each in times:
        text_left[each.start : each.end] = "\x00" * (each.end - each.start)
    text = "".join(text_left)
    found: list[Quantity] = []
    at = 0
    while at < len(text):
        if not text[at].isdigit():
            at += 1
            continue
        one, at = _quantity(text, at, language)
        found.append(one)
    return sorted([*_with_shared_units(found, text, language), *times], key=lambda each: each.start)


def _quantity(text: str, at: int, language: Language) -> tuple[Quantity, int]:
    digits, end, parts = _number_at(text, at, language)
    values = values_of(digits, language)
    named = _OF_NAME.match(text, end)
    start, prefix = at, _prefix(text, at) or (named.group() if named else "")
    if not prefix and _SIGN.search(text[max(0, at - 2) : at]):
        start, values = at - 1, tuple(-each for each in values)
    factor, end = power_at(text, end)
    scale, after = _scale(text, end, language)
    if scale:
        factor, end = factor * scale, after
    values = tuple(_tidy(each * factor) for each in values)
    unit, after = unit_at(text, end, language)
    if unit is None and not prefix:
        values = _of_day(values, text[end : end + 18], language)
        if values[0] < _LATEST and text[end : end + 1] != "/":
            unit, after = time_before(text, start, language), end
    if unit and unit.top == "g" and values[0] in range(1900, 2101) and language.code == "ru":
        unit = None  # the letter of the year
    if unit is not None:
        end = after
    if unit is not None and unit.top == "dose" and _A_MINUTE.search(text[max(0, at - 5) : at]):
        unit = Unit("bpm")
    unread = unit is None and _UNREAD.match(text, end) is not None
    one = Quantity(start, end, values, unit, prefix, False, parts, digits, unread=unread)
    return one, max(end, at + 1)


def _of_day(values: tuple[float, ...], after: str, language: Language) -> tuple[float, ...]:
    """Return the hour behind noon too, where a word says so: "11 pm"."""
    if values[0] < 12 and re.match(rf"[\s\u00a0]*(?:{language.words['pm']})(?!{LETTER})", after):
        return (values[0] + 12, *values)
    return values


def _tidy(value: float) -> float:
    return float(f"{value:.10g}")


def _scale(text: str, at: int, language: Language) -> tuple[float, int]:
    after = at
    while after < len(text) and text[after] in " \u00a0":
        after += 1
    for word in sorted(language.scales, key=len, reverse=True):
        end = after + len(word)
        if text.startswith(word, after) and (
            not language.spaced or not text[end : end + 1].isalpha()
        ):
            return language.scales[word], end + (
                text[end : end + 1] == "." and text[end + 1 : end + 2] == "/"
            )
    return 0.0, at


def _with_shared_units(found: list[Quantity], text: str, language: Language) -> list[Quantity]:
    """Give the first number of a range, or of a size in three directions, the unit of the last."""
    words = re.compile(rf"[\s\u00a0]*(?:{language.words['range']})[\s\u00a0]*")
    _of_ages(found, text)
    for index in range(len(found) - 2, -1, -1):
        one, following = found[index], found[index + 1]
        between = text[one.end : following.start]
        if following.values[0] < 0 and not between.strip():
            values = tuple(-each for each in following.values)  # it was the dash of a range
            following = Quantity(
                following.start + 1, following.end, values, following.unit, following.prefix,
                following.shared, following.parts, following.digits,
            )  # fmt: skip
            found[index + 1] = following
            between = "-"
        if (
            one.unit is None
            and following.unit is not None
            and (_RANGE.fullmatch(between) or words.fullmatch(between))
        ):
            found[index] = Quantity(
                one.start, one.end, one.values, following.unit, one.prefix, True, one.parts,
                one.digits,
            )  # fmt: skip
    return found


def _of_ages(found: list[Quantity], text: str) -> None:
    """Set right what is not said of an age: "39 + 1 weeks" are weeks and days, "3 y 2 m" months."""
    for index, (one, other) in enumerate(pairwise(found)):
        between = text[one.end : other.start].strip(" \u00a0")
        tops = {each.unit.top for each in (one, other) if each.unit}
        if between == "+" and tops and tops <= {"wk", "d"} and other.values[0] < 7:
            if one.values[0] >= _EARLIEST:
                found[index] = replace(one, unit=Unit("wk"))
                found[index + 1] = replace(other, unit=Unit("d"))
        elif other.unit == Unit("m") and (
            (not between and one.unit == Unit("a"))
            or (between == "a" and one.unit is None and one.values[0] > other.values[0])
        ):  # Spanish writes "3 a 2 m"; what rises is a range
            found[index] = replace(one, unit=Unit("a"))
            found[index + 1] = replace(other, unit=Unit("mo"))


def find_words(text: str, language: Language) -> list[Quantity]:
    """Return the number words and Roman numerals of a folded text, in their order."""
    found = []
    words = WORD if language.spaced else language.number_words
    for each in words.finditer(text):
        known = language.value_of(each.group())
        if known is not None:
            value, stem = known
            found.append(
                Quantity(each.start(), each.end(), (value,), shared=stem, digits=each.group())
            )
    if language.script == "Arab":
        found = _teens(found, text)
        found += [
            Quantity(each.start(), each.end(), (2.0,), shared=True, digits=each.group())
            for each in _DUAL.finditer(text)
        ]
    elif language.script != "Deva":
        found = _joined(found, text, _AND if language.spaced else _NOTHING)
    for each in _ROMAN.finditer(text):
        value = float(_ROMANS[each.group()])
        found.append(Quantity(each.start(), each.end(), (value,), shared=True, digits=each.group()))
    return sorted(found, key=lambda each: each.start)


def _joined(found: list[Quantity], text: str, between: re.Pattern[str]) -> list[Quantity]:
    """Join tens and what follows them: "twenty-three", "treinta y cinco", "двадцать три"."""
    kept: list[Quantity] = []
    for each in found:
        before = kept[-1] if kept else None
        if (
            before is not None
            and (before.values[0] in _TENS or (between is _NOTHING and before.values[0] == _TEN))
            and 1 <= each.values[0] < _TEN
            and between.fullmatch(text, before.end, each.start)
        ):
            value = before.values[0] + each.values[0]
            kept[-1] = replace(before, end=each.end, values=(value,), shared=each.shared)
        else:
            kept.append(each)
    return kept


def _teens(found: list[Quantity], text: str) -> list[Quantity]:
    """Join what Arabic writes as two words, "three ten" and "four and thirty"."""
    kept: list[Quantity] = []
    for each in found:
        before = kept[-1] if kept else None
        if (
            before is not None
            and each.values[0] in (_TEN, *_TENS)
            and 1 <= before.values[0] < _TEN
            and (each.values[0] == _TEN or each.digits.startswith("و"))
            and not text[before.end : each.start].strip()
        ):
            value = before.values[0] + each.values[0]
            kept[-1] = Quantity(before.start, each.end, (value,), digits=each.digits)
        else:
            kept.append(each)
    return kept
