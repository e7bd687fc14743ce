"""Amounts of money, as one reads them."""

from decimal import Decimal

from babel.numbers import format_currency

from secondopinion.core.languages import locale


def written(amount: Decimal, currency: str) -> str:
    """Write an amount with its currency's name in the reader's language, as ``600 US dollars``: a
    sign such as $ means something else in every country. No cents where there are none.

    Source: the names and plural forms of the CLDR, as the parcel babel carries it.
    """
    decimals = "" if amount == amount.to_integral_value() else ".00"
    pattern = f"#,##0{decimals} ¤¤¤"
    return str(format_currency(amount, currency, pattern, locale(), currency_digits=False))
