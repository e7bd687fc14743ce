"""Jobs of the arrivals."""

from datetime import timedelta

from django.tasks import task

from secondopinion.arrivals import cleaning
from secondopinion.arrivals.models import Upload
from secondopinion.arrivals.sorting import Sorter
from secondopinion.core.jobs import periodic


@task()
def sort(upload_id: str) -> None:
    """Sort one upload."""
    Sorter(
        Upload.objects.select_related("case__vault", "by", "blob__space").get(pk=upload_id)
    ).run()


@periodic("uploads-expire", every=timedelta(hours=1))
def expire() -> None:
    """Forget uploads that were not finished in time."""
    cleaning.expire()
