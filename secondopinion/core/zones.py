"""Time zones: which ones there are, and the one of a country that has a single one."""

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

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
