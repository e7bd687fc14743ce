"""Keys of spaces and the sealing of chunks: the construction that `vault` describes."""

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from secondopinion.core import master_key
from secondopinion.core.models import VaultSpace

FORMAT = b"SOVAULT1"
SALT = 16
HEADER = len(FORMAT) + SALT
CHUNK = 64 * 1024  # bytes of plain text
SEALED = CHUNK + 16  # with the tag
_NONCE = 12


class Erased(Exception):
    """The key of this space has been destroyed; what was in it cannot be read any more."""


class Damaged(Exception):
    """A stored file is not what was written: changed, cut off, or another space's."""


def key_of(space: VaultSpace) -> bytes:
    """Return the key of a space, 32 bytes.

    Raises:
        Erased: it has been destroyed.
    """
    if space.wrapped_key is None:
        raise Erased
    return _unwrapped(master_key.version(space.master_version), bytes(space.wrapped_key))


@lru_cache(256)  # by the wrapped key: a space that was erased has none to ask with
def _unwrapped(master: bytes, wrapped: bytes) -> bytes:
    return aes_key_unwrap(master, wrapped)


def derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes derived from a key for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(key)


def seal_text(space: VaultSpace, text: str) -> str:
    """Seal a short text that has to rest outside the vault, with the key of a space."""
    nonce = os.urandom(_NONCE)
    return urlsafe_b64encode(
        nonce + _text_cipher(space).encrypt(nonce, text.encode(), None)
    ).decode()


def open_text(space: VaultSpace, sealed: str) -> str:
    """Open what `seal_text` has sealed.

    Raises:
        Erased: the key of the space has been destroyed.
        Damaged: it is something else.
    """
    cipher = _text_cipher(space)
    try:
        data = urlsafe_b64decode(sealed)
        return cipher.decrypt(data[:_NONCE], data[_NONCE:], None).decode()
    except (ValueError, InvalidTag) as wrong:
        raise Damaged from wrong


def _text_cipher(space: VaultSpace) -> AESGCM:
    return AESGCM(derived(key_of(space), space.pk.bytes, b"text"))


class Sealer:
    """Seals and opens the chunks of one file."""

    def __init__(self, space: VaultSpace, salt: bytes) -> None:
        self.cipher = AESGCM(derived(key_of(space), salt, b"file"))
        self.bound = FORMAT + space.pk.bytes

    @staticmethod
    def _nonce(number: int, *, last: bool) -> bytes:
        return struct.pack(">3xQ?", number, last)

    def seal(self, number: int, plain: bytes, *, last: bool) -> bytes:
        """Return a sealed chunk, 16 bytes longer than `plain`."""
        return self.cipher.encrypt(self._nonce(number, last=last), plain, self.bound)

    def open(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        """Return the plain chunk.

        Raises:
            Damaged: it is not what was sealed at this place.
        """
        try:
            return self.cipher.decrypt(self._nonce(number, last=last), sealed, self.bound)
        except InvalidTag:
            raise Damaged from None

    def open_into(
        self, number: int, sealed: bytes | memoryview, plain: memoryview, *, last: bool
    ) -> None:
        """Write the plain chunk to where it belongs; raises as `open`."""
        if len(sealed) != len(plain) + 16:
            raise Damaged
        try:
            self.cipher.decrypt_into(self._nonce(number, last=last), sealed, self.bound, plain)
        except InvalidTag:
            raise Damaged from None

    def seal_into(self, number: int, plain: memoryview, sealed: memoryview) -> None:
        """Write a sealed chunk, not the last, to where it belongs: 16 bytes more than `plain`."""
        nonce = self._nonce(number, last=False)
        self.cipher.encrypt_into(nonce, plain, self.bound, sealed)
