"""Reads a whole disk without a database: walks it, parses and measures in sandbox children, batch
by batch, and keeps of each image only what the checks need."""

import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secondopinion.core import kinds, unpack
from secondopinion.findings import film
from secondopinion.imaging import children, dicomdir, disk, headers, measuring
from secondopinion.imaging.checks import files as about_files
from secondopinion.imaging.checks.examine import Said
from secondopinion.imaging.checks.model import Image, image_of

BATCH_FILES, BATCH_BYTES = 200, 32 * 1024**2
PACKED = {"zip-bomb", "nested-zip", "encrypted", "packed-oddly", "too-many-files"}


@dataclass(frozen=True, slots=True)
class File:
    """What became of one file of the disk: its kind, and why it is of no use."""

    path: str
    kind: str
    reason: str = ""


@dataclass(slots=True)
class Disk:
    """A disk as it was read; `listed` are study, series and instance UIDs from its DICOMDIR."""

    files: list[File] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    listed: list[tuple[str, str, str]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


def read_all(files: list[bytes]) -> list[dict[str, Any]]:
    """Parse and measure many objects; runs inside the sandbox."""
    answers = []
    for data in files:
        head = headers.parse(data)
        if "error" in head:
            answers.append({"error": head["error"]})
            continue
        answers.append(
            {"syntax": head["syntax"], "metadata": head["metadata"],
             "pixels": measuring.measure(data)}
        )  # fmt: skip
    return answers


def inspect(
    path: Path, progress: Callable[[int, int], None] = lambda _files, _images: None
) -> Disk:
    """Read the disk at a path; `progress` is told how many files and images have been read.

    Raises:
        OSError: there is nothing at that path.
    """
    reader = _Reader(progress)
    for member in disk.walk(path):
        reader.take(member)
    reader.flush()
    return reader.disk


class _Reader:
    def __init__(self, progress: Callable[[int, int], None]) -> None:
        self.disk = Disk()
        self.progress = progress
        self.batch: list[tuple[str, bytes]] = []
        self.pictures: list[tuple[str, bytes]] = []
        self.directories: list[bytes] = []
        self.held = 0

    def take(self, member: disk.Member) -> None:
        if member.refused:
            self._refuse(member.path, member.kind, member.refused)
        elif member.kind in {kinds.DICOM, disk.DICOMDIR} or member.kind.startswith("image/"):
            try:
                self._keep(member, member.read(disk.most_of(member.kind)))
            except (unpack.Unsafe, OSError) as problem:
                self._refuse(member.path, member.kind, getattr(problem, "code", "broken-disc"))
        elif member.kind == kinds.IGNORED:
            self.disk.files.append(File(member.path, kinds.IGNORED, "litter"))
        elif member.kind in {kinds.EMPTY, kinds.EXECUTABLE, kinds.UNKNOWN}:
            self.disk.files.append(File(member.path, kinds.IGNORED, member.kind))
        else:
            self.disk.files.append(File(member.path, _short(member.kind)))

    def _keep(self, member: disk.Member, data: bytes) -> None:
        if member.kind == disk.DICOMDIR:
            self.directories.append(data)
            self.disk.files.append(File(member.path, kinds.IGNORED, "directory"))
            self.held += len(data)
            self._flush_when_full()
            return
        if member.kind != kinds.DICOM:
            self.pictures.append((member.path, data))
            self.held += len(data)
            self._flush_when_full()
            return
        if data.startswith(measuring.PROGRAMS):
            self.disk.said.append((about_files.NAME, about_files.carries_program(member.path)))
        self.batch.append((member.path, data))
        self.held += len(data)
        self._flush_when_full()

    def _flush_when_full(self) -> None:
        if len(self.batch) + len(self.pictures) >= BATCH_FILES or self.held >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Parse and measure what is held."""
        for rows in children.each(dicomdir.listed_all, self.directories):
            if isinstance(rows, list):
                self.disk.listed += [(study, series, uid) for study, series, uid in rows]
        looks = children.each(film.look_all, [data for _path, data in self.pictures])
        for (path, _data), each in zip(self.pictures, looks, strict=True):
            self.disk.files.append(File(path, "image"))
            found = film.found({"file": path}, each)
            if found is not None:
                self.disk.said.append((film.CHECK, found))
        answers = children.each(read_all, [data for _path, data in self.batch])
        for (path, data), answer in zip(self.batch, answers, strict=True):
            if "error" in answer:
                self._refuse(path, kinds.DICOM, str(answer["error"]))
                continue
            self.disk.images.append(_image(path, data, answer))
            self.disk.files.append(File(path, kinds.DICOM))
        self.batch, self.pictures, self.directories, self.held = [], [], [], 0
        self.progress(len(self.disk.files), len(self.disk.images))

    def _refuse(self, path: str, kind: str, reason: str) -> None:
        self.disk.files.append(File(path, _short(kind), reason))
        if reason in PACKED:
            self.disk.said.append((about_files.NAME, about_files.packed_unsafely(path, reason)))
        elif reason != "unsafe-name":  # a link, or a name that leads out: listed
            self.disk.said.append((about_files.NAME, about_files.unreadable(path, reason)))


def _image(path: str, data: bytes, answer: dict[str, Any]) -> Image:
    image = image_of(
        json.loads(zlib.decompress(answer["metadata"])), syntax=answer["syntax"], file=path,
        length=len(data), digest=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    image.pixels = answer["pixels"]
    return image


def _short(kind: str) -> str:
    return {"application/pdf": "pdf", "text/plain": "text"}.get(
        kind, kind.split("/", maxsplit=1)[0]
    )
