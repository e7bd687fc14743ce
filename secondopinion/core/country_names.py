"""Arabic names of countries, where those of the library lack letters or are written in two ways."""

from functools import partial

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language
from django_countries.base import CountriesBase
from django_countries.data import COUNTRIES

from secondopinion.core.languages import locale

# Of these the library knows several names, and chooses among them itself.
_SEVERAL = {*CountriesBase.COMMON_NAMES, *CountriesBase.OLD_NAMES}
_BETTER_THERE = {"PS", "SA"}  # where readers look for them
_OF_EXPERTS = frozenset("(-")  # in names that tell apart what nobody confuses


def _name(code: str, own: str | Promise) -> str:
    if (get_language() or "").partition("-")[0] != "ar":
        return str(own)
    found = str(locale().territories.get(code, ""))
    return str(own) if not found or _OF_EXPERTS & set(found) else found


def names() -> dict[str, str | Promise]:
    """Return names that stand for the library's own: in Arabic as the CLDR has them, else as there.

    Source: the territories of the CLDR, as the parcel babel carries it.
    """
    return {
        code: lazy(partial(_name, code, own), str)()
        for code, own in COUNTRIES.items()
        if code not in _SEVERAL | _BETTER_THERE
    }
