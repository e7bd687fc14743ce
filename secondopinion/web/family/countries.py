"""Countries in the order in which a reader looks for them, the likely ones first."""

from functools import cache

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from pyuca import Collator

from secondopinion.core import zones
from secondopinion.program import queries as program

_ARTICLE = "ال"  # nobody looks for an Arabic name under its article
_POINTS = dict.fromkeys(range(0x064B, 0x0653))  # vowel points; some names carry them


@cache
def _collator() -> Collator:
    """Sort by the Unicode Collation Algorithm (UTS 10); its table takes a moment to load."""
    return Collator()


def _key(name: str) -> tuple[int, ...]:
    return tuple(_collator().sort_key(name.translate(_POINTS).removeprefix(_ARTICLE)))


@cache
def _sorted(language: str) -> list[tuple[str, str]]:
    return sorted(((code, str(name)) for code, name in countries), key=lambda row: _key(row[1]))


def every() -> list[tuple[str, str]]:
    """Return all countries, code and name, in the reader's language and order."""
    return _sorted(get_language() or "en")


def choices() -> list[tuple[object, object]]:
    """Return what a list of countries offers in the reader's language.

    First come the country of the reader's device, by its time zone, and those for which the
    program has a rule of its own; then all of them.
    """
    rows = every()
    here = zones.country_of(get_current_timezone_name())
    likely = set(program.countries_named())
    first = [row for row in rows if row[0] in likely and row[0] != here]
    return [
        ("", _("Choose a country")),
        (_("Often chosen"), [row for row in rows if row[0] == here] + first),
        (_("All countries"), rows),
    ]
