"""Business time: weekends, holidays and nights are left out; adding and measuring agree."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.core.calendar import BusinessCalendar

BOSTON = BusinessCalendar("US", "MA", "America/New_York", time(8), time(17))
instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def test_a_friday_evening_goes_on_on_monday() -> None:
    friday = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)  # 16:00 in Boston
    assert BOSTON.add(friday, timedelta(hours=2)) == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_thanksgiving_is_free() -> None:
    wednesday = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    assert BOSTON.add(wednesday, timedelta(hours=2)).date().isoformat() == "2026-11-27"


def test_the_change_of_the_clocks_changes_no_business_hour() -> None:
    before = datetime(2026, 10, 30, 12, 0, tzinfo=UTC)  # Friday 08:00 in summer time
    assert BOSTON.between(before, datetime(2026, 11, 2, 22, 0, tzinfo=UTC)) == timedelta(hours=18)


@settings(max_examples=60, deadline=None)
@given(start=instants, hours=st.floats(0, 90))
def test_measuring_undoes_adding(start: datetime, hours: float) -> None:
    end = BOSTON.add(start, timedelta(hours=hours))
    assert abs(BOSTON.between(start, end) - timedelta(hours=hours)) < timedelta(seconds=1)


def test_over_new_year_the_holiday_and_own_closures_are_free() -> None:
    eve = datetime(2026, 12, 31, 21, 0, tzinfo=UTC)  # Thursday, 16:00 in Boston
    monday = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)
    assert BOSTON.add(eve, timedelta(hours=2)) == monday
    assert BOSTON.between(eve, monday) == timedelta(hours=2)
    closed = replace(BOSTON, closures=((date(2027, 1, 4), date(2027, 1, 5)),))
    assert closed.add(eve, timedelta(hours=2)) == monday + timedelta(days=2)


def test_a_country_has_its_own_weekend_and_holidays() -> None:
    dubai = BusinessCalendar("AE", "", "Asia/Dubai", time(9), time(17), (0, 1, 2, 3, 4))
    assert not dubai.works_on(date(2026, 12, 2)), "the national day"
    assert BOSTON.works_on(date(2026, 12, 2))
    nowhere = replace(dubai, country="XK")  # not in the library: weekends alone are free
    assert nowhere.works_on(date(2026, 12, 2))
    assert not nowhere.works_on(date(2026, 12, 5))
