"""The key images of a report: as its draft has them, and as they stand in a signed one."""

from collections.abc import Iterable

from secondopinion.core import vault
from secondopinion.opinions.models import KeyImage, Opinion, SignedReport
from secondopinion.opinions.queries import REPORTS


def pictures_in(opinion: Opinion) -> dict[str, bytes]:
    """Return the pictures of a draft by their names in the document."""
    return _named(opinion.key_images.select_related("picture__space"))


def pictures_of(report: SignedReport) -> dict[str, bytes]:
    """Return the pictures that stand in a signed report, by their names in it."""
    original = report.translates or report
    if original.kind not in REPORTS:
        return {}
    at = original.signed_at
    rows = KeyImage.everything.filter(opinion__case=original.case_id, created_at__lte=at)
    return _named(rows.exclude(removed_at__lte=at).select_related("picture__space"))


def _named(rows: Iterable[KeyImage]) -> dict[str, bytes]:
    return {f"key-{number}.png": vault.read(row.picture) for number, row in enumerate(rows, 1)}
