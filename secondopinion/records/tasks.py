"""Jobs of the records."""

from django.tasks import task

from secondopinion.records.models import Record
from secondopinion.records.paging import make_pages


@task(queue_name="slow")
def read_pages(record_id: str) -> None:
    """Make the pages of one record."""
    make_pages(Record.objects.select_related("case__vault", "blob__space").get(pk=record_id))
