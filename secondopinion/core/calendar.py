"""Business time: the hours of a program's calendar, its weekends and public holidays left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays


@lru_cache(maxsize=64)
def _holidays(country: str, region: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        return frozenset()  # a country that the library does not know: only weekends are free


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """When the program works: `days` are weekdays, 0 for Monday."""

    country: str
    region: str
    timezone: str
    opens: time
    closes: time
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    closures: tuple[tuple[date, date], ...] = ()  # first and last day of each

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the hospital."""
        return ZoneInfo(self.timezone)

    def works_on(self, day: date) -> bool:
        """Say whether the program works on a day."""
        return (
            day.weekday() in self.days
            and day not in _holidays(self.country, self.region, day.year)
            and not any(first <= day <= last for first, last in self.closures)
        )

    def _shifts(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working stretches from `start` on, in UTC; without an end."""
        if not self.days or self.opens >= self.closes:
            raise ValueError("a calendar needs a weekday, and to open before it closes")
        zone = self.zone
        day = start.astimezone(zone).date()
        while True:
            if self.works_on(day):
                opens = datetime.combine(day, self.opens, zone).astimezone(UTC)
                closes = datetime.combine(day, self.closes, zone).astimezone(UTC)
                if closes > start:
                    yield max(opens, start.astimezone(UTC)), closes
            day += timedelta(days=1)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Return the instant at which `duration` of business time has passed since `start`."""
        left = max(duration, timedelta())
        for opens, closes in self._shifts(start):
            if opens + left <= closes:
                return opens + left
            left -= closes - opens
        raise AssertionError("shifts have no end")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the business time that passes from `start` to `end`; zero if `end` is earlier."""
        total = timedelta()
        if end <= start:
            return total
        for opens, closes in self._shifts(start):
            if opens >= end:
                return total
            total += min(closes, end) - opens
        raise AssertionError("shifts have no end")
