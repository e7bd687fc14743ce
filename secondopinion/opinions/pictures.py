"""The key images of a report: as its draft has them, and as they stand in a signed one."""

import io
from collections.abc import Iterable

from django.db.models import QuerySet
from PIL import Image

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core import vault
from secondopinion.core.errors import NotYours
from secondopinion.opinions.models import KeyImage, Opinion, SignedReport
from secondopinion.opinions.queries import REPORTS

SHOWN = 800  # pixels of the longer side on a page


def pictures_in(opinion: Opinion) -> dict[str, bytes]:
    """Return the pictures of a draft by their names in the document."""
    return _named(opinion.key_images.select_related("picture__space"))


def pictures_of(report: SignedReport) -> dict[str, bytes]:
    """Return the pictures that stand in a signed report, by their names in it."""
    return _named(_signed_in(report))


def show(*, by: Person, report: SignedReport, number: int) -> bytes:
    """Return a picture of a signed report, from 1, as a JPEG that is light on a slow link; that it
    was read is written down.

    Raises:
        NotYours: there is none.
    """
    rows = _signed_in(report)
    if not 1 <= number <= len(rows):
        raise NotYours
    row = rows[number - 1]
    out = io.BytesIO()
    # The PNG is of this house's own making, so it is opened here and not in the sandbox.
    with Image.open(io.BytesIO(vault.read(row.picture))) as picture:
        picture.thumbnail((SHOWN, SHOWN))
        picture.convert("RGB").save(out, "JPEG", quality=85, optimize=True)
    audit.record("key-image-opened", by=by, case_id=report.case_id, target=row)
    return out.getvalue()


def _signed_in(report: SignedReport) -> QuerySet[KeyImage]:
    original = report.translates or report
    if original.kind not in REPORTS:
        return KeyImage.objects.none()
    at = original.signed_at
    rows = KeyImage.everything.filter(opinion__case=original.case_id, created_at__lte=at)
    return rows.exclude(removed_at__lte=at).select_related("picture__space")


def _named(rows: Iterable[KeyImage]) -> dict[str, bytes]:
    return {f"key-{number}.png": vault.read(row.picture) for number, row in enumerate(rows, 1)}
