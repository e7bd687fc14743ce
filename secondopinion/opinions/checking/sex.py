"""He or she, boy or girl at odds with the child's sex, where nobody else can be meant."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.opinions.checking.found import Doubt, Texts
from secondopinion.opinions.checking.tongues import finds, language_of, tongue

CHECK = "sex"
_REACH = 2  # sentences before, in which somebody may be named whom a pronoun means
_END = re.compile(r"[.!?؟](?:\s|$)|\n")
_AT_ODDS: dict[str, tuple[str, str | Promise]] = {
    "F": ("male", _("The child is a girl; these words are of a boy.")),
    "M": ("female", _("The child is a boy; these words are of a girl.")),
}


def check(texts: Texts, sex: str) -> list[Doubt]:
    """Return the words that are of the other sex."""
    if sex not in _AT_ODDS:
        return []
    wrong, sentence = _AT_ODDS[sex]
    usual = language_of(texts)
    found = []
    for field, text in texts.items():
        code = tongue(text, usual)
        free = [each.span() for each in finds(code, "no-sex").finditer(text)]
        for each in finds(code, wrong).finditer(text):
            inside = any(start <= each.start() < end for start, end in free)
            if not inside and not _somebody_else(text, each.start(), code, wrong):
                found.append(Doubt(CHECK, field, each.start(), each.end(), each.group(), sentence))
    return found


def _somebody_else(text: str, at: int, code: str, sex: str) -> bool:
    """Say whether the sentence so far, or one just before, names somebody who can be meant."""
    ends = [each.end() for each in _END.finditer(text, 0, at)]
    start = ends[-_REACH - 1] if len(ends) > _REACH else 0
    before = text[start:at]
    return any(finds(code, key).search(before) for key in (f"{sex}-others", "any-others"))
