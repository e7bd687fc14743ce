"""Jobs of the images."""

from datetime import timedelta

from django.tasks import task

from secondopinion.cases import changes
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.imaging import copy_making, describing, judging, mending
from secondopinion.imaging.models import DeidentifiedCopy


@task()
def check_images(case_id: str) -> None:
    """Check the images of a case: by their headers at once, then by their pixels."""
    case = Case.objects.select_related("child").get(pk=case_id)
    judging.judge(case)
    measured = judging.measure(case)
    if mending.mend(case) or measured:
        judging.judge(case)
    changes.tell(case.pk)


@task()
def make_copy(copy_id: str) -> None:
    """Make a copy without names."""
    rows = DeidentifiedCopy.objects.select_related("case__vault", "case__child")
    copy_making.make(rows.get(pk=copy_id))


@jobs.periodic("copies-end", every=timedelta(hours=1))
def end_copies() -> None:
    """Remove the copies without names whose time is over."""
    copy_making.end_expired()


@jobs.periodic("images-described", every=timedelta(seconds=5))
def describe_pushed() -> None:
    """Describe what programs have pushed once they have fallen silent, and have it checked."""
    for case_id in describing.describe_pushed():
        jobs.enqueue_once(check_images, str(case_id))
