"""Walks a zip that a stranger sent: everything it declares is checked before a byte is unpacked."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from secondopinion.core import kinds

MOST_ENTRIES = 100_000
MOST_BYTES = 20 * 1024**3  # of all entries together, unpacked
MOST_DIRECTORY = 64 * 1024**2  # bytes of the directory: 100,000 entries with names of 600
_RECORD = b"PK\x01\x02"
MOST_RATIO = 250  # unpacked to packed, of one entry beyond a megabyte
PIECE = 1024 * 1024


class Unsafe(Exception):
    """The zip as a whole cannot be unpacked; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the zip; `refused` is why it cannot be taken out, or nothing."""

    name: str
    length: int
    refused: str
    info: zipfile.ZipInfo


def entries(archive: zipfile.ZipFile) -> list[Entry]:
    """Return the files of a zip, each judged by what it declares.

    Raises:
        Unsafe: too many entries, too much in all, or entries that overlap (an overlap bomb).
    """
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_ENTRIES:
        raise Unsafe("too-many-files")
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise Unsafe("zip-bomb")
    end = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.header_offset < end:
            raise Unsafe("zip-bomb")
        end = info.header_offset + 30 + info.compress_size
    return [Entry(info.filename, info.file_size, _refusal(info), info) for info in infos]


def unsafe_name(name: str) -> bool:
    """Say whether a name would lead out of the folder that it is unpacked into."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\x00" in name


def _refusal(info: zipfile.ZipInfo) -> str:
    if unsafe_name(info.orig_filename):
        return "unsafe-name"
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        return "unsafe-name"  # a symbolic link
    if info.flag_bits & 0x1:
        return "encrypted"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "packed-oddly"
    if info.file_size > PIECE and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return "zip-bomb"
    return ""


def document_in(file: BinaryIO) -> str:
    """Return which document a zip is: the media type of a Word or OpenDocument text, ``office`` for
    tables and slides, "" for a zip; leaves the position undefined."""
    try:
        with open_zip(file) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return kinds.WORD
            if names & {"xl/workbook.xml", "ppt/presentation.xml", "xl/workbook.bin"}:
                return kinds.OFFICE
            if {"mimetype", "content.xml"} <= names:
                info = archive.getinfo("mimetype")
                said = archive.read(info)[:80].decode() if info.file_size < 200 else ""
                text = said in {kinds.ODT, f"{kinds.ODT}-template"}
                return kinds.ODT if text else kinds.OFFICE
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError,
            Unsafe):  # fmt: skip
        return ""
    return ""


class _Guarded:
    """A file whose directory is weighed before it is parsed.

    `ZipFile` reads a directory in one piece, as long as the end record says (APPNOTE 4.3.16), and
    makes an object of each record in it. A record begins with its signature: no more of them are
    in the piece than that is found, whatever number of entries is declared.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.opening = file, True
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if self.opening and size > MOST_DIRECTORY:
            raise Unsafe("too-many-files")
        data = self.file.read(size)
        if self.opening and data.count(_RECORD) > MOST_ENTRIES:
            raise Unsafe("too-many-files")
        return data


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open a zip. Its directory is weighed first: one of millions of entries costs no memory.

    Raises:
        Unsafe: it is broken, or has too many entries.
    """
    guarded = _Guarded(file)
    try:
        archive = zipfile.ZipFile(guarded)
        guarded.opening = False
        return archive
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unsafe("broken-zip") from None


def pieces(archive: zipfile.ZipFile, entry: Entry) -> Iterator[bytes]:
    """Yield the content of an entry, and stop where it gives more than it declared.

    Raises:
        Unsafe: it is broken, or larger than declared.
    """
    given = 0
    try:
        with archive.open(entry.info) as file:
            while piece := file.read(PIECE):
                given += len(piece)
                if given > entry.length:
                    raise Unsafe("zip-bomb")
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError):
        raise Unsafe("broken-zip") from None
