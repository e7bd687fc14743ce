"""Files in files: what is clipped to a mail or to a PDF. Runs inside the sandbox: plain values in
and out, nothing of Django."""

from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

from secondopinion.core import kinds
from secondopinion.records import pdfs

WARM = pdfs.WARM  # see `sandbox.run`
MOST, MOST_BYTES = 200, 96 * 1024**2
SMALL = 20_000  # bytes: a picture in a mail's text below that is a logo or a signature

MARKS = (b"/EmbeddedFile", b"/ObjStm")  # a PDF without both has nothing clipped to it

Files = list[tuple[str, bytes | None]]


def files_in(kind: str, data: bytes) -> Files:
    """Return name and content of the files in a mail or a PDF; None for what belongs to the mail.

    Names are told apart by a number where two are the same.
    """
    found = _in_mail(data) if kind == kinds.MAIL else pdfs.attached(data)
    named: dict[str, bytes | None] = {}
    for number, (said, content) in enumerate(found, 1):
        name = said.replace("\\", "/").rsplit("/", 1)[-1].strip() or f"attachment-{number}"
        named[name if name not in named else f"{number}-{name}"] = content
    return list(named.items())


def _in_mail(data: bytes) -> Files:
    message: Any = message_from_bytes(data, policy=policy.default)
    body = message.get_body(("html", "plain"))
    found: Files = []
    left = MOST_BYTES
    for part in _leaves(message):
        name = part.get_filename() or ""
        if part is body or (not name and part.get_content_maintype() == "text"):
            continue
        content = _content(part)
        left -= len(content)
        if len(found) == MOST or left < 0:
            break
        inline = part["Content-ID"] and part.get_content_maintype() == "image"
        found.append((name or _named(part), None if inline and len(content) < SMALL else content))
    return found


def _leaves(message: Message) -> list[Any]:
    """Return the parts that hold something, a mail in a mail as one."""
    if message.get_content_maintype() == "multipart":
        # Read by the default policy it is an EmailMessage; its stub says the older class.
        return [leaf for part in message.iter_parts() for leaf in _leaves(part)]  # type: ignore[attr-defined]
    return [message]


def _content(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        # The mail inside: a message, which the stub cannot tell from text.
        return bytes(part.get_payload(0))  # type: ignore[arg-type]
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _named(part: EmailMessage) -> str:
    return "mail.eml" if part.get_content_type() == "message/rfc822" else ""
