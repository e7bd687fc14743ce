"""Makes the package of a referral: one zip that a clinic opens without us.

Documents lie in an XDM submission set (IHE ITI TF-2, 3.32: ``IHE_XDM/SUBSET01``, described by
``METADATA.XML``), images beside a ``DICOMDIR`` (DICOM PS3.10) as they came, byte for byte.
``INDEX.HTM`` opens in any browser without a network, ``MANIFEST.TXT`` has a SHA-256 of each file.
"""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from secondopinion.audit import actions as audit
from secondopinion.core import clock, dates, sandbox, vault
from secondopinion.core.models import Blob
from secondopinion.imaging import media, metadata
from secondopinion.imaging.models import Instance
from secondopinion.program import queries as program
from secondopinion.records import queries as records
from secondopinion.referrals import submission
from secondopinion.referrals.models import Package, Referral
from secondopinion.referrals.queries import objects_of

DOCUMENTS = "IHE_XDM/SUBSET01/"
UNLISTED = "OTHER/"  # DICOM objects that no DICOMDIR can list
_ENDINGS = 3  # letters that ISO 9660, level 1, allows behind the point
_MEMORY, _SECONDS = 2048, 120


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the package, from the vault or made here."""

    path: str
    source: Blob | bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of its content."""
        if isinstance(self.source, bytes):
            return hashlib.sha256(self.source).hexdigest()
        return self.source.digest

    @property
    def length(self) -> int:
        """Its length in bytes."""
        return len(self.source) if isinstance(self.source, bytes) else self.source.length

    def pieces(self) -> Any:
        """Yield its content."""
        return [self.source] if isinstance(self.source, bytes) else vault.pieces(self.source)


def make(consent_id: str) -> None:
    """Make the package of a consent; safe to run again, and nothing where the consent has ended."""
    package = Package.objects.select_related("consent__referral__case__vault").get(
        consent=UUID(consent_id)
    )
    referral = package.consent.referral
    if package.blob_id or package.consent.ended_at:
        return
    files = contents(referral)
    writer = vault.Writer(referral.case.vault)
    try:
        with zipfile.ZipFile(vault.Into(writer), "w") as pack:  # type: ignore[call-overload]  # only written to
            for each in files:
                with pack.open(zipfile.ZipInfo(each.path), "w", force_zip64=True) as file:
                    for piece in each.pieces():
                        file.write(piece)
        writer.finish()
        with transaction.atomic():
            row = Package.objects.select_for_update(of=("self",)).get(pk=package.pk)
            if row.consent.ended_at:
                return
            row.blob = vault.keep_all(referral.case.vault, [writer])[0]
            row.manifest = [[each.path, each.digest, each.length] for each in files]
            row.save(update_fields=["blob", "manifest"])
            audit.record(
                "referral-package-made", by=None, case_id=referral.case_id, target=referral,
                detail={"files": len(files), "digest": row.blob.digest},
            )  # fmt: skip
    finally:
        writer.forget()


def contents(referral: Referral) -> list[Piece]:
    """Return the files of a package: what was chosen and still is in the case, and what describes
    it. Its own words are in the family's language when it goes to the family's country."""
    case = referral.case
    near = not referral.own_clinic and str(referral.to_country) == str(case.country)
    documents = _documents(referral)
    images, dicomdir = _images(referral)
    with override(case.language if near else "en"):
        told = {
            "case": case, "referral": referral, "program": program.program(), "made": clock.now(),
            "documents": documents, "images": len(images), "listed": dicomdir is not None,
        }  # fmt: skip
        index = render_to_string("referrals/index.htm", told).encode()
        readme = render_to_string("referrals/readme.txt", told).encode()
    described = submission.metadata(case, referral, documents)
    files = [
        Piece("README.TXT", readme.replace(b"\n", b"\r\n")),
        Piece("INDEX.HTM", index),
        Piece(f"{DOCUMENTS}METADATA.XML", described),
        *(Piece(each.path, each.blob) for each in documents),
        *([Piece("DICOMDIR", dicomdir)] if dicomdir else []),
        *images,
    ]
    manifest = "".join(f"{each.digest}  {each.path}\r\n" for each in files)
    return [*files, Piece("MANIFEST.TXT", manifest.encode())]


def _documents(referral: Referral) -> list[submission.Document]:
    case, chosen = referral.case, referral.selection
    rows: list[tuple[Any, ...]] = [
        (row.blob, f"{row.get_kind_display()} {row.number}", "application/pdf", row.language,
         row.signed_at, row.kind, row.signed_by.full_name, ".PDF")
        for row in case.signed_reports.filter(number__in=chosen["reports"]).select_related(
            "blob__space", "signed_by")
    ] + [
        (row.opened or row.blob, row.title, row.media_type, row.language, row.dated, row.kind, "",
         _ending(row.title))
        for row in records.givable(case).filter(pk__in=chosen["records"]).select_related(
            "blob__space", "opened__space")
    ]  # fmt: skip
    return [
        submission.Document(
            path=f"{DOCUMENTS}DOC{number:05}{ending}", blob=blob, title=title, media_type=kind,
            language=language, at=at, what=what, author=author,
            day=dates.written(at) if at else _("no date"),
        )
        for number, (blob, title, kind, language, at, what, author, ending) in enumerate(rows, 1)
    ]  # fmt: skip


def _ending(title: str) -> str:
    letters = [char for char in PurePath(title).suffix.upper() if char.isascii() and char.isalnum()]
    return f".{''.join(letters[:_ENDINGS])}" if letters else ""


def _images(referral: Referral) -> tuple[list[Piece], bytes | None]:
    rows: list[Instance] = list(
        objects_of(referral.selection["studies"]).select_related("series__study", "blob__space")
    )
    if not rows:
        return [], None
    made = sandbox.run(
        media.directory, [metadata.text_of(row) for row in rows],
        [row.transfer_syntax for row in rows], referral.case.reference,
        memory_mb=_MEMORY, cpu_s=_SECONDS, wall_s=4 * _SECONDS,
    )  # fmt: skip
    paths = [path or f"{UNLISTED}OB{number:06}" for number, path in enumerate(made["paths"], 1)]
    pieces = [Piece(path, row.blob) for path, row in zip(paths, rows, strict=True)]
    return pieces, made["dicomdir"] or None
