"""Texts in several languages: picks the reader's."""

from collections.abc import Mapping

from django.utils.translation import get_language


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Return the text for a language (the reader's when none is named), else the English one.

    Where there is no English one, it is the first of all.
    """
    language = language or get_language() or "en"
    first = next(iter(texts.values()), "")
    return texts.get(language) or texts.get(language.split("-")[0]) or texts.get("en", "") or first
