"""Texts in several languages: picks the reader's."""

from collections.abc import Mapping

from babel import Locale
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from secondopinion.core.errors import Refused
from secondopinion.core.folding import plain

_LETTERS = 2  # of a code
_ENGLISH = {str(code): str(name) for code, name in Locale("en").languages.items()}


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


def every_language() -> dict[str, str]:
    """Return the reader's names of the languages that have two letters (ISO 639-1), by their codes,
    in the order of the names."""
    names = {code: language_name(code) for code in _ENGLISH if len(code) == _LETTERS}
    return dict(sorted(names.items(), key=lambda each: plain(each[1])))


def code_of(typed: str) -> str:
    """Return the code of a language that somebody typed: its name in their language or in English,
    or its code; "" where nothing was typed.

    Raises:
        Refused: there is no such language.
    """
    sought = plain(typed.strip())
    if not sought:
        return ""
    for code, english in _ENGLISH.items():
        if sought in {code, plain(english), plain(language_name(code))}:
            return str(code)
    raise Refused(
        _("We do not know the language “%(language)s”. Choose one of the list.")
        % {"language": typed.strip()[:40]},
        code="no-language", field="language",
    )  # fmt: skip


def script_name(code: str) -> str:
    """Return the reader's name for a script (ISO 15924), or its code where there is none."""
    locale = Locale.parse(get_language() or "en", sep="-")
    if code == "Hans":  # "Simplified", without what is
        return str(locale.languages["zh"])
    return str(locale.scripts.get(code, code))
