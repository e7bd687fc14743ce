"""Verifies a signed document, for anyone: by its code, its digest, or the file itself."""

import hashlib
import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError

from secondopinion.core import vault
from secondopinion.core.ids import normalise_code
from secondopinion.opinions import signing
from secondopinion.opinions.models import SignedReport


@dataclass(slots=True)
class Verified:
    """What verification says; it holds nothing about a patient.

    `known`: these very bytes were signed here. `bottom_line`: the signature holds and nothing was
    added behind it. `replaced_at`: when a correction of it was signed. `later`: kind and instant of
    the documents of the same case that were signed after it. `lines` are sentences for people.
    """

    known: bool
    bottom_line: bool
    kind: str | Promise = ""
    code: str = ""
    signer: str = ""
    signed_at: str = ""  # as it is printed there
    at: datetime | None = None
    level: str = ""
    replaced_on: date | None = None
    later: list[tuple[str | Promise, date]] = field(default_factory=list)
    lines: list[str | Promise] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the document is what was signed here."""
        return self.known and self.bottom_line


def _of(report: SignedReport, *, bottom_line: bool) -> Verified:
    later = list(SignedReport.objects.filter(case=report.case_id, number__gt=report.number))
    original = report.translates_id or report.pk
    newer = next((row for row in later if row.replaces_id == original), None)
    return Verified(
        known=True,
        bottom_line=bottom_line,
        kind=report.get_kind_display(),
        code=report.code,
        signer=report.body.get("translation", {}).get("signed_by") or report.signed_by.full_name,
        signed_at=report.body["signed_at"],
        at=report.signed_at,
        level=report.level,
        replaced_on=newer.signed_on if newer else None,
        later=[(row.get_kind_display(), row.signed_on) for row in later],
    )


def verify_code(code: str) -> Verified | None:
    """Return what was signed under a code as people type it, or None."""
    report = (
        SignedReport.objects.select_related("signed_by").filter(code=normalise_code(code)).first()
    )
    return _of(report, bottom_line=True) if report else None


def verify_digest(digest: str) -> Verified | None:
    """Return what was signed with exactly this content (SHA-256 in hex), or None."""
    report = SignedReport.objects.select_related("signed_by").filter(digest=digest.lower()).first()
    return _of(report, bottom_line=True) if report else None


def verify_file(pieces: Iterable[bytes]) -> Verified:
    """Verify a file by its content: only what was signed here, to the byte, is confirmed.

    The file is hashed as it comes and never opened; what is opened is our own copy of it.
    """
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    known = verify_digest(digest.hexdigest())
    if known is None:
        line = _(
            "This is not a document that was signed here, or it was changed after it was signed."
        )
        return Verified(known=False, bottom_line=False, lines=[line])
    report = SignedReport.objects.select_related("blob__space").get(code=known.code)
    known.bottom_line = _signature_holds(vault.read(report.blob))
    if known.bottom_line:
        known.lines.append(_("This is the document that was signed. Nothing was changed."))
    else:
        known.lines.append(
            _("This is the document that was signed. Its signature cannot be confirmed now.")
        )
    return known


def _signature_holds(data: bytes) -> bool:
    """Judge by the bottom line: `intact` alone stays true when pages are appended."""
    context = signing.judged_by(allow_fetching=False)
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        signatures = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
        return len(signatures) == 1 and bool(
            validate_pdf_signature(signatures[0], context).bottom_line
        )
    except (
        PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError,
        IndexError, AttributeError, RecursionError, OSError,
    ):  # fmt: skip
        return False  # a broken file breaks its reader in many ways; none of them is a signature
