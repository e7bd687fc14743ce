"""Whose the last changes of a page were: what one tab saved itself is no other version to it.

A browser that leaves a page sends what is left while the next page is already on its way, so the
next page may carry an older revision than its own tab has made (pure functions).
"""

import re
from dataclasses import dataclass
from typing import Any

_WRITTEN = re.compile(r"([a-z0-9]{8,24})\.(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Saver:
    """A tab, and which of its savings this is: they can arrive in another order."""

    tab: str
    step: int


def saver(text: str) -> Saver | None:
    """Return the saver that a form names; None: it names none."""
    found = _WRITTEN.fullmatch(text)
    return Saver(found[1], int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class Savings:
    """Which tab has changed a page last, from which revision to which, and its last step."""

    tab: str
    since: int
    until: int
    step: int

    def are_of(self, by: Saver | None, revision: int) -> bool:
        """Say whether the page stands as this tab left it."""
        return by is not None and by.tab == self.tab and self.until == revision


def is_elsewhere(revision: int, kept: dict[str, Any] | None, base: int, by: Saver | None) -> bool:
    """Say whether a page of this revision was changed, since somebody read it at `base`, by others
    than the tab that saves now; a saving that its own tab has overtaken changes nothing either."""
    savings = Savings(**kept) if kept else None
    if savings is not None and savings.are_of(by, revision):
        return savings.since > base or (by is not None and by.step < savings.step)
    return revision > base


def noted(
    revision: int, kept: dict[str, Any] | None, by: Saver | None, until: int
) -> dict[str, Any] | None:
    """Return what is kept of who changes a page of this revision, which is `until` then."""
    if by is None:
        return None
    savings = Savings(**kept) if kept else None
    own = savings is not None and savings.are_of(by, revision)
    since = savings.since if savings is not None and own else revision
    return {"tab": by.tab, "since": since, "until": until, "step": by.step}
