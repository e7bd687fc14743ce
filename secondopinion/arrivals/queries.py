"""Reads of what arrived."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case as Case_
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from secondopinion.accounts.models import Person
from secondopinion.arrivals.models import ArrivedFile, Sending, Upload, UploadState
from secondopinion.cases.models import Case
from secondopinion.cases.queries import asked
from secondopinion.core import vault
from secondopinion.core.errors import NotYours
from secondopinion.core.lists import listed
from secondopinion.core.staging import Staging
from secondopinion.records.models import Record


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


NOT_OPENED = ("unreadable-dicom", "image-too-large")
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
    return unfinished_of(person).filter(case=case)


def unfinished_of(person: Person) -> QuerySet[Sending]:
    """Return what `unfinished` says, of every case."""
    sent = Upload.objects.filter(sending=OuterRef("pk"), state__in=HERE).order_by()
    length = sent.values("sending").annotate(all=Sum("content_length")).values("all")
    return (
        Sending.objects.filter(by=person, closed_at=None)
        .annotate(here=Coalesce(Subquery(length), 0))
        .filter(here__lt=F("length"))
    )


def with_half(case: Case, person: Person, folders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to what is `here` of a person's unfinished folders what is safe of the parts that are on
    their way. `folders` hold the `key`, `here` and `length` of each."""
    by_key = {each["key"]: each for each in folders}
    if not by_key:
        return folders
    half = Upload.objects.filter(
        case=case, by=person, state=UploadState.RECEIVING, sending__key__in=by_key
    ).select_related("sending", "staged__space", "staged__blob")
    for upload in half:
        if upload.sending is None or upload.staged is None or not upload.length:
            continue
        with suppress(FileNotFoundError, vault.Damaged, vault.Erased):  # then nothing of it is here
            safe = Staging(upload.staged).offset
            folder = by_key[upload.sending.key]
            here = folder["here"] + upload.content_length * safe // upload.length
            folder["here"] = min(here, folder["length"])
    return folders


def sent_since(case: Case, person: Person, since: datetime) -> tuple[bool, bool]:
    """Say whether this person has sent files to the case since an instant, and whether one of them
    is of use, or may be: it is still being looked at."""
    outcome = ArrivedFile.Outcome
    rows = Upload.objects.filter(case=case, by=person, created_at__gte=since, state__in=HERE)
    kept = (outcome.RECORD, outcome.IMAGE, outcome.DUPLICATE)
    useful = rows.filter(Q(state=UploadState.RECEIVED) | Q(files__outcome__in=kept))
    return rows.exists(), useful.exists()


def copies_since(case: Case, person: Person, since: datetime) -> list[str]:
    """Return the names of files that this person has sent since an instant and that were in the
    case before."""
    rows = ArrivedFile.objects.filter(
        upload__case=case, upload__by=person, upload__created_at__gte=since,
        outcome=ArrivedFile.Outcome.DUPLICATE, subject_id__isnull=False,
    )  # fmt: skip
    return list(rows.order_by("name").values_list("name", flat=True).distinct())


def asked_with_records(case: Case, arrived: Iterable[Record]) -> list[Any]:
    """Return what has been asked, each answer with those of the records that have arrived that
    `came` with it: what its writer sent after the question and before the answer, also what was
    here before."""
    sent = ArrivedFile.objects.filter(
        outcome__in=(ArrivedFile.Outcome.RECORD, ArrivedFile.Outcome.DUPLICATE),
        subject_id__isnull=False, upload__by=OuterRef("answered_by"),
        upload__created_at__range=(OuterRef("created_at"), OuterRef("answered_at")),
    )  # fmt: skip
    rows: list[Any] = asked(case, sent=listed(sent, "upload__case", "subject_id", outer="case"))
    known = {record.pk: record for record in arrived} if any(row.sent for row in rows) else {}
    for row in rows:
        came = {UUID(each["subject_id"]) for each in row.sent}
        row.came = [known[pk] for pk in sorted(came & known.keys())]
    return rows


def waiting(case: Case) -> int:
    """Return how many uploads have come and are not sorted yet."""
    return Upload.objects.filter(case=case, state=UploadState.RECEIVED).count()


def not_kept(case: Case, most: int) -> tuple[list[ArrivedFile], list[ArrivedFile]]:
    """Return the files that people sent and that could not be used, the latest first, and those
    that are here already or are not needed, by their names; of each at most `most` and one.

    What came along from a joined request was sent there by others, who were told there."""
    outcome = ArrivedFile.Outcome
    refused = Q(outcome=outcome.REFUSED)
    latest = Case_(When(refused, then=F("created_at")))
    rows = (
        ArrivedFile.objects.filter(upload__case=case)
        .exclude(upload__key__startswith=Upload.ALONG)
        .filter(
            refused & ~Q(upload__kind=Upload.Kind.FETCHED)
            | Q(outcome__in=(outcome.DUPLICATE, outcome.IGNORED))
        )
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=[Case_(When(refused, then=Value(1)), default=Value(0))],
                order_by=[latest.desc(), "outcome", "name"],
            )
        )
        .filter(place__lte=most + 1)
        .order_by("place")
    )
    problems: list[ArrivedFile] = [row for row in rows if row.outcome == outcome.REFUSED]
    return problems, [row for row in rows if row.outcome != outcome.REFUSED]


def not_opened(case: Case) -> list[ArrivedFile]:
    """Return the image files that came damaged, or too large, and have not come whole since: under
    the same path, or by themselves under the same name."""
    outcome = ArrivedFile.Outcome
    rows = ArrivedFile.objects.filter(upload__case=case)
    broken = rows.filter(outcome=outcome.REFUSED, code__in=NOT_OPENED).order_by("created_at")
    whole: dict[str, datetime] = {}
    names = {part for row in broken for part in (row.name, row.name.rsplit("/", 1)[-1])}
    for row in rows.filter(outcome__in=(outcome.IMAGE, outcome.DUPLICATE), name__in=names):
        whole[row.name] = max(row.created_at, whole.get(row.name, row.created_at))
    return [
        row for row in broken
        if not any(
            since > row.created_at
            for name in (row.name, row.name.rsplit("/", 1)[-1]) if (since := whole.get(name))
        )
    ]  # fmt: skip


def counts(case: Case) -> dict[str, int]:
    """Return how many files had which outcome."""
    found = dict.fromkeys(ArrivedFile.Outcome.values, 0)
    for outcome in ArrivedFile.objects.filter(upload__case=case).values_list("outcome", flat=True):
        found[outcome] += 1
    return found
