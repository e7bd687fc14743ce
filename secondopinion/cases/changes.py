"""What a case holds or calls for has changed: rooms above that want to know of it are told.

They say so when they are loaded (`when_changed`), so that no caller need know them.
"""

from collections.abc import Callable
from uuid import UUID

LISTENERS: list[Callable[[UUID], None]] = []


def when_changed(listener: Callable[[UUID], None]) -> Callable[[UUID], None]:
    """Have a room above told when records, images or the checklist of a case have changed."""
    LISTENERS.append(listener)
    return listener


def tell(case_id: UUID) -> None:
    """Say that records, images or the checklist of a case have changed."""
    for listener in LISTENERS:
        listener(case_id)
