"""Amounts, lists and days, as each language writes them."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.formats import number_format
from django.utils.translation import override
from django_countries import countries

from secondopinion.core import amounts, dates, zones
from secondopinion.core.languages import enumerated


@pytest.mark.parametrize(
    ("language", "whole", "cents", "one"),
    [
        ("en", "600 US dollars", "1,450.50 euros", "1 US dollar"),
        ("es", "600 dólares estadounidenses", "1.450,50 euros", "1 dólar estadounidense"),
        ("ar", "600 دولار أمريكي", "1,450.50 يورو", "1 دولار أمريكي"),
    ],
)
def test_an_amount_has_its_currencys_name(language: str, whole: str, cents: str, one: str) -> None:
    with override(language):
        assert amounts.written(Decimal("600.00"), "USD") == whole
        assert amounts.written(Decimal("1450.50"), "EUR") == cents
        assert amounts.written(Decimal(1), "USD") == one


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_a_measure_has_the_mark_that_amounts_have(language: str) -> None:
    with override(language):
        amount = amounts.written(Decimal("1450.50"), "EUR").partition(" ")[0]
        assert number_format(Decimal("1450.50"), use_l10n=True)[-3] == amount[-3]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("ar", ["إثيوبيا", "إستونيا", "الإكوادور", "إندونيسيا", "جزر المالديف", "فلسطين"]),
        ("es", ["Etiopía", "Estonia", "Ecuador", "Indonesia", "Maldivas", "Estado de Palestina"]),
        ("en", ["Ethiopia", "Estonia", "Ecuador", "Indonesia", "Maldives", "Palestine"]),
    ],
)
def test_a_country_is_called_as_its_readers_write_it(language: str, names: list[str]) -> None:
    with override(language):
        assert [countries.name(code) for code in ("ET", "EE", "EC", "ID", "MV", "PS")] == names
        assert len(list(countries)) == 249


@pytest.mark.parametrize(
    ("language", "items", "listed"),
    [
        ("en", ["a", "b", "c"], "a, b, and c"), ("en", ["a"], "a"), ("en", [], ""),
        ("es", ["Ana", "Luis"], "Ana y Luis"), ("es", ["Ana", "Luis", "Inés"], "Ana, Luis e Inés"),
        ("es", ["padre", "hijo"], "padre e hijo"), ("es", ["agua", "hielo"], "agua y hielo"),
        ("ar", ["سمر", "كريم"], "سمر وكريم"),
    ],
)  # fmt: skip
def test_a_list_is_that_of_the_language(language: str, items: list[str], listed: str) -> None:
    with override(language):
        assert enumerated(items) == listed


def test_a_day_is_written_out_as_the_language_does() -> None:
    said = {"en": "12 March 2026", "es": "12 de marzo de 2026", "ar": "12 مارس 2026"}
    for language, day in said.items():
        with override(language):
            assert dates.written(date(2026, 3, 12)) == day


@pytest.mark.parametrize(
    ("language", "zone", "city"),
    [
        ("en", "America/New_York", "New York"), ("es", "America/New_York", "Nueva York"),
        ("ar", "America/New_York", "نيويورك"), ("es", "Asia/Kolkata", "Calcuta"),
        ("es", "America/Argentina/Buenos_Aires", "Buenos Aires"), ("ar", "Asia/Damascus", "دمشق"),
        ("es", "UTC", "UTC"), ("en", "Mars/Olympus", "UTC"), ("en", "", "UTC"),
    ],
)  # fmt: skip
def test_a_zone_is_called_by_its_city(language: str, zone: str, city: str) -> None:
    with override(language):
        assert zones.city_of(zone) == city
