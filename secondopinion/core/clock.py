"""The one clock of the house; everything stored is in UTC."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present instant in UTC."""
    return timezone.now()


def today() -> date:
    """Return the present date in UTC."""
    return timezone.now().date()
