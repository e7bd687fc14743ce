"""A file that arrives in pieces: encrypted while it comes, resumed to the byte after any death.

Whole blocks go into the file that will be kept; what is left over is sealed into a tail beside it,
which the next piece takes up. The sizes of the two files are the only truth about what has come.
"""

import fcntl
import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Self, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from secondopinion.core import durable, vault
from secondopinion.core.errors import Conflict, Refused
from secondopinion.core.models import Blob, StagedFile, VaultSpace
from secondopinion.core.vault import CHUNK, FORMAT, HEADER, SALT, SEALED, Sealer


class Staging:
    """One staged file. Use it as a context to write: a second writer is refused meanwhile."""

    def __init__(self, row: StagedFile) -> None:
        self.row = row
        self._file: BinaryIO | None = None
        self._held = bytearray()

    @classmethod
    def create(cls, space: VaultSpace, length: int) -> Self:
        """Begin a file of `length` bytes."""
        staging = cls(StagedFile.objects.create(space=space, length=length))
        with staging._path.open("xb") as file:
            file.write(FORMAT + os.urandom(SALT))
            file.flush()
            os.fsync(file.fileno())
        durable.sync_folder(staging._path.parent)
        return staging

    @classmethod
    def get(cls, staged_id: UUID) -> Self:
        """Go on with a file that was begun.

        Raises:
            StagedFile.DoesNotExist: there is none.
        """
        return cls(StagedFile.objects.select_related("space", "blob").get(pk=staged_id))

    @property
    def id(self) -> UUID:
        """The identifier to go on with."""
        return self.row.pk

    @property
    def length(self) -> int:
        """Bytes that the whole will have."""
        return self.row.length

    @property
    def _path(self) -> Path:
        return vault.work_folder() / f"{self.row.pk.hex}.staged"

    @property
    def _tail(self) -> Path:
        return self._path.with_suffix(".tail")

    @property
    def _whole(self) -> Path:
        return self._path.with_suffix(".whole")

    @property
    def blocks(self) -> int:
        """Whole blocks in the file; a block that was being written when all died does not count."""
        return (self._path.stat().st_size - HEADER) // SEALED

    @property
    def offset(self) -> int:
        """Bytes that are safe."""
        if self.row.blob_id:
            return self.row.length
        whole, rest = divmod(self._path.stat().st_size - HEADER, SEALED)
        if rest > 16 and whole * CHUNK + rest - 16 == self.row.length:
            return self.row.length  # the last block is a short one
        return whole * CHUNK + len(self._read_tail(whole))

    def _sealer(self) -> Sealer:
        with self._path.open("rb") as file:
            return Sealer(self.row.space, file.read(HEADER)[len(FORMAT) :])

    def _tail_cipher(self) -> AESGCM:
        key = vault.key_of(self.row.space)
        return AESGCM(vault.derived(key, self.row.pk.bytes, b"tail"))

    def _read_tail(self, block: int) -> bytes:
        """Return the plain tail if it belongs behind `block` whole blocks, else nothing."""
        try:
            sealed = self._tail.read_bytes()
            return self._tail_cipher().decrypt(sealed[:12], sealed[12:], str(block).encode())
        except (FileNotFoundError, InvalidTag, ValueError):
            return b""

    def _locked(self) -> BinaryIO:
        """Open the file for this writer alone, until it is closed."""
        file = self._path.open("r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise Conflict(
                _("This file is being received in another window."), code="locked"
            ) from None
        return file

    def __enter__(self) -> Self:
        file = self._locked()
        complete = self.offset == self.row.length and self.row.length
        number = self.blocks
        self._held = bytearray() if complete else bytearray(self._read_tail(number))
        if not complete:
            file.truncate(HEADER + number * SEALED)
        file.seek(0, os.SEEK_END)
        self._number, self._done = number, bool(complete)
        self._sealing = self._sealer()
        self._file = file
        return self

    def _writing(self) -> BinaryIO:
        if self._file is None:
            raise RuntimeError("a staged file is written inside its context")
        return self._file

    def append(self, data: bytes) -> None:
        """Take the next bytes in; they are safe after `flush`.

        Raises:
            Refused: more bytes than were announced.
            OSError: the disk is full; what `flush` made safe before stays so.
        """
        file = self._writing()
        if self._position + len(data) > self.row.length:
            raise Refused(_("More came than was announced."), code="too-much")
        self._held += data
        while len(self._held) >= CHUNK or (
            self._held and self._number * CHUNK + len(self._held) == self.row.length
        ):
            plain = bytes(self._held[:CHUNK])
            last = self._number * CHUNK + len(plain) == self.row.length
            file.write(self._sealing.seal(self._number, plain, last=last))
            del self._held[:CHUNK]
            self._number += 1
            self._done = last

    @property
    def _position(self) -> int:
        return self.row.length if self._done else self._number * CHUNK + len(self._held)

    def flush(self) -> int:
        """Make everything safe that was taken in; return the offset."""
        file = self._writing()
        file.flush()
        os.fsync(file.fileno())
        if self._held:
            nonce = os.urandom(12)
            sealed = self._tail_cipher().encrypt(
                nonce, bytes(self._held), str(self._number).encode()
            )
            fresh = self._tail.with_suffix(".tail-new")
            with fresh.open("wb") as tail:
                tail.write(nonce + sealed)
                tail.flush()
                os.fsync(tail.fileno())
            fresh.replace(self._tail)
            durable.sync_folder(self._tail.parent)
        return self._position

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        file = self._writing()
        try:
            if kind is None or not issubclass(kind, OSError):
                self.flush()
        finally:
            file.close()
            self._file = None

    def finish(self) -> Blob:
        """Keep the complete file and return its blob; a second call returns the same.

        Raises:
            Conflict: it is being received or finished by another request.
            Refused: it is not complete yet.
            vault.Damaged: what was written cannot be read back.
        """
        if self.row.blob is None:
            with self._locked() as file:
                self.row.refresh_from_db()  # another request may have finished it before the lock
                if self.row.blob is None:
                    self._keep(file)
        self._remove()
        return cast("Blob", self.row.blob)

    def _keep(self, file: BinaryIO) -> None:
        if self.offset < self.row.length:
            raise Refused(_("The file has not come completely yet."), code="incomplete")
        digest, sealer = hashlib.sha256(), self._sealer()
        if self.row.length == 0:
            file.truncate(HEADER)
            file.seek(HEADER)
            file.write(sealer.seal(0, b"", last=True))
            file.flush()
            os.fsync(file.fileno())
        file.seek(HEADER)
        for number in range(max(1, -(-self.row.length // CHUNK))):
            last = (number + 1) * CHUNK >= self.row.length
            digest.update(sealer.open(number, file.read(SEALED), last=last))
        # A second name is moved: were the only one, a death before the row would lose the bytes.
        self._whole.unlink(missing_ok=True)
        self._whole.hardlink_to(self._path)
        blob = vault.keep(self.row.space, self._whole, digest.hexdigest(), self.row.length)
        StagedFile.objects.filter(pk=self.row.pk).update(blob=blob)
        self.row.blob = blob

    def _remove(self) -> None:
        self._path.unlink(missing_ok=True)
        self._tail.unlink(missing_ok=True)
        self._whole.unlink(missing_ok=True)

    def discard(self) -> None:
        """Forget the file."""
        self._remove()
        self.row.delete()
