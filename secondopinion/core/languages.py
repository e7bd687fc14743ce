"""Texts in several languages: picks the reader's."""

import re
from collections.abc import Iterable, Mapping

from babel import Locale
from babel.lists import format_list
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from secondopinion.core.errors import Refused
from secondopinion.core.folding import plain

_LETTERS = 2  # of a code
_SOUNDS_LIKE_I = re.compile("h?i(?![aeou])")
_NO_LANGUAGE = frozenset({"mul", "und", "zxx"})  # several, unknown, none: ISO 639 has codes for it
_ENGLISH = {str(code): str(name) for code, name in Locale("en").languages.items()}


def locale() -> Locale:
    """Return what the CLDR knows of the reader's language."""
    return Locale.parse(get_language() or "en", sep="-")


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Return the text for a language (the reader's when none is named), else the English one.

    Where there is no English one, it is the first of all.
    """
    language = language or get_language() or "en"
    first = next(iter(texts.values()), "")
    return texts.get(language) or texts.get(language.split("-")[0]) or texts.get("en", "") or first


def language_of(texts: Mapping[str, str], language: str) -> str:
    """Return in which language `in_language` answers."""
    text = in_language(texts, language)
    codes = (language, language.split("-", maxsplit=1)[0], "en", *texts)
    return next((code for code in codes if text and texts.get(code) == text), language)


def language_name(code: str) -> str:
    """Return the reader's name for a language (ISO 639-1), or its code where there is none."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:  # one in which Django itself does not speak
        return str(locale().languages.get(code, code))


def enumerated(items: Iterable[object]) -> str:
    """Return things behind each other as the reader's language lists them: "a, b and c".

    Source: the list patterns of the CLDR, as the parcel babel carries it; Spanish says "e" instead
    of "y" before the sound of i (RAE, Diccionario panhispánico de dudas, "y").
    """
    words = [str(each) for each in items]
    listed = format_list(words, locale=locale())
    if locale().language == "es" and len(words) > 1 and _SOUNDS_LIKE_I.match(plain(words[-1])):
        before, _and, _last = listed.rpartition(f" y {words[-1]}")
        return f"{before} e {words[-1]}"
    return listed


def every_language() -> dict[str, str]:
    """Return the reader's names of the languages that have two letters (ISO 639-1), by their codes,
    in the order of the names."""
    names = {code: language_name(code) for code in _ENGLISH if len(code) == _LETTERS}
    return dict(sorted(names.items(), key=lambda each: plain(each[1])))


def is_language(code: str) -> bool:
    """Say whether this is the code of a language (ISO 639) that has a name here."""
    return code.isalpha() and code in _ENGLISH and code not in _NO_LANGUAGE


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
    if code == "Hans":  # "Simplified", without what is
        return str(locale().languages["zh"])
    return str(locale().scripts.get(code, code))
