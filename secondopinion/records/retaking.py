"""A page that cannot be read is photographed again: the photo stands in the page's place.

The file that came first stays as it is, and the page with it, set aside; the desk can undo it.
"""

from django.db import transaction

from secondopinion.cases.models import Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import ENDED
from secondopinion.records.arranging import Step, number
from secondopinion.records.checks import legibility
from secondopinion.records.models import Page, Record

SENDERS = (Part.FAMILY, Part.ENTRY, Part.LOCAL_PROVIDER, Part.COORDINATOR)
CHECK = legibility.NAME.partition("@")[0]  # whose findings a new photo mends


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
