"""Reads of what arrived."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from secondopinion.accounts.models import Person
from secondopinion.arrivals.models import ArrivedFile, Sending, Upload, UploadState
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


HERE = (UploadState.RECEIVED, UploadState.SORTED)


def known(case: Case, person: Person) -> QuerySet[Upload]:
    """Return this person's uploads by which a browser can tell what is here or half here."""
    return Upload.objects.filter(case=case, by=person).filter(
        ~Q(key=""), state__in=(*HERE, UploadState.RECEIVING)
    )


def unfinished(case: Case, person: Person) -> QuerySet[Sending]:
    """Return the folders that this person has not sent to their end.

    Each has `here`, the bytes that have wholly arrived of those that it holds.
    """
    return (
        Sending.objects.filter(case=case, by=person, closed_at=None)
        .annotate(
            here=Coalesce(Sum("uploads__content_length", filter=Q(uploads__state__in=HERE)), 0)
        )
        .filter(here__lt=F("length"))
    )


def sent_since(case: Case, person: Person, since: datetime) -> bool:
    """Say whether this person has sent files to the case since an instant."""
    return Upload.objects.filter(case=case, by=person, created_at__gte=since).exists()


def waiting(case: Case) -> int:
    """Return how many uploads have come and are not sorted yet."""
    return Upload.objects.filter(case=case, state=UploadState.RECEIVED).count()


def problems(case: Case) -> QuerySet[ArrivedFile]:
    """Return the files that people sent and that could not be used, the latest first."""
    return (
        ArrivedFile.objects.filter(upload__case=case, outcome=ArrivedFile.Outcome.REFUSED)
        .exclude(upload__kind=Upload.Kind.FETCHED)
        .select_related("upload")
        .order_by("-created_at")
    )


def set_aside(case: Case) -> QuerySet[ArrivedFile]:
    """Return the files that were not kept because they are here already or are not needed."""
    return (
        ArrivedFile.objects.filter(
            upload__case=case,
            outcome__in=(ArrivedFile.Outcome.DUPLICATE, ArrivedFile.Outcome.IGNORED),
        )
        .select_related("upload")
        .order_by("outcome", "name")
    )


def counts(case: Case) -> dict[str, int]:
    """Return how many files had which outcome."""
    found = dict.fromkeys(ArrivedFile.Outcome.values, 0)
    for outcome in ArrivedFile.objects.filter(upload__case=case).values_list("outcome", flat=True):
        found[outcome] += 1
    return found
