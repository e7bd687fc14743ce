"""Jobs of the arrivals."""

from datetime import timedelta
from uuid import UUID

from django.tasks import task

from secondopinion.arrivals import cleaning, comparing
from secondopinion.arrivals.models import ArrivedFile, Upload
from secondopinion.arrivals.sorting import Sorter
from secondopinion.cases.changes import when_changed
from secondopinion.cases.models import Case
from secondopinion.core.jobs import enqueue_once, periodic
from secondopinion.records.models import Record


@task()
def sort(upload_id: str) -> None:
    """Sort one upload."""
    upload = Upload.objects.select_related("case__vault", "by", "blob__space").get(pk=upload_id)
    Sorter(upload).run()
    compare_again(upload.case_id)


@task()
def open_up(record_id: str) -> None:
    """Sort what is clipped to a document that was locked when it came."""
    for file in ArrivedFile.objects.select_related("upload__case__vault", "upload__by").filter(
        subject_id=record_id, outcome=ArrivedFile.Outcome.RECORD
    ):
        record = Record.objects.select_related("opened__space").get(pk=record_id)
        if record.opened is not None:
            Sorter(file.upload).open_up(file.name, record.media_type, record.opened)


@task(queue_name="slow")
def compare(case_id: str) -> None:
    """Say what is missing in a case, by what it holds and calls for."""
    comparing.compare(Case.objects.select_related("child").get(pk=case_id))


@when_changed
def compare_again(case_id: UUID) -> None:
    """Have a case compared, once for all that changes in the meantime."""
    enqueue_once(compare, str(case_id))


@periodic("uploads-expire", every=timedelta(hours=1))
def expire() -> None:
    """Forget uploads that were not finished in time."""
    cleaning.expire()
