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
import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction

from secondopinion.core import clock, durable, master_key
from secondopinion.core.models import Blob, VaultSpace
from secondopinion.core.sealing import (
    CHUNK,
    FORMAT,
    HEADER,
    SALT,
    SEALED,
    Damaged,
    Erased,
    Sealer,
    derived,
    key_of,
)

__all__ = [
    "CHUNK", "FORMAT", "HEADER", "SALT", "SEALED", "Damaged", "Erased", "Sealer", "Writer",
    "derived", "discard", "erase", "keep", "keep_all", "key_of", "name_of", "new_space",
    "open_blob", "pieces", "place_all", "put", "read", "read_range", "rows_of", "storage", "view",
    "work_folder",
]  # fmt: skip


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


def name_of(space: VaultSpace, digest: str) -> str:
    """Return the name under which a content lies in the storage."""
    name = hmac.new(_name_key(key_of(space)), bytes.fromhex(digest), hashlib.sha256).hexdigest()
    return f"{name[:2]}/{name[2:]}"


@lru_cache(256)
def _name_key(key: bytes) -> bytes:
    return derived(key, b"", b"name")


def discard(blob: Blob) -> None:
    """Remove a content to which nothing refers any more. Copies in back-ups live on until those
    expire."""
    name = name_of(blob.space, blob.digest)
    blob.delete()
    transaction.on_commit(lambda: storage().delete(name))


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


