"""Texts in several languages: picks the reader's."""

from collections.abc import Mapping

from babel import Locale
from django.utils.translation import get_language, get_language_info


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Return the text for a language (the reader's when none is named), else the English one.

    Where there is no English one, it is the first of all.
    """
    language = language or get_language() or "en"
    first = next(iter(texts.values()), "")
    return texts.get(language) or texts.get(language.split("-")[0]) or texts.get("en", "") or first


def language_name(code: str) -> str:
    """Return the reader's name for a language (ISO 639-1), or its code where there is none."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:  # one in which Django itself does not speak
        names = Locale.parse(get_language() or "en", sep="-").languages
        return str(names.get(code, code))


def script_name(code: str) -> str:
    """Return the reader's name for a script (ISO 15924), or its code where there is none."""
    locale = Locale.parse(get_language() or "en", sep="-")
    if code == "Hans":  # "Simplified", without what is
        return str(locale.languages["zh"])
    return str(locale.scripts.get(code, code))
