"""What a request itself says of how soon it has to go on: a suggestion, with the words it rests on.

Nothing is set by it. Words told otherwise are missed, and words may be about somebody else: the
coordinator reads what was found, and decides.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.folding import plain
from secondopinion.program.data import read
from secondopinion.program.models import Urgency

SIGNS: dict[str, str | Promise] = {
    "worse": _("The request says that it gets worse"),
    "operation": _("The request speaks of a planned operation"),
    "near": _("The request speaks of days or weeks"),
    "intensive": _("The request speaks of intensive care"),
}
YOUNG = timedelta(days=92)
_YOUNG = _("The child is younger than three months")
# What may be written onto the front of an Arabic word: and, so, with, to, like, the.
_FRONT = {"ar": "(?:[وفبلك]?(?:ال)?)"}
_BEFORE = 2  # words before, of which one that says no takes the meaning away


@dataclass(frozen=True, slots=True)
class Hint:
    """How soon, as far as a request says it; each reason with the words found, if there are any."""

    urgency: Urgency
    reasons: tuple[tuple[str | Promise, str], ...]


def hint(case: Case, questions: Iterable[str]) -> Hint | None:
    """Return what the request of a case suggests; None: nothing in it does."""
    request = case.request
    text = "\n".join([request.diagnosis, request.history, request.operations, *questions])
    return _hint(text, case.child.birth_date)


def _hint(text: str, born: date | None) -> Hint | None:
    found = signs(text)
    reasons = [(SIGNS[sign], words) for sign, words in found.items()]
    if born is not None and clock.today() - born < YOUNG:
        reasons.append((_YOUNG, ""))
    if not reasons or [*found, *reasons[1:]] == ["near"]:
        return None  # days and weeks alone stand in every story
    urgent = "intensive" in found or found.keys() >= {"operation", "near"}
    return Hint(Urgency.URGENT if urgent else Urgency.SOON, tuple(reasons))


def signs(text: str) -> dict[str, str]:
    """Return the signs that a text has, each with the first words that are one, as folded."""
    folded = plain(text)
    negations, patterns = _known()
    found: dict[str, str] = {}
    for sign, pattern in patterns:
        for match in pattern.finditer(folded):
            before = folded[: match.start()].split()[-_BEFORE:]
            if sign not in found and negations.isdisjoint(before):
                found[sign] = match["words"]
    return found


@cache
def _known() -> tuple[frozenset[str], list[tuple[str, re.Pattern[str]]]]:
    """Return the words that say no, and what to look for, by sign."""
    lists: dict[str, dict[str, list[str]]] = read("urgency")
    negations = lists.pop("not")
    return frozenset(plain(word) for words in negations.values() for word in words), [
        (
            sign,
            re.compile(
                rf"(?<!\w){_FRONT.get(language, '')}(?P<words>{'|'.join(map(_phrase, phrases))})"
            ),
        )
        for sign, by_language in lists.items()
        for language, phrases in by_language.items()
    ]


def _phrase(phrase: str) -> str:
    words = r"\s+".join(re.escape(word) for word in plain(phrase.rstrip("*")).split())
    return rf"{words}\w*" if phrase.endswith("*") else rf"{words}(?!\w)"
