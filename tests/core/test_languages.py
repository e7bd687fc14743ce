"""Languages by their names."""

import pytest
from django.utils.translation import override

from secondopinion.core.errors import Refused
from secondopinion.core.languages import code_of, every_language


def test_a_language_is_found_by_its_name_in_the_readers_language_and_in_english() -> None:
    for reader, typed, code in (
        ("en", " spanish ", "es"), ("en", "ES", "es"), ("en", "", ""), ("es", "Árabe", "ar"),
        ("es", "Arabic", "ar"), ("ar", "العربية", "ar"), ("en", "Haitian Creole", "ht"),
    ):  # fmt: skip
        with override(reader):
            assert code_of(typed) == code, typed
    with pytest.raises(Refused):
        code_of("Martian")


@pytest.mark.parametrize("reader", ["en", "es", "ar"])
def test_every_name_of_the_list_leads_back_to_its_language(reader: str) -> None:
    with override(reader):
        assert [code for code, name in every_language().items() if code_of(name) != code] == []
