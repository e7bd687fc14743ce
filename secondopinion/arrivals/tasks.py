"""Jobs of the arrivals."""

from datetime import timedelta
from uuid import UUID

from django.tasks import task

from secondopinion.arrivals import carrying, comparing
from secondopinion.arrivals.models import ArrivedFile, Upload
from secondopinion.arrivals.sorting import Sorter
from secondopinion.cases.changes import when_changed
from secondopinion.cases.models import Case
from secondopinion.core import antivirus, clock
from secondopinion.core.jobs import enqueue_once
from secondopinion.records.models import Record

HELD = timedelta(minutes=1)
SOON = timedelta(seconds=10)


@task()
def sort(upload_id: str) -> None:
    """Sort one upload. While the scanner of viruses is away it waits, for as long as it takes."""
    upload = Upload.objects.select_related("case__vault", "by", "blob__space").get(pk=upload_id)
    try:
        Sorter(upload).run()
    except antivirus.Away:
        sort.using(run_after=clock.now() + HELD).enqueue(upload_id)
    else:
        compare_again(upload.case_id)


@task()
def carry_images(upload_id: str, joined_id: str) -> None:
    """Bring the images of a joined request along, behind the files that do."""
    upload = Upload.objects.select_related("case__vault", "by").get(pk=upload_id)
    if carrying.must_wait(upload):
        carry_images.using(run_after=clock.now() + SOON).enqueue(upload_id, joined_id)
        return
    carrying.carry(upload, Case.objects.get(pk=joined_id))
    compare_again(upload.case_id)


@task()
def open_up(record_id: str) -> None:
    """Sort what is clipped to a document that was locked when it came."""
    try:
        _open_up(record_id)
    except antivirus.Away:
        open_up.using(run_after=clock.now() + HELD).enqueue(record_id)


def _open_up(record_id: str) -> None:
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
