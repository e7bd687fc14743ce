"""Laboratory values: what they are called, which units they have, and one unit in another."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from secondopinion.core.languages import in_language

_DATA = Path(__file__).resolve().parent / "data" / "analytes.toml"
DIGITS = 3  # of a converted number: a laboratory tells no more


@dataclass(frozen=True, slots=True)
class Analyte:
    """What is measured; each unit has the factor that brings a number into the first one."""

    key: str
    names: dict[str, str]
    units: dict[str, Decimal]

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names)

    @property
    def base(self) -> str:
        """The unit in which values are drawn."""
        return next(iter(self.units))

    def in_base(self, value: Decimal, unit: str) -> Decimal:
        """Return a number in the first unit.

        Raises:
            KeyError: the analyte has no such unit.
        """
        return value * self.units[unit]

    def others(self, value: Decimal, unit: str) -> list[tuple[str, str]]:
        """Return a number in the other units that say something else, as text and unit."""
        factor = self.units[unit]
        return [
            (shortened(value * factor / each), name)
            for name, each in self.units.items()
            if name != unit and each != factor
        ]


def shortened(value: Decimal) -> str:
    """Return a number with as many digits as a laboratory tells, and no powers of ten."""
    if not value:
        return "0"
    rounded = value.quantize(Decimal(1).scaleb(min(0, value.adjusted() + 1 - DIGITS)))
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@cache
def analytes() -> dict[str, Analyte]:
    """Return what is known, by key."""
    rows = tomllib.loads(_DATA.read_text())["analytes"]
    return {
        row["key"]: Analyte(
            row["key"], row["names"], {unit: Decimal(factor) for unit, factor in row["units"]}
        )
        for row in rows
    }
