"""Records in a language that their reader does not read and that nobody has translated."""

from collections.abc import Iterable

from secondopinion.cases.models import InformationRequest
from secondopinion.records.models import Record
from secondopinion.translation.checks.languages import short_code
from secondopinion.translation.told import Told


def mark_foreign(
    rows: Iterable[Record], words: Told, asked: Iterable[InformationRequest] = ()
) -> None:
    """Tell each record (`with_translations`) the language in which it stands before a reader who
    does not read it (`foreign`), and whether they have wished for its translation (`wished`)."""
    open_wishes = [each.text for each in asked if each.answered_at is None]
    for row in rows:
        told = vars(row)
        language = row.likely["language"]
        reads = not language or short_code(language) in words.reader
        told["foreign"] = "" if reads or told["translation"] else language
        told["wished"] = any(row.title in each for each in open_wishes)
