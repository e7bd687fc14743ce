"""The one clock of the house; everything stored is in UTC."""

from datetime import UTC, date, datetime

from django.utils import timezone

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # of what is sorted by an instant and has none


def now() -> datetime:
    """Return the present instant in UTC."""
    return timezone.now()


def today() -> date:
    """Return the present date in UTC."""
    return timezone.now().date()
