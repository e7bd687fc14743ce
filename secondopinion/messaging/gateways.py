"""The ways out of the outbox: mail, and, where an operator has set them, SMS and WhatsApp.

All have one interface. A gateway for texts is asked by HTTP: a POST of JSON with `to`, `text`,
`channel` and `id`, and a key in the head; any answer from 200 to 299 says that it is taken.
"""

from collections.abc import Callable

import requests
from django.conf import settings
from django.core.mail import EmailMessage

from secondopinion.core.addresses import is_safe
from secondopinion.messaging import replies
from secondopinion.messaging.models import Channel, Message
from secondopinion.program import queries as program

_CONNECT, _READ = 5.0, 20.0  # seconds
_AGAIN = frozenset({408, 425, 429})  # answers behind which trying again can help, as behind 5xx


class Undeliverable(Exception):
    """It cannot be delivered, however often it is tried."""


def offered() -> list[str]:
    """Return the channels beside mail that an operator has set."""
    return [channel for channel, (url, _key) in _texts().items() if url]


def address_of(message: Message) -> str:
    """Return where a message goes; "" where its reader has no such address."""
    if message.channel == Channel.MAIL:
        return message.address or message.to.reached_at
    return "".join(each for each in message.to.phone if each.isdecimal() or each == "+")


def send(message: Message, address: str) -> None:
    """Hand a message over to its channel.

    Raises:
        OSError: it cannot be reached or is busy (errors of smtplib and of requests are such).
        Undeliverable: it says that this cannot be delivered, or is not set any more.
    """
    _WAYS[Channel(message.channel)](message, address)


def _mail(message: Message, address: str) -> None:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[address],
        reply_to=[replies.address_for(message) or program.program().email],
        headers={
            "Message-ID": f"<{message.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    ).send()


def _texts() -> dict[str, tuple[str, str]]:
    return {
        Channel.SMS: (settings.SMS_URL, settings.SMS_KEY),
        Channel.WHATSAPP: (settings.WHATSAPP_URL, settings.WHATSAPP_KEY),
    }


def _text(message: Message, address: str) -> None:
    url, key = _texts()[message.channel]
    if not url or not is_safe(url):
        raise Undeliverable
    said = {
        "to": address, "text": message.body, "channel": message.channel, "id": str(message.pk),
    }  # fmt: skip
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor passwords of the machine
        answer = session.post(
            url, json=said, timeout=(_CONNECT, _READ), allow_redirects=False,
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": str(message.pk)},
        )  # fmt: skip
    if 200 <= answer.status_code < 300:
        return
    if answer.status_code in _AGAIN or answer.status_code >= 500:
        raise ConnectionError(answer.status_code)
    raise Undeliverable


_WAYS: dict[Channel, Callable[[Message, str], None]] = {
    Channel.MAIL: _mail, Channel.SMS: _text, Channel.WHATSAPP: _text,
}  # fmt: skip
