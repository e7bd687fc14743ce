"""Days of other calendars as days of the Gregorian one.

The Islamic calendar is that of Umm al-Qura for the years that it is kept for (hijridate), else the
tabular one (Reingold and Dershowitz, Calendrical Calculations): what was observed elsewhere may lie
two days away. The Persian one uses the 2820-year cycle's 33-year arithmetic,
exact for 1300 to 1500. Ethiopian months have 30 days, a thirteenth the rest. Thailand's Buddhist
year is the Gregorian year and 543.
"""

from datetime import date

from hijridate import Hijri

_UMM_AL_QURA = (1343, 1500)  # years
_ISLAMIC_EPOCH = 227015  # ordinal of 1 Muharram 1 in Python's count (16 July 622, Julian)
_ETHIOPIC_EPOCH = 2796  # ordinal of 1 Meskerem 1 (29 August 8, Julian)
_PERSIAN_EPOCH = 226895  # ordinal of the day before 1 Farvardin 1
BUDDHIST = 543  # years


def from_hijri(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of a day of the Islamic calendar.

    Raises:
        ValueError: there is no such month or day.
    """
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError("no such day")
    if _UMM_AL_QURA[0] <= year <= _UMM_AL_QURA[1]:
        try:
            return date.fromordinal(Hijri(year, month, day).to_gregorian().toordinal())
        except (ValueError, OverflowError):
            pass  # a thirtieth that this month has elsewhere
    days = (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2 + day - 1
    return date.fromordinal(_ISLAMIC_EPOCH + days)


def from_persian(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of a day of the Persian (Solar Hijri) calendar.

    Raises:
        ValueError: there is no such month or day.
    """
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError("no such day")
    cycle = year - 474
    of_cycle = cycle % 2820 + 474
    before = (month - 1) * 31 if month <= 7 else (month - 1) * 30 + 6
    days = (of_cycle * 682 - 110) // 2816 + (of_cycle - 1) * 365 + cycle // 2820 * 1029983
    return date.fromordinal(_PERSIAN_EPOCH + days + before + day)


def from_ethiopian(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of a day of the Ethiopian calendar.

    Raises:
        ValueError: there is no such month or day.
    """
    if not (1 <= month <= 13 and 1 <= day <= 30):
        raise ValueError("no such day")
    days = 365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1
    return date.fromordinal(_ETHIOPIC_EPOCH + days)


def from_buddhist(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of a day of Thailand's calendar.

    Raises:
        ValueError: there is no such day.
    """
    return date(year - BUDDHIST, month, day)
