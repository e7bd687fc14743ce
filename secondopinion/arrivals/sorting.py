"""Sorts what came: each file of an upload becomes a record, an image, or a sentence why not."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError

from secondopinion.arrivals import packs
from secondopinion.arrivals.models import ArrivedFile, Upload, UploadState
from secondopinion.audit import actions as audit
from secondopinion.core import antivirus, kinds, sandbox, unpack, vault
from secondopinion.core.models import Blob
from secondopinion.imaging import actions as imaging
from secondopinion.imaging import disk
from secondopinion.records import actions as records
from secondopinion.records import attached

Outcome = ArrivedFile.Outcome
BATCH_FILES, BATCH_BYTES = 200, 48 * 1024**2  # of images handed over at once
BATCH_NOTES = 500
PACK_MEMORY_MB = 1024  # of the child that opens a pack
MOST_IN_EACH_OTHER = 3  # mails and PDFs that are clipped to each other
_REFUSED = {kinds.EMPTY, kinds.EXECUTABLE, kinds.UNKNOWN, kinds.OFFICE}


class Sorter:
    """Sorts one upload. What was sorted before a death is not sorted again."""

    def __init__(self, upload: Upload) -> None:
        self.upload, self.case, self.depth = upload, upload.case, 0
        self.known = set(upload.files.values_list("name", flat=True))
        self.met: set[str] = set()
        self.images: list[tuple[str, Blob]] = []
        self.notes: list[ArrivedFile] = []

    def take_image(self, name: str, blob: Blob) -> None:
        """Hand a DICOM object over with the next batch."""
        self.images.append((name, blob))
        size = sum(each.length for _name, each in self.images)
        if len(self.images) >= BATCH_FILES or size >= BATCH_BYTES:
            self.flush()

    def refuse(self, name: str, code: str) -> None:
        """Write down that a file cannot be used."""
        self._note(name, Outcome.REFUSED, code)

    def run(self) -> None:
        """Sort every file and mark the upload as sorted."""
        blob = self.upload.blob
        if blob is None or self.upload.state != UploadState.RECEIVED:
            return
        if self.upload.kind == Upload.Kind.PACK:
            self._sort_pack(blob)
        else:
            with vault.open_blob(blob) as file:
                self._sort_all(disk.walk_file(self.upload.name, file, spool=self._spool))
        self.flush()
        Upload.objects.filter(pk=self.upload.pk).update(state=UploadState.SORTED)

    def open_up(self, name: str, kind: str, blob: Blob) -> None:
        """Sort what is clipped to a document of this upload that was locked when it came."""
        self._sort_attached(name, kind, blob)
        self.flush()

    def _sort_pack(self, blob: Blob) -> None:
        try:
            files = sandbox.run(packs.unpack, vault.read(blob), memory_mb=PACK_MEMORY_MB, cpu_s=60)
        except sandbox.Failed:
            self._note(self.upload.name, Outcome.REFUSED, "broken-pack")
            return
        imaging = kinds.of_a_disc(path for path, _content in files)
        for path, content in files:
            if content is None:
                self._note(path, Outcome.REFUSED, "damaged")
                continue
            file, alone = io.BytesIO(content), len(files) == 1
            in_folder = not alone and "/" in path  # files that a person chose one by one have none
            inside = disk.walk_file(
                path, file, on_disc=in_folder, imaging=imaging, spool=self._spool
            )
            self._sort_all(inside, path)

    def _sort_all(self, members: Iterator[disk.Member], within: str = "") -> None:
        empty = True
        for member in members:
            empty = False
            name = member.path
            if within and name != within:
                name = f"{within}/{name}"
            name = self._only(name)
            if name not in self.known:
                self._sort_member(name, member)
        if empty:
            self._note(within or self.upload.name, Outcome.REFUSED, "nothing-inside")

    def _only(self, name: str) -> str:
        """Return the name under which a file is written down: of two with one name in a zip, or
        with one end of a very long name, both must be said."""
        found, count = name[-500:], 1
        while found in self.met:
            count += 1
            found = f"{name} ({count})"[-500:]
        self.met.add(found)
        return found

    @contextmanager
    def _spool(self, member: disk.Member) -> Iterator[BinaryIO]:
        """Make a file that can be sought of a zip inside another: in the vault, not in the open."""
        with vault.open_blob(vault.put(self.case.vault, member.pieces())) as file:
            yield file

    def _sort_member(self, name: str, member: disk.Member) -> None:
        if member.refused:
            self._note(name, Outcome.REFUSED, member.refused)
        elif member.kind == kinds.IGNORED:
            self._note(name, Outcome.IGNORED, "litter")
        elif member.kind in _REFUSED:
            self._note(name, Outcome.REFUSED, member.kind)
        else:
            try:
                self._keep(name, member)
            except unpack.Unsafe as problem:
                self._note(name, Outcome.REFUSED, problem.code)

    def _keep(self, name: str, member: disk.Member) -> None:
        blob = vault.put(self.case.vault, member.pieces())
        if antivirus.is_set_up() and (code := self._trouble(blob)):
            self._note(name, Outcome.REFUSED, code)
            return
        if member.kind in {disk.DICOMDIR, kinds.DICOM} and blob.length > disk.most_of(member.kind):
            self._note(name, Outcome.REFUSED, "image-too-large")  # kept, and opened by nobody
            return
        if member.kind == disk.DICOMDIR:  # the directory of the disc: what ought to be there
            imaging.note_directory(case=self.case, by=self.upload.by, blob=blob)
            self._note(name, Outcome.IGNORED, "litter")
            return
        if member.kind == kinds.DICOM:
            self.take_image(name, blob)
            return
        # First what is clipped to it: were it noted before, a death between would lose the rest.
        self._sort_attached(name, member.kind, blob)
        with transaction.atomic():  # a record stands, and so does what became of its file
            record, made = records.take_in(
                case=self.case, by=self.upload.by, blob=blob, name=name, source=self.upload.source,
                media_type=member.kind, retakes=self.upload.retakes,
            )  # fmt: skip
            if made:
                self._note(name, Outcome.RECORD, "", record.pk)
            else:
                self._note(name, Outcome.DUPLICATE, "duplicate", record.pk)
            self._flush_notes()

    def _trouble(self, blob: Blob) -> str:
        """Return why a content is not taken in, if a scanner says so; nobody will open it.

        Raises:
            antivirus.Away: the scanner does not answer; the file waits.
        """
        try:
            if not antivirus.found_in(vault.pieces(blob)):
                return ""
            code = "malicious"
        except antivirus.TooLarge:
            code = "too-large-to-scan"
        with transaction.atomic():
            audit.record("file-not-taken", by=self.upload.by, case_id=self.case.pk,
                         target=self.upload, detail={"code": code})  # fmt: skip
            with suppress(ProtectedError):  # the upload itself rests sealed, as it came
                vault.discard(blob)
        return code

    def _sort_attached(self, name: str, kind: str, blob: Blob) -> None:
        """Sort the files that are clipped to a mail or a PDF."""
        if kind not in {kinds.MAIL, kinds.PDF} or self.depth >= MOST_IN_EACH_OTHER:
            return
        data = vault.read(blob)
        if kind == kinds.PDF and not any(mark in data for mark in attached.MARKS):
            return
        try:
            files = sandbox.run(attached.files_in, kind, data)
        except sandbox.Failed:
            return  # what cannot be opened is said of the record itself
        self.depth += 1
        for inner, content in files:
            path = f"{name}/{inner}"
            if content is None:
                self._note(path, Outcome.IGNORED, "mail-picture")
            else:
                file = io.BytesIO(content)
                self._sort_all(disk.walk_file(path, file, depth=1, spool=self._spool))
        self.depth -= 1

    def flush(self) -> None:
        """Take in the images of the batch and write down what became of every file so far."""
        if self.images:
            imaging.take_in(
                case=self.case, by=self.upload.by, blobs=self.images, source=self.upload.source,
                told=self._note_images,
            )  # fmt: skip
            self.images = []
        self._flush_notes()

    def _note_images(self, outcomes: list[tuple[str, str]]) -> None:
        for name, outcome in outcomes:
            self._note(name, _IMAGE_OUTCOMES[outcome], _IMAGE_CODES.get(outcome, ""))
        self._flush_notes()

    def _note(self, name: str, outcome: str, code: str, subject: UUID | None = None) -> None:
        if code == "broken-zip" and kinds.packed(name):
            code = "broken-document"
        self.notes.append(
            ArrivedFile(
                upload=self.upload,
                name=name[-500:],
                outcome=outcome,
                code=code,
                subject_id=subject,
            )
        )
        if len(self.notes) >= BATCH_NOTES:
            self._flush_notes()

    def _flush_notes(self) -> None:
        ArrivedFile.objects.bulk_create(self.notes, ignore_conflicts=True)
        self.notes = []


_IMAGE_OUTCOMES = {
    "stored": Outcome.IMAGE,
    "conflict": Outcome.IMAGE,
    "duplicate": Outcome.DUPLICATE,
    "unreadable": Outcome.REFUSED,
}
_IMAGE_CODES = {
    "conflict": "conflict", "duplicate": "duplicate", "unreadable": "unreadable-dicom",
}  # fmt: skip
