"""Words that have to stand in an address and say nothing there, such as a name that was sought.

They are sealed with a key of this installation, the same words always alike, so that an address
can be kept and compared (AES-SIV, RFC 5297).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from secondopinion.core.sealing import derived


def hide(words: str) -> str:
    """Return what stands in an address for some words; "" for none."""
    if not words:
        return ""
    return urlsafe_b64encode(_cipher().encrypt(words.encode(), None)).decode().rstrip("=")


def shown(hidden: str) -> str:
    """Return the words that `hide` has hidden; "" where it is something else."""
    try:
        data = urlsafe_b64decode(hidden + "=" * (-len(hidden) % 4))
        return _cipher().decrypt(data, None).decode() if data else ""
    except (ValueError, InvalidTag):
        return ""


def _cipher() -> AESSIV:
    return AESSIV(derived(settings.SECRET_KEY.encode(), b"", b"words in an address"))
