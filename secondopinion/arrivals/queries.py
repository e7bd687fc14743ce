"""Reads of what arrived."""

from uuid import UUID

from django.db.models import QuerySet

from secondopinion.accounts.models import Person
from secondopinion.arrivals.models import ArrivedFile, Upload, UploadState
from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours


def upload_for(person: Person, upload_id: UUID | str) -> Upload:
    """Return an upload of this person, with its staged file.

    Raises:
        NotYours: there is none, or it is somebody else's.
    """
    found = (
        Upload.objects.select_related("case__vault", "staged__space", "by")
        .filter(pk=upload_id, by=person)
        .first()
    )
    if found is None:
        raise NotYours
    return found


def waiting(case: Case) -> int:
    """Return how many uploads have come and are not sorted yet."""
    return Upload.objects.filter(case=case, state=UploadState.RECEIVED).count()


def problems(case: Case) -> QuerySet[ArrivedFile]:
    """Return the files that could not be used, the latest first."""
    return (
        ArrivedFile.objects.filter(upload__case=case, outcome=ArrivedFile.Outcome.REFUSED)
        .select_related("upload")
        .order_by("-created_at")
    )


def counts(case: Case) -> dict[str, int]:
    """Return how many files had which outcome."""
    found = dict.fromkeys(ArrivedFile.Outcome.values, 0)
    for outcome in ArrivedFile.objects.filter(upload__case=case).values_list("outcome", flat=True):
        found[outcome] += 1
    return found
