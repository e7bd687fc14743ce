"""What must hold for a value of the settings; each returns it as it is stored."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from string import Formatter
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from secondopinion.core import colours, zones
from secondopinion.core.errors import Refused

VARIABLES = frozenset({"item"})  # what a message of the desk may leave to be filled in
# What a letter to a family whose request is declined may, and what each kind of it must.
OF_LETTERS = frozenset({"child", "reference", "hospital", "phone", "emergency_number", "reason"})
IN_LETTERS = {
    "not-eligible": frozenset({"reference", "reason"}),
    "emergency": frozenset({"reference", "emergency_number"}),
    "cannot-help": frozenset({"reference", "reason"}),
}
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOINC = re.compile(r"[1-9][0-9]{0,6}-[0-9]")
_CURRENCY = re.compile(r"[A-Z]{3}")


def refuse(sentence: str | Promise, field: str) -> Refused:
    """Return the refusal of a value; the caller raises it."""
    return Refused(sentence, code="setting-refused", field=field)


def table(value: Any, names: Iterable[str], field: str = "") -> Mapping[str, Any]:
    """Return a table with no other names than these."""
    if not isinstance(value, Mapping):
        raise refuse(_("Here a table of names and values is needed."), field)
    if unknown := sorted(set(value) - set(names)):
        raise refuse(_("There is no such setting: %(name)s") % {"name": ", ".join(unknown)}, field)
    return value


def rows(value: Any, field: str = "") -> list[Any]:
    """Return a list."""
    if not isinstance(value, list):
        raise refuse(_("Here a list is needed."), field)
    return value


def text(value: Any, field: str, *, most: int = 200, required: bool = True) -> str:
    """Return a text without blanks around it, at most `most` characters long."""
    kept = value.strip() if isinstance(value, str) else ""
    if required and not kept:
        raise refuse(_("Fill this in to go on."), field)
    if len(kept) > most:
        raise refuse(_("This is too long: at most %(most)s characters.") % {"most": most}, field)
    return kept


def loinc(value: Any, field: str) -> str:
    """Return a code of LOINC, or "" for none; its last digit checks the others (Luhn's formula)."""
    code = text(value, field, most=10, required=False)
    if not code:
        return ""
    digits = [int(each) for each in reversed(code) if each.isdigit()]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[1::2]]
    if not _LOINC.fullmatch(code) or (sum(digits[::2]) + sum(doubled)) % 10:
        raise refuse(_("This is not a code of LOINC. Write it like 18834-2."), field)
    return code


def by_language(
    value: Any,
    field: str,
    *,
    most: int = 200,
    required: bool = True,
    every: Iterable[str] = ("en",),
) -> dict[str, str]:
    """Return texts by language, in the languages of the product; `every` must be there."""
    known = dict(settings.LANGUAGES)
    given = table(value, known, field)
    kept = {
        code: found
        for code in known
        if (found := text(given.get(code, ""), f"{field}-{code}", most=most, required=False))
    }
    if required and not kept:
        raise refuse(_("Fill this in to go on."), f"{field}-en")
    if required or kept:
        for code in every:
            if code not in kept:
                raise refuse(
                    _("Write it in this language too: %(language)s")
                    % {"language": known.get(code, code)},
                    f"{field}-{code}",
                )
    return kept


def message(
    value: Any,
    field: str,
    *,
    most: int = 2000,
    may: frozenset[str] = VARIABLES,
    must: frozenset[str] = frozenset(),
) -> dict[str, str]:
    """Return a message of the desk by language: each leaves the same places to be filled in.

    `may` says which places there can be, `must` which there have to be.
    """
    kept = by_language(value, field, most=most)
    wanted = _places(kept["en"], f"{field}-en") | must
    for code, words in kept.items():
        where = f"{field}-{code}"
        places = _places(words, where)
        if unknown := places - may:
            raise refuse(
                _("Nothing fills this in: %(name)s. What can stand there is %(known)s.")
                % {"name": _braced(unknown), "known": _braced(may)},
                where,
            )
        if lacking := must - places:
            raise refuse(
                _("This has to stand in it: %(name)s.") % {"name": _braced(lacking)}, where
            )
        if missing := wanted - places:
            raise refuse(
                _("The English text has %(name)s, and this one lacks it.")
                % {"name": _braced(missing)},
                where,
            )
        if more := places - wanted:
            raise refuse(
                _("This text has %(name)s, and the English one lacks it.")
                % {"name": _braced(more)},
                where,
            )
    return kept


