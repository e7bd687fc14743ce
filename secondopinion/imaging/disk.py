"""Walks what a disk of images holds: a folder, a zip (one more inside it), an ISO 9660 image, or a
single file. Free of Django: the command walks paths with it, the arrival walks files of the vault.

A member's content can be read while the walk stands at it, not afterwards.
"""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from secondopinion.core import iso9660, kinds, unpack

DICOMDIR, ISO = "dicomdir", "iso"  # further kinds, beside those of core.kinds
MOST_DEPTH = 2  # a zip or an image, and one more inside it
MOST_HELD = 64 * 1024**2  # bytes of an inner zip in memory; beyond, in a file without a name
MOST_OBJECT = 1024**3  # bytes of one object; more is not taken into memory to be read
MOST_DIRECTORY = 128 * 1024**2
_STORAGE = b"1.2.840.10008.5.1.4.1.1."  # the classes of images and reports
_MEDIA_DIRECTORY = b"1.2.840.10008.1.3.10"  # Media Storage Directory Storage (PS3.4, B.5)

Pieces = Callable[[], Iterator[bytes]]
Spool = Callable[["Member"], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the disk. `kind` is one of `core.kinds` or a media type; ``dicomdir`` for the
    directory of a DICOM disk. `refused` is a code, or nothing; of
    what is refused nothing can be read."""

    path: str
    kind: str
    length: int
    refused: str
    pieces: Pieces

    def read(self, most: int = 2**31) -> bytes:
        """Return the content.

        Raises:
            Unsafe: it is broken, gives more than it declared, or is larger than `most` bytes.
        """
        if self.length > most:
            raise unpack.Unsafe("too-large")
        return b"".join(self.pieces())


def most_of(kind: str) -> int:
    """Return how many bytes of a file of a kind are taken into memory to be read."""
    return MOST_DIRECTORY if kind == DICOMDIR else MOST_OBJECT


def walk(path: Path) -> Iterator[Member]:
    """Walk a folder, or a file with whatever is packed in it. Links are named and not followed.

    Raises:
        OSError: there is nothing at that path, or it cannot be read.
    """
    if not path.is_dir():
        with path.open("rb") as file:
            yield from walk_file(path.name, file)
        return
    imaging = kinds.of_a_disc(each.name for each in path.iterdir())
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            yield from _walk_entry(path, Path(folder) / name, imaging=imaging)
        for name in folders:
            inner = Path(folder) / name
            if inner.is_symlink():
                yield _refused(inner.relative_to(path).as_posix(), "unsafe-name")


def walk_file(
    name: str, file: BinaryIO, *, on_disc: bool = False, imaging: bool = False, depth: int = 0,
    spool: Spool | None = None,
) -> Iterator[Member]:  # fmt: skip
    """Walk one file that can be sought: what is packed in it, or itself.

    `on_disc` says that it lay among others, `imaging` that those are a disc of images. `spool`
    makes a file that can be sought of a zip or an image inside another (without it: memory, then a
    temporary file).
    """
    length = file.seek(0, 2)
    file.seek(0)
    head = file.read(kinds.HEAD)
    kind = _kind(name, head, on_disc=on_disc, imaging=imaging)
    packed = ""
    if kind == kinds.ZIP:
        packed = unpack.document_in(file) or kinds.ZIP
    elif iso9660.is_image(file):
        packed = ISO
    if packed not in {kinds.ZIP, ISO}:
        yield Member(name, packed or kind, length, "", lambda: _pieces(file))
        return
    if depth >= MOST_DEPTH:
        yield _refused(name, "nested-zip", length)
        return
    inside = f"{name}/" if depth else ""
    try:
        with _opened(file, packed) as members:
            imaging = imaging or kinds.of_a_disc(member.path for member in members)
            for member in members:
                yield from _unpacked(member, inside, depth + 1, spool or _spooled, imaging=imaging)
    except unpack.Unsafe as problem:
        yield _refused(name, problem.code, length)


def _walk_entry(root: Path, path: Path, *, imaging: bool) -> Iterator[Member]:
    name = path.relative_to(root).as_posix()
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode):
            yield _refused(name, "unsafe-name")
            return
        with path.open("rb") as file:
            yield from walk_file(name, file, on_disc=True, imaging=imaging, depth=1)
    except OSError:
        yield _refused(name, "broken-disc")


def _unpacked(
    member: Member, inside: str, depth: int, spool: Spool, *, imaging: bool
) -> Iterator[Member]:
    """Yield a member as it is, or what is packed in it."""
    path = inside + member.path
    if member.refused:
        yield _refused(path, member.refused, member.length)
        return
    try:
        head = next(member.pieces(), b"")[: kinds.HEAD]
        kind = _kind(path, head, on_disc=True, imaging=imaging)
        if kind == kinds.ZIP or member.path.lower().endswith(".iso"):
            with spool(member) as file:
                yield from walk_file(
                    path, file, on_disc=True, imaging=imaging, depth=depth, spool=spool
                )
            return
        yield Member(path, kind, member.length, "", member.pieces)
    except unpack.Unsafe as problem:
        yield _refused(path, problem.code, member.length)


def _kind(name: str, head: bytes, *, on_disc: bool, imaging: bool) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if head[128:132] == b"DICM" and (
        _MEDIA_DIRECTORY in head[:512]
        or (base.startswith("dicomdir") and _STORAGE not in head[:512])
    ):
        return DICOMDIR
    kind = kinds.kind_of(name, head, on_disc=on_disc)
    return kinds.IGNORED if imaging and kinds.of_its_viewer(name, kind) else kind


@contextmanager
def _opened(file: BinaryIO, packed: str) -> Iterator[list[Member]]:
    file.seek(0)
    if packed == ISO:
        yield [
            Member(
                entry.name, "", entry.length, entry.refused,
                partial(iso9660.pieces, file, entry),
            )
            for entry in iso9660.entries(file)
        ]  # fmt: skip
        return
    with unpack.open_zip(file) as archive:
        yield [
            Member(
                entry.name, "", entry.length, entry.refused,
                partial(unpack.pieces, archive, entry),
            )
            for entry in unpack.entries(archive)
        ]  # fmt: skip


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(unpack.PIECE):
        yield piece


@contextmanager
def _spooled(member: Member) -> Iterator[BinaryIO]:
    with tempfile.SpooledTemporaryFile(MOST_HELD) as file:
        for piece in member.pieces():
            file.write(piece)
        file.seek(0)
        yield file  # type: ignore[misc]


def _refused(path: str, code: str, length: int = 0) -> Member:
    return Member(path, kinds.UNKNOWN, length, code, lambda: iter(()))
