"""A summary that is too hard for families, and answers that answer nothing."""

import re

from django.utils.translation import gettext_lazy as _

from secondopinion.opinions.checking.found import Doubt, Texts
from secondopinion.opinions.checking.tongues import finds, language_of, tongue
from secondopinion.opinions.readability import level

LEVEL, ANSWER = "reading-level", "answer"
_SENTENCE = re.compile(r"\S[^.!?…\n]*[.!?…]*")


def check_summary(texts: Texts) -> list[Doubt]:
    """Return the longest sentence of a summary that is not plain."""
    text = texts.get("summary", "")
    measured = level(text, tongue(text))
    if measured is None or measured.plain:
        return []
    longest = max(_SENTENCE.finditer(text), key=lambda each: len(each.group().split()))
    return [
        Doubt(
            LEVEL, "summary", longest.start(), longest.end(), longest.group(),
            _("The summary is hard to read (%(level)s). This is its longest sentence.")
            % {"level": str(measured.words)},
        )
    ]  # fmt: skip


def check_answers(texts: Texts) -> list[Doubt]:
    """Return the answers that only point elsewhere, or say nothing."""
    usual = language_of(texts)
    found = []
    for field, text in texts.items():
        told = text.strip()
        if not field.startswith("answer_") or not told:
            continue
        bare = told.strip(" .-–—()").casefold()
        if not any(map(str.isalnum, told)) or finds(tongue(told, usual), "short").fullmatch(bare):
            start = text.index(told)
            found.append(
                Doubt(ANSWER, field, start, start + len(told), told,
                      _("This does not answer the question in words of its own."))
            )  # fmt: skip
    return found
