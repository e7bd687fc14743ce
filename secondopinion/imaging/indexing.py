"""Puts parsed objects into the index, a whole batch by a handful of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from secondopinion.cases.models import Case
from secondopinion.core.models import Blob
from secondopinion.core.prepared import prepared
from secondopinion.imaging.checks.roles import role_of
from secondopinion.imaging.models import Instance, Series, Study

STORED, DUPLICATE, CONFLICT = "stored", "duplicate", "conflict"
_StudyKey = tuple[str, str]
_SeriesKey = tuple[UUID, str]


@dataclass(slots=True)
class Parsed:
    """An object whose header was read; `outcome` and `series` are filled by `index`."""

    blob: Blob
    head: dict[str, Any]
    outcome: str = ""
    series: Series | None = None


def index(case: Case, objects: list[Parsed], source: str) -> None:
    """Index objects of a case, in the caller's transaction; say of each what became of it.

    The same UID with other bytes is a conflict: kept, and set aside. Studies are locked, so that
    of two that come at once one is first. A series that was taken out comes back with them, but for
    one that is another child's: it waits until somebody puts it back.
    """
    studies = _studies(case, objects, source)
    series = _series(studies, objects)
    theirs = Series.Why.OTHER_CHILD
    if removed := [
        row.pk for row in series.values() if row.removed_at and row.removed_why != theirs
    ]:
        bring_back(Series.objects.filter(pk__in=removed))
    found: dict[tuple[UUID, str], set[UUID]] = {}
    for series_id, uid, blob_id in Instance.objects.filter(
        series__in=list(series.values()), uid__in=[each.head["instance"] for each in objects]
    ).values_list("series_id", "uid", "blob_id"):
        found.setdefault((series_id, uid), set()).add(blob_id)
    fresh = []
    for each in objects:
        study = studies[_study_key(each.head)]
        each.series = series[study.pk, each.head["series"]]
        blobs = found.setdefault((each.series.pk, each.head["instance"]), set())
        if each.blob.pk in blobs:
            each.outcome = DUPLICATE
            continue
        each.outcome = CONFLICT if blobs else STORED
        blobs.add(each.blob.pk)
        fresh.append(_instance(each, aside=each.outcome == CONFLICT))
    Instance.objects.bulk_create(fresh)


def bring_back(rows: QuerySet[Series]) -> int:
    """Put series back into their case that were taken out; return how many."""
    return rows.filter(removed_at__isnull=False).update(
        removed_at=None, removed_by=None, removed_why=""
    )


def _patient_key(head: dict[str, Any]) -> str:
    return str(head["patient_id"][:64] or head["patient_name"][:324])


def _study_key(head: dict[str, Any]) -> _StudyKey:
    return head["study"], _patient_key(head)


@prepared
def _studies_of(case: UUID, uid: str) -> QuerySet[Study]:
    return Study.objects.select_for_update().filter(case=case, uid=uid).order_by("pk")


@prepared
def _series_of(study: UUID, uid: str) -> QuerySet[Series]:
    return Series.objects.filter(study=study, uid=uid)


def _studies(case: Case, objects: list[Parsed], source: str) -> dict[_StudyKey, Study]:
    wanted = {_study_key(each.head): each.head for each in objects}

    def there() -> dict[_StudyKey, Study]:
        uids = sorted({uid for uid, _key in wanted})  # locked in one order by all
        rows = [row for uid in uids for row in _studies_of(case.pk, uid)]
        return {(row.uid, row.patient_key): row for row in rows}

    found = there()
    if missing := wanted.keys() - found.keys():
        Study.objects.bulk_create(
            (_study(case, wanted[key], source) for key in sorted(missing)), ignore_conflicts=True
        )
        found = there()
    for row in found.values():
        row.case = case
    return found


def _study(case: Case, head: dict[str, Any], source: str) -> Study:
    return Study(
        case=case,
        uid=head["study"],
        patient_key=_patient_key(head),
        date=_day(head["study_date"]),
        description=head["study_description"][:200],
        patient_name=head["patient_name"][:324],
        patient_id=head["patient_id"][:64],
        patient_birth_date=_day(head["patient_birth_date"]),
        patient_sex=head["patient_sex"],
        source=source,
    )


def _series(studies: dict[_StudyKey, Study], objects: Iterable[Parsed]) -> dict[_SeriesKey, Series]:
    wanted = {
        (studies[_study_key(each.head)].pk, each.head["series"]): each.head for each in objects
    }
    by_pk = {row.pk: row for row in studies.values()}

    def there() -> dict[_SeriesKey, Series]:
        rows = [row for study, uid in wanted for row in _series_of(study, uid)]
        return {(row.study_id, row.uid): row for row in rows}

    found = there()
    if missing := wanted.keys() - found.keys():
        Series.objects.bulk_create(
            (
                Series(
                    study=by_pk[key[0]],
                    uid=key[1],
                    number=wanted[key]["series_number"],
                    modality=wanted[key]["modality"][:16],
                    description=wanted[key]["series_description"][:200],
                    body_part=wanted[key]["body_part"][:64],
                    role=_role(wanted[key]),
                )
                for key in sorted(missing)
            ),
            ignore_conflicts=True,
        )
        found = there()
    for row in found.values():
        row.study = by_pk[row.study_id]
    return found


def _instance(each: Parsed, *, aside: bool) -> Instance:
    head = each.head
    metadata = head.get("metadata", b"")
    return Instance(
        series=each.series,
        uid=head["instance"],
        blob=each.blob,
        sop_class=head["sop_class"],
        transfer_syntax=head["syntax"],
        number=head["number"],
        position=head["position"],
        frames=head["frames"],
        rows=head["rows"],
        columns=head["columns"],
        bits=head["bits"],
        pixel_offset=head["pixel_offset"],
        frame_length=head["frame_length"],
        header_length=head["header_length"],
        metadata=metadata,
        settled=bool(metadata),
        aside=aside,
    )


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None


def _role(head: dict[str, Any]) -> str:
    return role_of(
        sop_class=head["sop_class"], modality=head["modality"].upper(),
        image_type=tuple(each.upper() for each in head["image_type"]),
        description=head["series_description"], count=1, has_pixels=bool(head["frames"]),
    )  # fmt: skip