class Writer:
    """One content on its way into a space: encrypted as it is written, safe once it is kept."""

    def __init__(self, space: VaultSpace) -> None:
        self.path = work_folder() / uuid.uuid4().hex
        salt = os.urandom(SALT)
        self._sealer = Sealer(space, salt)
        self._file = self.path.open("xb", buffering=0)
        self._file.write(FORMAT + salt)
        self._hash, self._held, self._number = hashlib.sha256(), bytearray(), 0
        self.length, self.digest = 0, ""

    def write(self, piece: bytes | memoryview) -> None:
        """Take the next bytes in; whole chunks are sealed where they are, without a copy."""
        self._hash.update(piece)
        self.length += len(piece)
        # The last chunk is never empty, but in an empty file.
        whole = (len(self._held) + len(piece) - 1) // CHUNK
        if whole < 1:
            self._held += piece
            return
        fresh, at, chunks = memoryview(piece), 0, list[memoryview]()
        if self._held:
            at = CHUNK - len(self._held)
            chunks.append(memoryview(self._held + fresh[:at]))
        while len(chunks) < whole:
            chunks.append(fresh[at : at + CHUNK])
            at += CHUNK
        self._held = bytearray(fresh[at:])
        sealed = memoryview(bytearray(whole * SEALED))
        for index, chunk in enumerate(chunks):
            place = sealed[index * SEALED : (index + 1) * SEALED]
            self._sealer.seal_into(self._number, chunk, place)
            self._number += 1
        self._put(sealed)

    def _put(self, data: bytes | memoryview) -> None:
        """Write everything: a disk that is full takes a part and says so at the next try."""
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def finish(self) -> str:
        """Seal the last chunk and return the SHA-256 of the content; it is not durable yet."""
        self._put(self._sealer.seal(self._number, bytes(self._held), last=True))
        self._file.close()
        self.digest = self._hash.hexdigest()
        return self.digest

    def forget(self) -> None:
        """Remove what was written and not kept; nothing happens when it was."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Into:
    """What a zip is written to, from its beginning to its end."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def write(self, data: Any) -> int:
        """Write a piece and return its length."""
        self.writer.write(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the writer keeps what is not a whole chunk."""


def put(space: VaultSpace, source: bytes | BinaryIO | Iterable[bytes]) -> Blob:
    """Write a content into a space and return it; the same content is there once.

    It is encrypted as it is read; no plain text touches the disk.
    """
    writer = Writer(space)
    try:
        for piece in _pieces(source):
            writer.write(piece)
        writer.finish()
        return keep_all(space, [writer])[0]
    finally:
        writer.forget()


def keep_all(space: VaultSpace, finished: list[Writer]) -> list[Blob]:
    """Keep finished contents and return their blobs in the same order; one sync for all of them."""
    return rows_of(space, finished, place_all(space, finished))


def place_all(space: VaultSpace, finished: list[Writer]) -> dict[str, Blob]:
    """Make finished contents durable at their places, by one sync; `rows_of` comes after it.

    Returns the blobs that were there before, by digest.
    """
    digests = {each.digest for each in finished}
    known = {each.digest: each for each in Blob.objects.filter(space=space, digest__in=digests)}
    new = {each.digest: each for each in finished if each.digest not in known}
    _place(space, {digest: (each.path, each.length) for digest, each in new.items()})
    return known


def rows_of(space: VaultSpace, placed: list[Writer], known: dict[str, Blob]) -> list[Blob]:
    """Return the blobs of contents that lie durably at their places, made where they are new."""
    lengths = {each.digest: each.length for each in placed if each.digest not in known}
    fresh = [Blob(space=space, digest=digest, length=size) for digest, size in lengths.items()]
    try:
        with transaction.atomic():
            rows = Blob.objects.bulk_create(fresh)
    except IntegrityError:  # another request brought one of them in the meantime
        Blob.objects.bulk_create(fresh, ignore_conflicts=True)
        rows = list(Blob.objects.filter(space=space, digest__in=list(lengths)))
    found = known | {each.digest: each for each in rows}
    for each in found.values():
        each.space = space
    return [found[each.digest] for each in placed]


def keep(space: VaultSpace, path: Path, digest: str, length: int) -> Blob:
    """Move a finished, durable local file to its place and return its blob."""
    blob = Blob.objects.filter(space=space, digest=digest).first()
    if blob is None:
        _place(space, {digest: (path, length)})
        with transaction.atomic():
            blob, _made = Blob.objects.get_or_create(
                space=space, digest=digest, defaults={"length": length}
            )
    return blob


def _place(space: VaultSpace, files: dict[str, tuple[Path, int]]) -> None:
    """Move local files to their places by the digests of their contents, and make all durable.

    A file that lies at its place already without a row may be what a power cut left of a batch:
    it stays only when it can be read whole.
    """
    where, placed = storage(), []
    for digest, (path, length) in files.items():
        name = name_of(space, digest)
        try:
            target = Path(where.path(name))
        except NotImplementedError:  # an object store: it has no paths, and writes atomically
            if not where.exists(name):
                with path.open("rb") as file:
                    where.save(name, File(file))
            continue
        if not (target.exists() and _is_whole(Blob(space=space, digest=digest, length=length))):
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.chmod(0o600)
            path.replace(target)
        placed.append(target)
    if placed:
        durable.sync(placed)


def _is_whole(blob: Blob) -> bool:
    try:
        found = hashlib.sha256()
        for piece in pieces(blob):
            found.update(piece)
        return found.hexdigest() == blob.digest
    except (Damaged, OSError):
        return False


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
    return bytes(view(blob, 0, blob.length))


def read_range(blob: Blob, offset: int, length: int) -> bytes:
    """Return `length` bytes from `offset`, fewer at the end; only their chunks are opened."""
    return bytes(view(blob, offset, length))


def view(blob: Blob, offset: int, length: int) -> memoryview:
    """Return `read_range` without a further copy.

    Raises:
        Erased: the key of its space has been destroyed.
        Damaged: the stored file is not what was written.
    """
    stop = min(blob.length, offset + length)
    # An empty file has one empty chunk, and that is judged as well.
    first, last = offset // CHUNK, max(0, stop - 1) // CHUNK
    with storage().open(name_of(blob.space, blob.digest), "rb") as file:
        header = file.read(HEADER)
        if header[: len(FORMAT)] != FORMAT:
            raise Damaged
        sealer = Sealer(blob.space, header[len(FORMAT) :])
        final = max(0, (blob.length - 1) // CHUNK)
        plain = memoryview(bytearray(max(0, min((last + 1) * CHUNK, blob.length) - first * CHUNK)))
        file.seek(HEADER + first * SEALED)
        sealed = memoryview(file.read((last + 1 - first) * SEALED))
        for number in range(first, last + 1):
            at, begin = (number - first) * CHUNK, (number - first) * SEALED
            sealer.open_into(
                number, sealed[begin : begin + SEALED], plain[at : at + CHUNK],
                last=number == final,
            )  # fmt: skip
    return plain[max(0, offset - first * CHUNK) : max(0, stop - first * CHUNK)]


PIECE = 1 << 20  # bytes


def pieces(blob: Blob, begin: int = 0, length: int | None = None) -> Iterator[memoryview]:
    """Yield the plain content, or `length` bytes of it from `begin`, in pieces of a megabyte."""
    end = blob.length if length is None else min(blob.length, begin + length)
    for offset in range(begin, max(begin + 1, end), PIECE):
        yield view(blob, offset, min(PIECE, end - offset))
