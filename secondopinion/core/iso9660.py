"""Reads the directory of an ISO 9660 image (ECMA-119) that a stranger sent, with Joliet or Rock
Ridge names; damage at one place does not hide what is elsewhere.

Everything is bounded: folders, entries, depth, bytes of directories; a folder is walked once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from secondopinion.core.unpack import MOST_BYTES, MOST_ENTRIES, PIECE, Unsafe, unsafe_name

SECTOR = 2048
DESCRIPTORS = 16  # the sector where volume descriptors begin
MOST_DESCRIPTORS = 64
MOST_DEPTH = 32
MOST_DIRECTORY = 16 * 1024**2  # bytes of one folder
_DIRECTORY, _MORE = 0x02, 0x80  # flags of a record: a folder; its file goes on in the next record
_JOLIET = (b"%/@", b"%/C", b"%/E")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the image: its `extents` are pairs of offset and length in bytes."""

    name: str
    length: int
    refused: str
    extents: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Record:
    name: str
    extent: tuple[int, int]
    flags: int
    link: bool


def is_image(file: BinaryIO) -> bool:
    """Say whether a file begins as an ISO 9660 image; leaves the position at the beginning."""
    file.seek(DESCRIPTORS * SECTOR)
    head = file.read(6)
    file.seek(0)
    return head[1:6] == b"CD001"


def entries(file: BinaryIO) -> list[Entry]:
    """Return the files of an image in the order of its folders.

    Raises:
        Unsafe: no volume, too many files, or more bytes in them than any disc holds.
    """
    root, joliet = _root(file)
    size = file.seek(0, 2)
    found: list[Entry] = []
    seen: set[int] = set()
    waiting = [("", root, 0)]
    while waiting:
        folder, extent, depth = waiting.pop()
        if extent[0] in seen or depth > MOST_DEPTH:
            continue  # a folder that holds itself, or its like
        seen.add(extent[0])
        begun: list[tuple[int, int]] = []
        for record in _records(file, extent, joliet=joliet):
            path = f"{folder}{record.name}"
            if record.flags & _DIRECTORY:
                waiting.append((f"{path}/", record.extent, depth + 1))
                continue
            begun.append(record.extent)
            if record.flags & _MORE:
                continue
            found.append(_entry(path, begun, size, link=record.link))
            begun = []
            if len(found) > MOST_ENTRIES:
                raise Unsafe("too-many-files")
    if sum(each.length for each in found) > MOST_BYTES:
        raise Unsafe("zip-bomb")
    return found


def pieces(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Yield the content of a file of the image.

    Raises:
        Unsafe: the image cannot be read there.
    """
    for offset, length in entry.extents:
        left, place = length, offset
        while left:
            try:
                file.seek(place)  # each time: others read the same file in between
                piece = file.read(min(PIECE, left))
            except (OSError, ValueError):
                raise Unsafe("broken-disc") from None
            if not piece:
                raise Unsafe("broken-disc")
            left -= len(piece)
            place += len(piece)
            yield piece


def _entry(path: str, extents: list[tuple[int, int]], size: int, *, link: bool) -> Entry:
    refused = ""
    if link or unsafe_name(path):
        refused = "unsafe-name"
    elif any(offset + length > size for offset, length in extents):
        refused = "broken-disc"  # the image ends before this file does
    return Entry(path, sum(length for _at, length in extents), refused, tuple(extents))


def _root(file: BinaryIO) -> tuple[tuple[int, int], bool]:
    """Return the extent of the root folder, and whether its names are Joliet's."""
    best: tuple[tuple[int, int], bool] | None = None
    for number in range(MOST_DESCRIPTORS):
        file.seek((DESCRIPTORS + number) * SECTOR)
        block = file.read(SECTOR)
        if len(block) < SECTOR or block[1:6] != b"CD001" or block[0] == 255:
            break
        joliet = block[0] == 2 and block[88:91] in _JOLIET
        if joliet or (block[0] == 1 and best is None):
            best = _extent(block[156:190]), joliet
        if joliet:
            break
    if best is None:
        raise Unsafe("broken-disc")
    return best


def _extent(record: bytes) -> tuple[int, int]:
    place = int.from_bytes(record[2:6], "little") + record[1]  # extended attributes come first
    return place * SECTOR, int.from_bytes(record[10:14], "little")


def _records(file: BinaryIO, extent: tuple[int, int], *, joliet: bool) -> Iterator[_Record]:
    file.seek(extent[0])
    data = file.read(min(extent[1], MOST_DIRECTORY))
    at = 0
    while at + 33 < len(data):
        length = data[at]
        if not length:  # records do not cross sectors: the rest of this one is empty
            at = (at // SECTOR + 1) * SECTOR
            continue
        record = data[at : at + length]
        at += length
        if length < 34 or record[32] > length - 33:
            continue
        raw = record[33 : 33 + record[32]]
        if raw in {b"\x00", b"\x01"}:
            continue  # the folder itself and the one above
        named, link = _rock_ridge(record[33 + record[32] + (record[32] % 2 == 0) :])
        name = (
            raw.decode("utf-16-be", "replace")
            if joliet
            else named.decode("utf-8", "replace") or raw.decode("ascii", "replace")
        )
        base, mark, version = name.rpartition(";")
        name = base if mark and version.isdigit() else name
        yield _Record(name.removesuffix("."), _extent(record), record[25], link)


def _rock_ridge(area: bytes) -> tuple[bytes, bool]:
    """Return the alternate name of a record and whether it is a symbolic link (IEEE P1282)."""
    name, link, at = b"", False, 0
    while at + 4 <= len(area) and area[at + 2] >= 4:
        kind, length = area[at : at + 2], area[at + 2]
        if kind == b"NM":
            name += area[at + 5 : at + length]
        link = link or kind == b"SL"
        at += length
    return name, link
