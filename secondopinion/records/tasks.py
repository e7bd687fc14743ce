"""Jobs of the records."""

from django.conf import settings
from django.db.models import QuerySet
from django.tasks import task

from secondopinion.cases import changes
from secondopinion.records import judging, retaking
from secondopinion.records.models import Record, RecordState
from secondopinion.records.paging import look_over, make_pages


@task(queue_name="slow")
def read_pages(record_id: str) -> None:
    """Make some pages of one record, then the others behind what has come since; have them
    understood behind all that waits to be shown. A photo of a page that could not be read
    stands in that page's place from then on."""
    record = _rows().get(pk=record_id)
    if record.removed_at is not None:
        return  # sent again, it is read again
    if make_pages(record):
        read_pages.enqueue(record_id)
        return
    shown = record.state == RecordState.READ and not record.is_video
    if shown:
        look_over(record)
        retaking.put_in_place(record)
    if shown and settings.UNDERSTAND_PAGES:
        record.refresh_from_db(fields=["merged_into"])
        understand_pages.enqueue(str(record.merged_into_id or record_id))
    else:
        changes.tell(record.case_id)


@task(queue_name="slow", priority=-10)
def understand_pages(record_id: str) -> None:
    """Read what stands on a page of one record, then on the others; in the end judge it."""
    record = _rows().get(pk=record_id)
    if record.removed_at is not None:
        return
    if judging.understand(record):
        understand_pages.enqueue(record_id)
    else:
        changes.tell(record.case_id)


def _rows() -> QuerySet[Record]:
    return Record.objects.select_related("case__vault", "case__child", "blob__space",
                                         "opened__space", "retakes__record")  # fmt: skip