def _braced(names: Iterable[str]) -> str:
    return " ".join(f"{{{each}}}" for each in sorted(names))


def _places(words: str, field: str) -> set[str]:
    try:
        found = [name for _text, name, _spec, _how in Formatter().parse(words) if name is not None]
    except ValueError:
        raise refuse(_("A curly bracket stands alone. Write {item}, or none."), field) from None
    return set(found)


def key(value: Any, field: str) -> str:
    """Return a key such as ``brain-and-nerves``."""
    kept = text(value, field, most=50)
    if not _KEY.fullmatch(kept):
        raise refuse(_("Write small Latin letters, digits and hyphens only."), field)
    return kept


def language_code(value: Any, field: str) -> str:
    """Return a language by its short code (ISO 639) such as ``es``."""
    kept = text(value, field, most=3).lower()
    if not (kept.isascii() and kept.isalpha() and len(kept) >= 2):
        raise refuse(_("Write the language as its short code, like es or ar."), field)
    return kept


def choice(value: Any, field: str, among: Iterable[str]) -> str:
    """Return one of the words that are possible here."""
    if value not in set(among):
        raise refuse(_("Choose one of these: %(words)s") % {"words": ", ".join(among)}, field)
    return str(value)


def country(value: Any, field: str, *, required: bool = True) -> str:
    """Return a country (ISO 3166, two letters), or nothing for anywhere."""
    kept = text(value, field, most=2, required=required).upper()
    if kept and kept not in dict(countries):
        raise refuse(_("There is no country with this code."), field)
    return kept


def zone(value: Any, field: str) -> str:
    """Return a time zone of the IANA database."""
    kept = text(value, field)
    if not zones.is_zone(kept):
        raise refuse(_("There is no such time zone. Write it like America/New_York."), field)
    return kept


def hour(value: Any, field: str) -> str:
    """Return a time of day as ``08:00``."""
    try:
        return time.fromisoformat(str(value)).strftime("%H:%M")
    except ValueError:
        raise refuse(_("Write the time like 08:00."), field) from None


def day(value: Any, field: str) -> str:
    """Return a date as ``2026-11-25``."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise refuse(_("Write the date like 2026-11-25."), field) from None


def number(value: Any, field: str, *, least: int, most: int) -> int:
    """Return a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise refuse(
            _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most},
            field,
        )
    return value


def amount(value: Any, field: str, *, most: str, places: int) -> str:
    """Return a number of at most `places` decimals that is not negative, as it is written."""
    try:
        kept = Decimal(str(value))
        rounded = kept.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation:
        kept = rounded = Decimal("NaN")
    if kept.is_nan() or kept != rounded or not 0 <= kept <= Decimal(most):
        raise refuse(_("Write a number from 0 to %(most)s.") % {"most": most}, field)
    return str(rounded)


def currency(value: Any, field: str) -> str:
    """Return a currency (ISO 4217, three letters)."""
    kept = text(value, field, most=3).upper()
    if not _CURRENCY.fullmatch(kept):
        raise refuse(_("Write the currency with three letters, like USD."), field)
    return kept


def colour(value: Any, field: str) -> str:
    """Return a colour that can be read on every ground of the pages, and white on it."""
    kept = text(value, field, most=7).lower()
    if not colours.is_colour(kept):
        raise refuse(_("Write the colour like #005a70."), field)
    if (weakest := colours.weakest(kept)) < colours.LEAST:
        raise refuse(
            _(
                "This colour is too light to be read: its contrast is %(found)s to 1, and "
                "%(least)s to 1 is needed. Choose a darker one."
            )
            % {"found": f"{int(weakest * 10) / 10:.1f}", "least": colours.LEAST},
            field,
        )
    return kept


def once(keys: Iterable[Any], field: str) -> None:
    """Refuse a list in which two rows are about the same."""
    seen = set()
    for each in keys:
        if each in seen:
            raise refuse(_("Two rows are about the same. Change the one that is there."), field)
        seen.add(each)
