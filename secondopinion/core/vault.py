"""The vault: encrypted, content-addressed files, with a key of its own for each space (case).

A stored file is a header (8 bytes of format, 16 of salt) and chunks of 64 KiB, each sealed by
AES-256-GCM under a key derived for this one file (HKDF, RFC 5869). The nonce counts the chunks and
marks the last, so that a chunk can neither be moved nor left out (the STREAM construction); space
and format are authenticated with each chunk. Its name is an HMAC of the content's SHA-256, so that
a listing of the storage tells nothing.
"""

import hashlib
import hmac
import io
import os
import struct
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from secondopinion.core import clock, master_key
from secondopinion.core.models import Blob, VaultSpace

FORMAT = b"SOVAULT1"
SALT = 16
HEADER = len(FORMAT) + SALT
CHUNK = 64 * 1024  # bytes of plain text
SEALED = CHUNK + 16  # with the tag


class Erased(Exception):
    """The key of this space has been destroyed; what was in it cannot be read any more."""


class Damaged(Exception):
    """A stored file is not what was written: changed, cut off, or another space's."""


def new_space() -> VaultSpace:
    """Make a space with a fresh key, wrapped by the newest master key (RFC 3394)."""
    version, master = master_key.newest()
    return VaultSpace.objects.create(
        wrapped_key=aes_key_wrap(master, os.urandom(32)), master_version=version
    )


def erase(space: VaultSpace) -> None:
    """Destroy the key of a space. Copies in back-ups live until those expire: tell people so."""
    VaultSpace.objects.filter(pk=space.pk, erased_at__isnull=True).update(
        wrapped_key=None, erased_at=clock.now()
    )
    space.refresh_from_db()


def key_of(space: VaultSpace) -> bytes:
    """Return the key of a space, 32 bytes.

    Raises:
        Erased: it has been destroyed.
    """
    if space.wrapped_key is None:
        raise Erased
    return aes_key_unwrap(master_key.version(space.master_version), bytes(space.wrapped_key))


def derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes derived from a key for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(key)


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


def name_of(space: VaultSpace, digest: str) -> str:
    """Return the name under which a content lies in the storage."""
    key = derived(key_of(space), b"", b"name")
    name = hmac.new(key, bytes.fromhex(digest), hashlib.sha256).hexdigest()
    return f"{name[:2]}/{name[2:]}"


def storage() -> Storage:
    """Return the storage beneath the vault."""
    return storages["vault"]


def work_folder() -> Path:
    """Return the local folder for files under way, beside the storage when that is local."""
    folder = Path(settings.VAULT_DIR) / "under-way"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _pieces(source: bytes | BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(source, bytes | bytearray | memoryview):
        yield bytes(source)
    elif hasattr(source, "read"):
        while piece := cast("BinaryIO", source).read(1024 * 1024):
            yield piece
    else:
        yield from source


def put(space: VaultSpace, source: bytes | BinaryIO | Iterable[bytes]) -> Blob:
    """Write a content into a space and return it; the same content is there once.

    It is encrypted as it is read; no plain text touches the disk.
    """
    path = work_folder() / uuid.uuid4().hex
    salt = os.urandom(SALT)
    sealer = Sealer(space, salt)
    digest, length, number, held = hashlib.sha256(), 0, 0, bytearray()
    try:
        with path.open("xb") as file:
            file.write(FORMAT + salt)
            for piece in _pieces(source):
                digest.update(piece)
                length += len(piece)
                held += piece
                while len(held) > CHUNK:  # the last chunk is never empty, but in an empty file
                    file.write(sealer.seal(number, bytes(held[:CHUNK]), last=False))
                    del held[:CHUNK]
                    number += 1
            file.write(sealer.seal(number, bytes(held), last=True))
            file.flush()
            os.fsync(file.fileno())
        return keep(space, path, digest.hexdigest(), length)
    finally:
        path.unlink(missing_ok=True)


def keep(space: VaultSpace, path: Path, digest: str, length: int) -> Blob:
    """Move a finished local file to its place in the storage and return its blob."""
    name, where = name_of(space, digest), storage()
    if not where.exists(name):
        try:
            target = Path(where.path(name))
        except NotImplementedError:  # an object store: it has no paths, and writes atomically
            with path.open("rb") as file:
                where.save(name, File(file))
        else:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.chmod(0o600)
            path.replace(target)
            sync_folder(target.parent)
    with transaction.atomic():
        blob, _made = Blob.objects.get_or_create(
            space=space, digest=digest, defaults={"length": length}
        )
    return blob


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Reader(io.RawIOBase):
    """The plain content of a stored file; only the chunks that are asked for are opened."""

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        name = name_of(blob.space, blob.digest)
        self.file = storage().open(name, "rb")
        header = self.file.read(HEADER)
        if header[: len(FORMAT)] != FORMAT:
            self.close()
            raise Damaged
        self.sealer = Sealer(blob.space, header[len(FORMAT) :])
        self.length = blob.length
        self.last = max(0, (blob.length - 1) // CHUNK)
        self.at = 0
        self.chunk: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.length}[whence]
        self.at = max(0, start + offset)
        return self.at

    def _chunk(self, number: int) -> bytes:
        if self.chunk[0] != number:
            self.file.seek(HEADER + number * SEALED)
            sealed = self.file.read(SEALED)
            self.chunk = (number, self.sealer.open(number, sealed, last=number == self.last))
        return self.chunk[1]

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # the stub says WriteableBuffer
        if self.at >= max(1, self.length):  # an empty file has one empty chunk to be judged
            return 0
        number, within = divmod(self.at, CHUNK)
        piece = self._chunk(number)[within : within + len(buffer)]
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed and hasattr(self, "file"):
            self.file.close()
        super().close()


def open_blob(blob: Blob) -> BinaryIO:
    """Return a seekable reader of a blob's plain content.

    Raises:
        Erased: the key of its space has been destroyed.
        Damaged: while reading, when the stored file is not what was written.
    """
    return cast("BinaryIO", io.BufferedReader(_Reader(blob), CHUNK))


def read(blob: Blob) -> bytes:
    """Return the whole plain content of a blob."""
    with open_blob(blob) as file:
        return file.read()
