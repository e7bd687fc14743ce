"""Taking DICOM objects in: parsed in batches, indexed, their original bytes unaltered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.core import sandbox, vault
from secondopinion.core.models import Blob
from secondopinion.imaging import headers
from secondopinion.imaging.checks import check_series, check_study
from secondopinion.imaging.models import Instance, Series, Study

BATCH = 32 * 1024**2  # bytes for one child

_LOCALIZER = {"LOCALIZER", "SCOUT", "TOPOGRAM"}
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


@dataclass(slots=True)
class TakenIn:
    """What became of each object: ``stored``, ``duplicate`` or ``unreadable``."""

    outcomes: list[tuple[str, str]] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """Return how many had an outcome."""
        return sum(each == outcome for _name, each in self.outcomes)


def take_in(*, case: Case, by: Person, blobs: list[tuple[str, Blob]], source: str) -> TakenIn:
    """Index DICOM objects of a case. What is there already is a duplicate; safe to run again."""
    taken = TakenIn()
    touched: set[Series] = set()
    for batch in _batches(blobs):
        parsed = _parse(batch)
        with transaction.atomic():
            for (name, blob), head in zip(batch, parsed, strict=True):
                if "error" in head:
                    taken.outcomes.append((name, "unreadable"))
                    continue
                series, made = _index(case, blob, head, source)
                taken.outcomes.append((name, "stored" if made else "duplicate"))
                touched.add(series)
            audit.record(
                "images-added", by=by, case_id=case.pk, target=case,
                detail={"objects": len(batch)},
            )  # fmt: skip
    for series in touched:
        check_series(series)
    for study in {series.study for series in touched}:
        check_study(study)
    return taken


def _batches(blobs: list[tuple[str, Blob]]) -> Iterator[list[tuple[str, Blob]]]:
    batch: list[tuple[str, Blob]] = []
    size = 0
    for name, blob in blobs:
        if batch and size + blob.length > BATCH:
            yield batch
            batch, size = [], 0
        batch.append((name, blob))
        size += blob.length
    if batch:
        yield batch


def _parse(batch: list[tuple[str, Blob]]) -> list[dict[str, Any]]:
    """Parse a batch; where one object brings the child down, each is tried alone."""
    files = [vault.read(blob) for _name, blob in batch]
    memory = 1024 + sum(map(len, files)) * 4 // 1024**2
    try:
        parsed: list[dict[str, Any]] = sandbox.run(
            headers.parse_all, files, memory_mb=memory, cpu_s=120, wall_s=240
        )
    except sandbox.Failed as failed:
        if len(batch) == 1:
            return [{"error": failed.reason}]
        return [_parse([each])[0] for each in batch]
    return parsed


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None


def _role(head: dict[str, Any]) -> str:
    if {each.upper() for each in head["image_type"]} & _LOCALIZER:
        return Series.Role.LOCALIZER
    if head["sop_class"].startswith(_SECONDARY_CAPTURE):
        return Series.Role.SECONDARY_CAPTURE
    return Series.Role.VOLUME if head["frames"] else Series.Role.OTHER


def _index(case: Case, blob: Blob, head: dict[str, Any], source: str) -> tuple[Series, bool]:
    study, _made = Study.objects.get_or_create(
        case=case,
        uid=head["study"],
        defaults={
            "date": _day(head["study_date"]),
            "description": head["study_description"][:200],
            "patient_name": head["patient_name"][:324],
            "patient_id": head["patient_id"][:64],
            "patient_birth_date": _day(head["patient_birth_date"]),
            "patient_sex": head["patient_sex"],
            "source": source,
        },
    )
    series, _made = Series.objects.select_related("study__case__child").get_or_create(
        study=study,
        uid=head["series"],
        defaults={
            "number": head["series_number"],
            "modality": head["modality"][:16],
            "description": head["series_description"][:200],
            "body_part": head["body_part"][:64],
            "role": _role(head),
        },
    )
    _instance, made = Instance.objects.get_or_create(
        series=series,
        uid=head["instance"],
        blob=blob,
        defaults={
            "sop_class": head["sop_class"],
            "transfer_syntax": head["syntax"],
            "number": head["number"],
            "position": head["position"],
            "frames": head["frames"],
            "rows": head["rows"],
            "columns": head["columns"],
            "pixel_offset": head["pixel_offset"],
            "frame_length": head["frame_length"],
            "metadata": head["metadata"],
        },
    )
    return series, made
