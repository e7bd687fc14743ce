"""With what the history of a report begins: the family's words, marked until they are changed."""

from collections.abc import Mapping

from secondopinion.cases.models import Case
from secondopinion.opinions.papers import LANGUAGE
from secondopinion.translation.told import Beside, Told, reviewed

_TOLD = ("history", "medicines")


def history_told(case: Case, words: Told | None = None) -> str:
    """Return what the family told of the child, in a report's language where that is translated and
    checked: with this its history begins. `words` are the translations, where a page has them."""
    words, told = words or reviewed(case, LANGUAGE), []
    for name in _TOLD:
        text = getattr(case.request, name)
        found = words.beside(name, text)
        told.append(found.text if found and found.text and not found.outdated else text)
    return _joined(told)


def translations_told(
    case: Case, body: Mapping[str, str], words: Told | None = None
) -> list[Beside]:  # fmt: skip
    """Return the translations in which the history of a report tells what the family told; none
    where it stands in the family's own words, or is somebody else's."""
    words, written = words or reviewed(case, LANGUAGE), body.get("history", "").split()
    if written != history_told(case, words).split():
        return []
    found = (words.beside(name, getattr(case.request, name)) for name in _TOLD)
    return [each for each in found if each and each.text and not each.outdated]


def is_as_told(case: Case, body: Mapping[str, str], words: Told | None = None) -> bool:
    """Say whether the history of a report still is what the family told, and nothing besides, in
    its own words or translated."""
    written = body.get("history", "").split()
    own = _joined([getattr(case.request, name) for name in _TOLD])
    return bool(written) and written in (own.split(), history_told(case, words).split())


def _joined(told: list[str]) -> str:
    return "\n\n".join(each for each in told if each)
