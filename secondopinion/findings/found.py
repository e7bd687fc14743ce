"""What a check hands over. Free of Django's models: checks run without a database too."""

from dataclasses import dataclass, field
from typing import Any

INFO, WARNING, BLOCKER = "info", "warning", "blocker"


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: `confidence` is a share from 0 to 1, `where` as in the command's JSON.

    `message` and `advice` are kept in English and translated where they are shown.
    """

    code: str
    severity: str
    message: str
    advice: str = ""
    where: dict[str, Any] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict)
    confidence: float = 1.0


def gettext_noop(text: str) -> str:
    """Mark a sentence for the catalogues. Django's own asks for settings, which the command, that
    works without a server, does not have."""
    return text
