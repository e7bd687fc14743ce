"""What is closed to readers and translators, and its translations with it: a record with a page of
another child, or one that was taken out.

Rooms above say what is closed of theirs (`closes`), so that this one need not know them.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

CLOSED: list[Callable[[], QuerySet[Any, UUID]]] = []


def closes(source: Callable[[], QuerySet[Any, UUID]]) -> Callable[[], QuerySet[Any, UUID]]:
    """Have the translations closed of what a room gives the keys of."""
    CLOSED.append(source)
    return source


def closed() -> Q:
    """Return what finds the translations whose original is closed."""
    found = Q()
    for source in CLOSED:
        found |= Q(subject_id__in=source())
    return found


def is_closed(subject_id: UUID) -> bool:
    """Say whether what a translation is of, by its key, is closed."""
    return any(source().filter(pk=subject_id).exists() for source in CLOSED)
