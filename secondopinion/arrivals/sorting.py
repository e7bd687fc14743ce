"""Sorts what came: each file of an upload becomes a record, an image, or a sentence why not."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from secondopinion.arrivals import kinds, unpack
from secondopinion.arrivals.models import ArrivedFile, Upload, UploadState
from secondopinion.core import vault
from secondopinion.core.models import Blob
from secondopinion.imaging import actions as imaging
from secondopinion.records import actions as records

Outcome = ArrivedFile.Outcome
BATCH_FILES, BATCH_BYTES = 200, 48 * 1024**2  # of images handed over at once


@dataclass(frozen=True, slots=True)
class _Member:
    """A file as it comes out of an upload; `refused` is a code, or nothing."""

    name: str
    head: bytes
    length: int
    refused: str
    store: Callable[[], Blob]


class Sorter:
    """Sorts one upload. What was sorted before a death is not sorted again."""

    def __init__(self, upload: Upload) -> None:
        self.upload, self.case = upload, upload.case
        self.known = set(upload.files.values_list("name", flat=True))
        self.images: list[tuple[str, Blob]] = []

    def run(self) -> None:
        """Sort every file and mark the upload as sorted."""
        blob = self.upload.blob
        if blob is None or self.upload.state != UploadState.RECEIVED:
            return
        with vault.open_blob(blob) as file:
            self._sort_file(self.upload.name, file, blob)
        self._flush_images()
        Upload.objects.filter(pk=self.upload.pk).update(state=UploadState.SORTED)

    def _sort_file(self, name: str, file: BinaryIO, blob: Blob) -> None:
        head = file.read(kinds.HEAD)
        file.seek(0)
        if kinds.kind_of(name, head) == kinds.ZIP and not _is_word(file):
            self._sort_zip(name, file, depth=1)
        else:
            file.seek(0)
            self._sort_member(_Member(name, head, blob.length, "", lambda: blob), on_disc=False)

    def _sort_zip(self, name: str, file: BinaryIO, depth: int) -> None:
        try:
            for member in self._members(file):
                if member.name not in self.known:
                    self._sort_member(member, on_disc=True, depth=depth)
        except unpack.Unsafe as problem:
            self._note(name, Outcome.REFUSED, problem.code)

    def _members(self, file: BinaryIO) -> Iterator[_Member]:
        file.seek(0)
        with unpack.open_zip(file) as archive:
            for entry in unpack.entries(archive):
                yield self._member(archive, entry)

    def _member(self, archive: zipfile.ZipFile, entry: unpack.Entry) -> _Member:
        refused, head = entry.refused, b""
        if not refused:
            try:
                head = next(unpack.pieces(archive, entry), b"")[: kinds.HEAD]
            except unpack.Unsafe as problem:
                refused = problem.code
        space = self.case.vault
        return _Member(
            entry.name, head, entry.length, refused,
            lambda: vault.put(space, unpack.pieces(archive, entry)),
        )  # fmt: skip

    def _sort_member(self, member: _Member, *, on_disc: bool, depth: int = 0) -> None:
        if member.refused:
            self._note(member.name, Outcome.REFUSED, member.refused)
            return
        kind = kinds.kind_of(member.name, member.head, on_disc=on_disc)
        if kind == kinds.IGNORED:
            self._note(member.name, Outcome.IGNORED, "litter")
        elif kind in {kinds.EMPTY, kinds.EXECUTABLE, kinds.UNKNOWN}:
            self._note(member.name, Outcome.REFUSED, kind)
        else:
            try:
                self._keep(member, kind, depth)
            except unpack.Unsafe as problem:
                self._note(member.name, Outcome.REFUSED, problem.code)

    def _keep(self, member: _Member, kind: str, depth: int) -> None:
        blob = member.store()
        if kind == kinds.DICOM:
            self.images.append((member.name, blob))
            if (
                len(self.images) >= BATCH_FILES
                or sum(each.length for _name, each in self.images) >= BATCH_BYTES
            ):
                self._flush_images()
            return
        if kind == kinds.ZIP:
            with vault.open_blob(blob) as file:
                if not _is_word(file):
                    if depth >= 2:
                        self._note(member.name, Outcome.REFUSED, "nested-zip")
                    else:
                        self._sort_zip(member.name, file, depth + 1)
                    return
            kind = records.WORD
        record, made = records.take_in(
            case=self.case, by=self.upload.by, blob=blob, name=member.name, media_type=kind,
            source=self.upload.source,
        )  # fmt: skip
        if made:
            self._note(member.name, Outcome.RECORD, "", record.pk)
        else:
            self._note(member.name, Outcome.DUPLICATE, "duplicate", record.pk)

    def _flush_images(self) -> None:
        if not self.images:
            return
        taken = imaging.take_in(
            case=self.case, by=self.upload.by, blobs=self.images, source=self.upload.source
        )
        ArrivedFile.objects.bulk_create(
            (
                ArrivedFile(
                    upload=self.upload,
                    name=name[-500:],
                    outcome=_IMAGE_OUTCOMES[outcome],
                    code="" if outcome == "stored" else _IMAGE_CODES[outcome],
                )
                for name, outcome in taken.outcomes
            ),
            ignore_conflicts=True,
        )
        self.images = []

    def _note(self, name: str, outcome: str, code: str, subject: UUID | None = None) -> None:
        ArrivedFile.objects.get_or_create(
            upload=self.upload,
            name=name[-500:],
            defaults={"outcome": outcome, "code": code, "subject_id": subject},
        )


_IMAGE_OUTCOMES = {
    "stored": Outcome.IMAGE,
    "duplicate": Outcome.DUPLICATE,
    "unreadable": Outcome.REFUSED,
}
_IMAGE_CODES = {"duplicate": "duplicate", "unreadable": "unreadable-dicom"}


def _is_word(file: BinaryIO) -> bool:
    """Say whether a zip is a Word document; leaves the position undefined."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
