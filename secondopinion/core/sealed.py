"""A temporary file whose plain text is only ever in memory, under a key that dies with it."""

import io
import struct
import tempfile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 64 * 1024  # bytes of plain text sealed at once
_SEALED = PIECE + 16


class SealedSpool(io.RawIOBase):
    """Written once from beginning to end, then read and sought like any file."""

    def __init__(self) -> None:
        super().__init__()
        # A key of its own for each file, and a number that only grows: no nonce is used twice.
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        self._sealed = 0  # whole pieces in the file
        self._held = bytearray()  # what is less than a piece stays in memory
        self._at = 0
        self._open: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def seekable(self) -> bool:
        """Say that it can be sought."""
        return True

    @property
    def length(self) -> int:
        """Bytes of plain text."""
        return self._sealed * PIECE + len(self._held)

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]  # the stub says Buffer
        """Append, wherever the position is."""
        self._held += data
        while len(self._held) >= PIECE:
            self._file.seek(self._sealed * _SEALED)
            self._file.write(
                self._cipher.encrypt(self._nonce(self._sealed), bytes(self._held[:PIECE]), None)
            )
            del self._held[:PIECE]
            self._sealed += 1
        return len(data)

    @staticmethod
    def _nonce(number: int) -> bytes:
        return struct.pack(">4xQ", number)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the place of reading."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.length}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        """Return the place of reading."""
        return self._at

    def _piece(self, number: int) -> bytes:
        if number >= self._sealed:
            return bytes(self._held) if number == self._sealed else b""
        if self._open[0] != number:
            self._file.seek(number * _SEALED)
            sealed = self._file.read(_SEALED)
            self._open = (number, self._cipher.decrypt(self._nonce(number), sealed, None))
        return self._open[1]

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # the stub says WriteableBuffer
        """Read up to the end of a piece."""
        number, within = divmod(self._at, PIECE)
        piece = self._piece(number)[within : within + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """Forget everything."""
        if not self.closed:
            self._file.close()
        super().close()
