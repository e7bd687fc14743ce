"""The outgoing mail of the demonstration: the files that the mail backend keeps, read again.

The table of messages forgets the words of what was sent; a demonstration has nobody to send to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.conf import settings

SHOWN = 100
_END = b"\n" + b"-" * 79 + b"\n"  # behind each mail, by Django's file backend


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it went out."""

    to: str
    subject: str
    body: str
    language: str
    at: datetime


def latest() -> list[Mail]:
    """Return the last mails, the latest first."""
    files = Path(settings.DATA_DIR, "mail").glob("*.log")
    newest = sorted(files, key=lambda each: each.stat().st_mtime_ns, reverse=True)[:SHOWN]
    return [mail for path in newest for mail in _mails(path)][:SHOWN]


def _mails(path: Path) -> Iterator[Mail]:
    for raw in path.read_bytes().split(_END)[:-1]:
        mail = message_from_bytes(raw, _class=EmailMessage, policy=default)
        yield Mail(
            to=mail["To"], subject=mail["Subject"], body=mail.get_content(),
            language=mail.get("Content-Language", "en"), at=mail["Date"].datetime,
        )  # fmt: skip
