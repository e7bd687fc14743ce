"""Time zones: which ones there are, how they are called, and the one of a country."""

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from babel.core import get_global

from secondopinion.core.languages import locale

UNKNOWN = "UTC"  # what a person has until they, or their country, have told


# What a browser says that hides its clock, or whose machine was never told where it stands.
_UNTOLD = frozenset({"UTC", "Etc/UTC", "UCT", "Etc/UCT", "Zulu", "Etc/Zulu", "GMT", "Etc/GMT"})


def tells(name: str) -> bool:
    """Say whether a name is a zone in which somebody lives, and not the one of no place."""
    return name not in _UNTOLD and is_zone(name)


def is_zone(name: str) -> bool:
    """Say whether a name is one of the IANA time zone database."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _of_countries() -> dict[str, list[str]]:
    zones: dict[str, list[str]] = {}
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text()
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _place, zone = line.split("\t")[:3]
            zones.setdefault(country, []).append(zone)
    return zones


def country_of(zone: str) -> str:
    """Return the country (ISO 3166, two letters) in which a zone lies, or nothing."""
    return next((code for code, zones in _of_countries().items() if zone in zones), "")


def zone_of(country: str) -> str:
    """Return the zone of a country (ISO 3166, two letters), or `UNKNOWN` where it has several.

    Source: zone.tab of the IANA time zone database, as the parcel tzdata carries it.
    """
    zones = _of_countries().get(country, [])
    return zones[0] if len(zones) == 1 else UNKNOWN


def city_of(zone: str) -> str:
    """Return the reader's name for the city after which a zone is named; "UTC" where it has none.

    Source: the exemplar cities of the CLDR, as the parcel babel carries it. Where a city is written
    the same in a language, the CLDR leaves it out.
    """
    if not tells(zone):
        return UNKNOWN
    names = locale().time_zones
    for name in (zone, *_former_names().get(zone, ())):
        city = names.get(name, {}).get("city")
        if city:
            return str(city)
    return zone.rpartition("/")[2].replace("_", " ")


@cache
def _former_names() -> dict[str, list[str]]:
    """Return under which names the CLDR keeps zones that have been renamed since."""
    found: dict[str, list[str]] = {}
    for former, name in get_global("zone_aliases").items():
        found.setdefault(name, []).append(former)
    return found
