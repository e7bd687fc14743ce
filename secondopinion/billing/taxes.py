"""How much of a price is tax. Prices hold it; pure functions of amounts, exact to the cent."""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

MOST_PLACES = 2  # in which amounts are kept


def places(currency: str) -> int:
    """Return with how many decimals a currency is written: none of yen."""
    return min(MOST_PLACES, get_currency_precision(currency))


def coin(currency: str) -> Decimal:
    """Return the smallest amount of a currency."""
    return Decimal(1).scaleb(-places(currency))


def net_of(gross: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Return a price without the tax in it; `rate` is in percent."""
    exact = gross * 100 / (100 + rate)
    return exact.quantize(coin(currency), ROUND_HALF_UP)


def net_of_part(before: Decimal, part: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Return what one of several parts of a price is without tax, behind `before` of them.

    The parts of a whole are together, to the cent, what the whole is.
    """
    return net_of(before + part, rate, currency) - net_of(before, rate, currency)
