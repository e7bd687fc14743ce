"""Jobs of the arrivals."""

from datetime import timedelta

from django.tasks import task

from secondopinion.arrivals import cleaning
from secondopinion.arrivals.models import ArrivedFile, Upload
from secondopinion.arrivals.sorting import Sorter
from secondopinion.core import antivirus, clock
from secondopinion.core.jobs import periodic
from secondopinion.records.models import Record

HELD = timedelta(minutes=1)


@task()
def sort(upload_id: str) -> None:
    """Sort one upload. While the scanner of viruses is away it waits, for as long as it takes."""
    upload = Upload.objects.select_related("case__vault", "by", "blob__space").get(pk=upload_id)
    try:
        Sorter(upload).run()
    except antivirus.Away:
        sort.using(run_after=clock.now() + HELD).enqueue(upload_id)


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


@periodic("uploads-expire", every=timedelta(hours=1))
def expire() -> None:
    """Forget uploads that were not finished in time."""
    cleaning.expire()
