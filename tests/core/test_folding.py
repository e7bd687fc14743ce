"""Letters made comparable, with the way back to the text as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.core.folding import plain, with_places


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Café", "cafe"), ("CAFE\u0301", "cafe"), ("ÆON Œdème", "aeon oedeme"),
        ("Straße", "strasse"), ("İstanbul", "istanbul"), ("ısı", "isi"), ("ΛΌΓΟς", "λογοσ"),
        ("أحمد إبراهيم آدم ٱلله", "احمد ابراهيم ادم الله"), ("مـــحمد", "محمد"),
        ("مُحَمَّدٌ", "محمد"), ("مستشفى المدينة", "مستشفي المدينه"), ("٩٫٨", "9٫8"), ("۱۴۰۳", "1403"),
        ("Ёлка", "елка"), ("שָׁלוֹם", "שלום"), ("2–3", "2-3"), ("m³", "m3"), ("ﬁeber", "fieber"),
        ("leu\u00adkemia", "leukemia"), ("नमस्ते", "नमस्ते"),
    ],
)  # fmt: skip
def test_what_reads_the_same_becomes_the_same(written: str, folded: str) -> None:
    assert plain(written) == folded


@given(st.text())
def test_the_way_back_leads_to_the_letters_it_came_from(text: str) -> None:
    found = with_places(text)
    assert found.text == plain(text)
    assert len(found.at) == len(found.text)
    assert all(plain(text[place]) for place in found.at)
    assert list(found.at) == sorted(found.at)
