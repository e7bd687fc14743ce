"""When a person is written to: not in their quiet hours, and once a day where they wish that.

Pure functions of instants and zones.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DIGEST_AT = time(8)  # where a person has no quiet hours


def after_quiet(now: datetime, zone: str, first: time | None, last: time | None) -> datetime:
    """Return when somebody may be written to, whose quiet hours run from `first` to `last`.

    The hours are those of the person's clock, and may run over midnight. Where the clock is put
    forward over their end, they end with the hour that is left out.
    """
    if first is None or last is None or first == last:
        return now
    local = now.astimezone(ZoneInfo(zone))
    quiet = first <= local.time() < last if first < last else not last <= local.time() < first
    return _next(now, zone, last) if quiet else now


def next_digest(now: datetime, zone: str, at: time | None) -> datetime:
    """Return when the next daily message goes out: at the end of the quiet hours, or at eight."""
    return _next(now, zone, at or DIGEST_AT)


def _next(now: datetime, zone: str, at: time) -> datetime:
    local = now.astimezone(ZoneInfo(zone))
    found = datetime.combine(local.date(), at, ZoneInfo(zone))
    if found <= local:
        found = datetime.combine(local.date() + timedelta(days=1), at, ZoneInfo(zone))
    return found.astimezone(now.tzinfo)
