"""A case has changed, in what it holds or calls for, or has moved: rooms above that want to know
are told.

They say so when they are loaded (`when_changed`), so that no caller need know them.
"""

from collections.abc import Callable
from uuid import UUID

LISTENERS: list[Callable[[UUID], None]] = []
FOLLOWERS: list[Callable[[UUID, str], None]] = []


def when_changed(listener: Callable[[UUID], None]) -> Callable[[UUID], None]:
    """Have a room above told when records, images or the checklist of a case have changed."""
    LISTENERS.append(listener)
    return listener


def when_moved(follower: Callable[[UUID, str], None]) -> Callable[[UUID, str], None]:
    """Have a room above told when a case has moved along the workflow, and by which action."""
    FOLLOWERS.append(follower)
    return follower


def tell(case_id: UUID) -> None:
    """Say that records, images or the checklist of a case have changed."""
    for listener in LISTENERS:
        listener(case_id)


def moved(case_id: UUID, action: str) -> None:
    """Say that a case has moved."""
    for follower in FOLLOWERS:
        follower(case_id, action)
