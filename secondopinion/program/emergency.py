"""The number to call in danger, by country."""

from functools import cache

from secondopinion.program.data import read


@cache
def numbers() -> dict[str, str]:
    """Return the number that calls an ambulance, by country (ISO 3166, two letters).

    Sources: at the top of ``data/emergency.toml``.
    """
    table = read("emergency")
    union = table["european_union"]
    return dict.fromkeys(union["countries"], union["number"]) | table["numbers"]


def number_for(country: str) -> str:
    """Return the number for a country, or nothing where it is not known here."""
    return numbers().get(country, "")
