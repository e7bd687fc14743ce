"""The number that a frightened parent is told to call."""

import pytest
from phonenumbers import is_emergency_number

from secondopinion.program.emergency import number_for, numbers


@pytest.mark.parametrize(("country", "number"), numbers().items(), ids=list(numbers()))
def test_it_is_an_emergency_number_of_that_country(country: str, number: str) -> None:
    """Compared with the table of libphonenumber, which others keep."""
    assert is_emergency_number(number, country)


def test_a_country_that_is_not_known_has_none() -> None:
    assert number_for("ZZ") == number_for("") == ""
