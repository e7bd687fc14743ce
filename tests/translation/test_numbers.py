"""Numbers, units and dates as they are written in many languages."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.translation.checks import calendars
from secondopinion.translation.checks.compare import compare
from secondopinion.translation.checks.dates import find_dates
from secondopinion.translation.checks.folding import fold, folded
from secondopinion.translation.checks.languages import codes, language
from secondopinion.translation.checks.numbers import find_quantities, values_of
from secondopinion.translation.checks.units import converts, related, unit_at

DIGITS = [
    "0123456789",
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "०१२३४५६७८९",
    "０１２３４５６７８９",
    "๐๑๒๓๔๕๖๗๘๙",
]


def first(text: str, code: str) -> float:
    """Return the likeliest value of the first number in a text."""
    return find_quantities(folded(text), language(code), [])[0].values[0]


@given(st.integers(0, 10**9), st.sampled_from(DIGITS))
def test_a_whole_number_is_the_same_in_every_script(value: int, digits: str) -> None:
    written = "".join(digits[int(each)] for each in str(value))
    assert first(f"x {written}", "ar") == value


@given(st.integers(0, 9999), st.integers(0, 99), st.sampled_from(["es", "fr", "de", "ru", "pt"]))
def test_a_decimal_comma_is_a_decimal_point(whole: int, part: int, code: str) -> None:
    assert first(f"{whole},{part:02}", code) == first(f"{whole}.{part:02}", "en")


@given(st.integers(1000, 999_999_999))
def test_groups_are_read_as_each_language_groups(value: int) -> None:
    plain = f"{value:,}"
    assert first(plain, "en") == value
    assert first(plain.replace(",", "."), "de") == value
    assert first(plain.replace(",", "\u202f"), "fr") == value
    assert first(plain.replace(",", " "), "ru") == value


@given(st.text(max_size=80))
def test_folding_keeps_the_way_back(text: str) -> None:
    whole = fold(text)
    assert len(whole.at) == len(whole.text)
    assert list(whole.at) == sorted(whole.at)
    assert all(0 <= place < max(1, len(text)) for place in whole.at)


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(codes()),
       st.sampled_from(codes()))  # fmt: skip
def test_any_two_texts_can_be_compared(one: str, other: str, source: str, target: str) -> None:
    done = compare(one, other, source, target)
    for each in done.mismatches:
        for place, text in ((each.original, one), (each.translation, other)):
            if place is not None:
                assert text[place.start : place.end] == place.text


@pytest.mark.parametrize("code", codes())
def test_a_text_is_a_translation_of_itself(code: str) -> None:
    text = "Paracetamol 500 mg 3/5/2024\n12.5 kg, 10-20 ml/h\nT2 1 250,75 mmol/l\n×10⁹/L 4.5"
    assert not [m for m in compare(text, text, code, code).mismatches if m.alarm]


@pytest.mark.parametrize(
    ("text", "code", "unit"),
    [
        ("mg/kg/day", "en", "mg/kg/d"), ("mg/kg/día", "es", "mg/kg/d"),
        ("мг/кг/сут", "ru", "mg/kg/d"), ("ملغ/كغ/يوم", "ar", "mg/kg/d"),
        ("毫克/公斤/天", "zh", "mg/kg/d"), ("mg/kg/24 h", "en", "mg/kg/d"), ("µg", "en", "ug"),
        ("mcg", "en", "ug"), ("мкг", "ru", "ug"), ("ммоль/л", "ru", "mmol/l"),
        ("mm³", "en", "ul"), ("mg/m²", "en", "mg/m^2"), ("мм рт. ст.", "ru", "mmhg"),
        ("मिग्रा", "hi", "mg"), ("Stunden", "de", "h"), ("gün", "tr", "d"),
    ],
)  # fmt: skip
def test_units_are_known_in_their_spellings(text: str, code: str, unit: str) -> None:
    found, end = unit_at(folded(f"5 {text}"), 1, language(code))
    assert str(found) == unit
    assert end == len(folded(f"5 {text}"))


@given(st.floats(1, 500).map(lambda value: round(value, 1)))
def test_right_conversions_are_right_and_others_are_not(value: float) -> None:
    milligram, gram = (unit_at(text, 0, language("en"))[0] for text in ("mg", "g"))
    assert milligram
    assert gram
    assert related(milligram, gram) == "convertible"
    assert converts(value, milligram, value / 1000, gram, "")
    assert not converts(value, milligram, value, gram, "")


def test_a_conversion_by_substance_needs_its_name() -> None:
    ours, theirs = (unit_at(text, 0, language("en"))[0] for text in ("mg/dl", "mmol/l"))
    assert ours
    assert theirs
    assert converts(90, ours, 5.0, theirs, "glucose")
    assert not converts(90, ours, 5.0, theirs, "calcium")


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        ("1.250", "en", (1.25, 1250)), ("1.250", "de", (1250, 1.25)), ("0,125", "es", (0.125,)),
        ("12,5", "en", (12.5,)), ("1,00,000", "hi", (100000,)), ("1.234,5", "pt", (1234.5,)),
        ("1,234.5", "en", (1234.5,)), ("٣٫٥", "ar", (3.5,)),
    ],
)  # fmt: skip
def test_marks_are_read_by_language(text: str, code: str, values: tuple[float, ...]) -> None:
    assert values_of(folded(text), language(code)) == values


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("12 de marzo de 2024", "es", (2024, 3, 12)), ("March 12, 2024", "en", (2024, 3, 12)),
        ("١٢ مارس ٢٠٢٤", "ar", (2024, 3, 12)), ("١٢ آذار ٢٠٢٤", "ar", (2024, 3, 12)),
        ("12 марта 2024 г.", "ru", (2024, 3, 12)), ("2024年3月12日", "zh", (2024, 3, 12)),
        ("12. März 2024", "de", (2024, 3, 12)), ("12 Mart 2024", "tr", (2024, 3, 12)),
        ("१२ मार्च २०२४", "hi", (2024, 3, 12)), ("2024-03-12", "en", (2024, 3, 12)),
        ("1 رمضان 1445", "ar", (2024, 3, 11)), ("12/03/2567", "en", (2024, 12, 3)),
    ],
)  # fmt: skip
def test_dates_are_read_in_their_forms(text: str, code: str, day: tuple[int, int, int]) -> None:
    found = find_dates(folded(text), language(code))
    assert len(found) == 1
    reading = found[0].days[0]
    assert (reading.year, reading.month, reading.day) == day


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_every_way_to_write_a_day_is_that_day(day: date) -> None:
    ways = [
        (day.isoformat(), "en"), (f"{day.day}/{day.month}/{day.year}", "es"),
        (f"{day.day}.{day.month:02}.{day.year}", "de"),
        (f"{day.year}年{day.month}月{day.day}日", "zh"),
        (f"{day.day}/{day.month}/{day.year + 543}", "fr"),
    ]  # fmt: skip
    for text, code in ways:
        reading = find_dates(folded(text), language(code))[0].days[0]
        assert (reading.year, reading.month, reading.day) == (day.year, day.month, day.day)


@given(st.dates(date(1980, 1, 1), date(2070, 1, 1)), st.integers(0, 40))
def test_calendars_go_forward_with_the_days(day: date, later: int) -> None:
    year = day.year - 579
    begin = calendars.from_hijri(year, 1, 1)
    assert calendars.from_hijri(year, 2, 1) - begin in {timedelta(29), timedelta(30)}
    assert timedelta(353) < calendars.from_hijri(year + 1, 1, 1) - begin < timedelta(356)
    persian = calendars.from_persian(day.year - 621, 1, 1)
    assert persian.month == 3
    assert persian.day in {20, 21, 22}
    ethiopian = calendars.from_ethiopian(day.year - 7, 1, 1)
    assert (ethiopian.year, ethiopian.month) == (day.year, 9)
    assert calendars.from_buddhist(day.year + 543, day.month, 1) == day.replace(day=1)


@pytest.mark.parametrize(
    ("made", "day"),
    [  # published examples: Nowruz, the first of Ramadan, the Ethiopian new year
        (calendars.from_persian(1403, 1, 1), date(2024, 3, 20)),
        (calendars.from_persian(1400, 1, 1), date(2021, 3, 21)),
        (calendars.from_hijri(1445, 9, 1), date(2024, 3, 11)),
        (calendars.from_ethiopian(2016, 1, 1), date(2023, 9, 12)),
        (calendars.from_ethiopian(2017, 1, 1), date(2024, 9, 11)),
    ],
)  # fmt: skip
def test_days_of_other_calendars(made: date, day: date) -> None:
    assert made == day
