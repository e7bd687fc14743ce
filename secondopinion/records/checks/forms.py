"""What the form of a page tells of its kind, in any language: a stay from one day to another, how a
letter begins, lines to be signed, lines of medicines with how often."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from secondopinion.records.checks.days import Seen
from secondopinion.translation.checks.drugs import find_drugs
from secondopinion.translation.checks.folding import folded
from secondopinion.translation.checks.languages import language

STAY, FIELDS, LETTER, SIGNED, MEDICINES = 2.2, 1.2, 1.0, 1.6, 1.8  # weights
NAMED, MOST_NAMES = 0.7, 3  # of a medicine, and how many count
_LONGEST = 90  # days of a stay
_MOST_DATES = 6  # on a page that tells a stay; a table has more
_BETWEEN = 16  # letters between the first day of a stay and its last
_PROSE = 60  # letters of a line that tells something
_GREETING = re.compile(r"[^\W\d_][^\d:;.]{3,58}[^\W\d_][,،，!！]")
_TO_FILL = re.compile(r"_{4,}|\.{8,}|…{3,}|[☐□▢]|\[ {1,2}\]")
_AMOUNT = re.compile(
    r"\d\s*(?:mg|ml|mcg|µg|ug|g|мг|мл|мкг|ملغ|مجم|مل|毫克|毫升|मिग्रा|मिली|मि\.?ग्रा|ሚ\.?ግ|ሚ\.?ሊ)"
)
_OFTEN = re.compile(
    r"\b\d\s?[-–]\s?\d\s?[-–]\s?\d\b|\b\d\s?[x×х*]\s?\d\b|\bq\s?\d+\s?h|/\s?\d{1,2}\s?[hч]\b|"
    r"\b(?:bd|bid|tid|tds|qds|od|prn|rp)\b", re.IGNORECASE)  # fmt: skip


def told_by(text: str, dates: Sequence[Seen]) -> dict[str, float]:
    """Return the weight that the form of a text gives to kinds of records; `dates` are those that
    were found in it, in their order."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    prose = sum(len(line) >= _PROSE for line in lines)
    found: dict[str, float] = defaultdict(float)
    stay = _stay(text, dates)
    found["discharge_letter"] = stay
    if prose and any(_GREETING.fullmatch(line) for line in lines[: max(4, len(lines) // 2)]):
        found["discharge_letter" if stay else "clinic_letter"] += LETTER
    if sum(bool(_TO_FILL.search(line)) for line in lines) > 1 and prose:
        found["consent"] += SIGNED
    doses = [line for line in lines if len(line) < 2 * _PROSE and _AMOUNT.search(line)]
    often = sum(bool(_OFTEN.search(line)) for line in doses)
    if often > 1 and often >= 0.4 * len(lines):
        found["prescription"] += MEDICINES
    if prose >= 0.3 * len(lines):
        # Who tells a story with medicines tells what was done to a child: a letter.
        names = {each.name for each in find_drugs(folded(text), language("en"))}
        weight = min(MOST_NAMES, len(names)) * NAMED
        found["discharge_letter"] += weight
        found["clinic_letter"] += 0.7 * weight
    return found


def _stay(text: str, dates: Sequence[Seen]) -> float:
    """Return the weight of a first and a last day of a stay: in one breath, or in two fields."""
    told = [each for each in dates if each.role != "born"]
    if len(told) > _MOST_DATES:
        return 0.0
    weights = [0.0]
    for first, last in pairwise(told):
        between = text[first.start + len(first.text) : last.start]
        if not 0 < (last.day - first.day).days <= _LONGEST or first.role or last.role:
            continue
        if len(between) <= _BETWEEN and not set(between) & set("\n:："):
            weights.append(STAY)
        elif between.count("\n") == 1 and _is_field(text, first) and _is_field(text, last):
            weights.append(FIELDS)
    return max(weights)


def _is_field(text: str, each: Seen) -> bool:
    """Say whether a date stands alone behind a label in its line."""
    start = text.rfind("\n", 0, each.start) + 1
    end = text.find("\n", each.start)
    before = text[start : each.start].strip()
    after = text[each.start + len(each.text) : end if end >= 0 else len(text)].strip(" .")
    return 2 < len(before) < 40 and not any(map(str.isdigit, before)) and len(after) < 12
