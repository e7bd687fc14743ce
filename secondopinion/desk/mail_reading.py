"""What stands in a mail that came in: for whom, from whom, its words, what is clipped to it.

Pure functions: nothing is looked up, nothing is followed.
"""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from uuid import UUID

from django.utils.html import strip_tags

LONGEST = 40_000_000  # bytes of a mail with what is clipped to it
MOST_FILES = 30
_FOR = ("Delivered-To", "X-Original-To", "To", "Cc")
_MACHINES = frozenset({"bulk", "junk", "list", "auto_reply"})
# Where the mail that is answered begins, as the common programs write it.
_QUOTED = re.compile(
    r"^(>|-{2,}\s*(original message|mensaje original|الرسالة الأصلية)|_{10,}|On .{5,200} wrote:$|"
    r"El .{5,200} escribió:$|.{0,80}كتب.{0,80}:$|From: |De: |من: )",
    re.IGNORECASE,
)
_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it came in."""

    id: str
    sender: str
    to: tuple[str, ...]
    text: str
    files: tuple[tuple[str, bytes], ...]
    by_machine: bool
    not_delivered: UUID | None  # the mail of ours that a mail server gives back


def read(raw: bytes) -> Mail:
    """Read a mail."""
    mail = BytesParser(EmailMessage, policy=default).parsebytes(raw)
    senders = getaddresses([str(each) for each in mail.get_all("From", [])])
    to = getaddresses([str(each) for name in _FOR for each in mail.get_all(name, [])])
    return Mail(
        id=str(mail.get("Message-ID", ""))[:200],
        sender=senders[0][1] if senders else "",
        to=tuple(address for _name, address in to),
        text=_words(mail),
        files=tuple(_files(mail)),
        by_machine=_by_machine(mail),
        not_delivered=_not_delivered(mail),
    )


def _by_machine(mail: EmailMessage) -> bool:
    """Say whether a program wrote it, which must not be answered (RFC 3834, section 2)."""
    auto = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return (
        auto != "no"
        or precedence in _MACHINES
        or str(mail.get("Return-Path", "x")).strip() == "<>"
        or "List-Id" in mail
        or mail.get_content_type() == "multipart/report"
    )


def _not_delivered(mail: EmailMessage) -> UUID | None:
    """Return which of our mails a report of a mail server gives back for good (RFC 3464)."""
    if mail.get_content_type() != "multipart/report":
        return None
    parts = list(mail.walk())
    told = "".join(
        str(part) for part in parts if part.get_content_type() == "message/delivery-status"
    )
    if not re.search(r"^Action:\s*failed", told, re.IGNORECASE | re.MULTILINE):
        return None
    found = _OURS.search("\n".join(str(part.get("Message-ID", "")) for part in parts[1:]))
    if found is None:  # only the head of ours came back, as a text
        heads = [part for part in parts if part.get_content_type() == "text/rfc822-headers"]
        found = _OURS.search("".join(str(part.get_payload(decode=False)) for part in heads))
    return UUID(found[1]) if found else None


def _words(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, UnicodeError):  # a set of characters that nobody knows
        return ""
    if part.get_content_subtype() == "html":
        text = strip_tags(re.sub(r"(?is)<(script|style).*?</\1>|<br\s*/?>|</p>", "\n", text))
    kept = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if _QUOTED.match(line.strip()):
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip()


def _files(mail: EmailMessage) -> list[tuple[str, bytes]]:
    found = []
    for part in mail.iter_attachments():
        name, content = part.get_filename(), part.get_payload(decode=True)
        if name and isinstance(content, bytes) and content:
            found.append((name, content))
    return found[:MOST_FILES]
