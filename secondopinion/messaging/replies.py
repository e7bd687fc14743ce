"""The address that a mail is answered to: it names the mail, and is signed.

It is written in letters and digits without case (base32), for mail servers change the case at will.
"""

import base64
import binascii
import hmac
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from secondopinion.core import clock
from secondopinion.messaging.models import Message

GOOD_FOR = timedelta(days=60)
_NAME, _PROOF = 16, 10  # bytes of a mail's id, and of what proves it


def address_for(message: Message) -> str:
    """Return the address to which a mail is answered; none where replies are not taken in."""
    if not settings.MAIL_REPLIES or message.case_id is None:
        return ""
    name, _at, host = settings.MAIL_REPLIES.partition("@")
    token = base64.b32encode(message.pk.bytes + _proof(message.pk)).decode().rstrip("=").lower()
    return f"{name}+{token}@{host}"


def message_at(address: str) -> Message | None:
    """Return the mail that an address answers, when it is rightly signed and not too old."""
    local, _at, host = address.strip().lower().partition("@")
    name, _plus, token = local.partition("+")
    if f"{name}@{host}" != settings.MAIL_REPLIES.lower() or not token:
        return None
    try:
        found = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(found) != _NAME + _PROOF:
        return None
    key = UUID(bytes=found[:_NAME])
    if not hmac.compare_digest(found[_NAME:], _proof(key)):
        return None
    fresh = Message.objects.filter(created_at__gt=clock.now() - GOOD_FOR)
    return fresh.select_related("to").filter(pk=key).first()


def _proof(key: UUID) -> bytes:
    return salted_hmac("mail-reply", key.bytes, algorithm="sha256").digest()[:_PROOF]
