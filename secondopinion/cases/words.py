"""The words by which the desk finds a case: folded, so that accents and forms do not count."""

import re

from django.db import connection
from django.db.models import Q, QuerySet

from secondopinion.cases.models import Case, CaseWord
from secondopinion.core.folding import plain

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"[0-9]{4}-[0-9A-Za-z]*")
_LONGEST, _MOST = 80, 6  # characters of a word; words that are looked for
_LAST = "\U0010ffff"


def words_in(text: str) -> list[str]:
    """Return the folded words of a text."""
    return [word[:_LONGEST] for word in _WORD.findall(plain(text))]


def keep(case: Case) -> None:
    """Keep the words of a case that has been sent: its number, the child and the family."""
    texts = [case.reference, case.child.full_name, case.child.latin_name]
    for tie in case.child.guardianships.select_related("person"):
        texts += [tie.person.full_name, tie.person.latin_name]
    found = {word for text in texts for word in words_in(text)}
    CaseWord.objects.filter(case=case).delete()
    CaseWord.objects.bulk_create(CaseWord(case=case, word=word) for word in sorted(found))


def search(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Return those cases in which every word of a text begins a word of the case.

    What looks like the number of a case is looked for as one: its year begins every other number.
    """
    if _NUMBER.fullmatch(text.strip()):
        return rows.filter(_begins("reference", text.strip().upper()))
    for word in words_in(text)[:_MOST]:
        rows = rows.filter(pk__in=CaseWord.objects.filter(_begins("word", word)).values("case"))
    return rows


def _begins(field: str, word: str) -> Q:
    if connection.vendor == "postgresql":
        return Q((f"{field}__startswith", word))
    # SQLite has an index for this, not for LIKE
    return Q((f"{field}__gte", word), (f"{field}__lt", word + _LAST))
