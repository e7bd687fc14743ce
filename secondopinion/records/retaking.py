"""A page that cannot be read is photographed again: the photo stands in the page's place.

The file that came first stays as it is, and the page with it, set aside; the desk can undo it.
"""

from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import ENDED
from secondopinion.core import kinds, sandbox
from secondopinion.core.errors import Refused
from secondopinion.records import pdfs, reading
from secondopinion.records.arranging import Step, number
from secondopinion.records.checks import legibility
from secondopinion.records.models import Page, Record

SENDERS = (Part.FAMILY, Part.ENTRY, Part.LOCAL_PROVIDER, Part.COORDINATOR)
CHECK = legibility.NAME.partition("@")[0]  # whose findings a new photo mends


def require_one_page(case: Case, name: str, data: bytes) -> None:
    """Hold when a file can take the place of one page.

    Raises:
        Refused: it has several pages, is no page at all, or is in the case already.
    """
    pages = _pages_in(kinds.kind_of(name, data[: kinds.HEAD]), data)
    if pages > 1:
        raise Refused(
            _(
                "This file has several pages. Nothing has been sent. Choose a photo of this page "
                "alone, or a PDF of one page."
            ),
            code="several-pages", field="photo",
        )  # fmt: skip
    if not pages:
        raise Refused(
            _(
                "We cannot open this file. Nothing has been sent. Choose a photo of this page, or "
                "a PDF of one page without a password."
            ),
            code="no-page", field="photo",
        )  # fmt: skip
    here = Record.objects.filter(case=case, part_of=None, removed_at=None)
    if here.filter(blob__digest=sha256(data).hexdigest()).exists():
        raise Refused(
            _("We have this very file already, so nothing would change. Take a new photo."),
            code="duplicate", field="photo",
        )  # fmt: skip


def _pages_in(kind: str, data: bytes) -> int:
    try:
        if kind == kinds.PDF:
            return int(sandbox.run(pdfs.inspect, data)["pages"])
        if kind.startswith("image/"):
            return int(sandbox.run(reading.count, data, memory_mb=2048))
    except sandbox.Failed:
        return 0
    return 0


@transaction.atomic
def put_in_place(photo: Record) -> None:
    """Put the one page of a photo where the page is that it was taken again for.

    Nothing is done where that page is not shown any more, who sent the photo has no part any more,
    or what came has several pages: then the photo stays a document of its own.
    """
    bad = photo.retakes
    if bad is None or bad.aside or photo.case.state in ENDED or photo.merged_into_id is not None:
        return
    if roles_of(photo.case, photo.sent_by).isdisjoint(SENDERS):
        return
    if not _is_shown(bad.record) or photo.pages.count() != 1:
        return
    step = Step(photo.case, photo.sent_by, "retake", parts=SENDERS)
    whole = step.take_record(bad.record_id)
    rows, [page] = step.pages_of(whole), step.pages_of(step.take_record(photo.pk))
    at = next(place for place, row in enumerate(rows) if row.pk == bad.pk)
    rows[at].aside = Page.Aside.RETAKEN
    page.record = whole
    number([*rows[:at], page, *rows[at + 1 :], rows[at]])
    step.take_record(photo.pk).merged_into = whole
    step.write()


def _is_shown(record: Record) -> bool:
    return record.removed_at is None and record.merged_into_id is None
