"""The one clock of the house; everything stored is in UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from django.utils import timezone

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # of what is sorted by an instant and has none


_instead: ContextVar[datetime | None] = ContextVar("instead", default=None)


@contextmanager
def as_if_at(instant: datetime) -> Iterator[None]:
    """Let it be another instant for what is done within: the demonstration has a past this way.

    Nothing else may call it (a test looks); tests freeze the clock of the machine.
    """
    token = _instead.set(instant)
    try:
        yield
    finally:
        _instead.reset(token)


def now() -> datetime:
    """Return the present instant in UTC."""
    return _instead.get() or timezone.now()


def today() -> date:
    """Return the present date in UTC."""
    return now().date()
