"""Runs the checks over the images of a case and writes down what they found; safe to run again."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from secondopinion.cases.models import Case, ItemState
from secondopinion.core import clock, vault
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.imaging import children, measuring, queries
from secondopinion.imaging.checks import (
    disk,
    examine,
    files,
    geometry,
    identity,
    pixels,
    quality,
)
from secondopinion.imaging.checks import model as light
from secondopinion.imaging.metadata import json_of
from secondopinion.imaging.models import DiscDirectory, Instance, Measurement, Series, Study
from secondopinion.program.queries import images_wanted

BATCH_FILES, BATCH_BYTES = 200, 32 * 1024**2  # measured by one child
OF_SERIES = (geometry.NAME, quality.NAME, pixels.NAME, files.NAME)
OF_STUDIES = (identity.NAME, identity.MADE, disk.AGE)
OF_CASES = (disk.DOUBLES, identity.PATIENTS, disk.DIRECTORY, disk.WANTED)


@dataclass(slots=True)
class _Book:
    """Findings by subject and check, so that each pair is written once."""

    pages: dict[tuple[models.Model, str], list[Found]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def begin(self, subject: models.Model, checks: tuple[str, ...]) -> None:
        for check in checks:
            self.pages.setdefault((subject, check), [])

    def write(self, subject: models.Model, check: str, found: Found) -> None:
        self.pages[subject, check].append(found)


def judge(case: Case) -> None:
    """Check all images of a case by what is known of them: headers, and pixels where measured."""
    book = _Book()
    wanted = _wanted(case)
    thickest = min((each.thickest_mm for each in wanted if each.thickest_mm), default=None)
    asked = examine.Asked(clock.today(), queries.child_of(case), disk.Wanted(thickest_mm=thickest))
    studies: list[light.Study] = []
    everything: list[light.Image] = []
    for study in Study.objects.filter(case=case):
        seen = light.Study(study.uid, f"{study.date:%Y%m%d}" if study.date else "",
                           study.description)  # fmt: skip
        rows = []
        for row in study.series.all():
            book.begin(row, OF_SERIES)
            if row.removed_at is None and (images := _images(row)):
                rows.append((row, images))
        seen.series = [light.series_of(_sole(images)) for _row, images in rows]
        for (row, images), each in zip(rows, seen.series, strict=True):
            everything += images
            Series.objects.filter(pk=row.pk).exclude(role=each.role).update(role=each.role)
            for check, found in examine.series(each, seen, asked):
                book.write(row, check, found)
            for found in files.programs_in(each):
                book.write(row, files.NAME, found)
        book.begin(study, OF_STUDIES)
        for check, found in examine.study(seen, asked) if rows else ():
            book.write(study, check, found)
        if rows:
            studies.append(seen)
    _judge_case(case, book, studies, everything, wanted)
    for (subject, check), written in book.pages.items():
        replace(case=case, subject=subject, check=check, found=written)


def _judge_case(
    case: Case,
    book: _Book,
    studies: list[light.Study],
    images: list[light.Image],
    wanted: list[disk.Wanted],
) -> None:
    book.begin(case, OF_CASES)
    for found in disk.doubles(images):
        book.write(case, disk.DOUBLES, found)
    for found in identity.check_patients(images, queries.child_of(case)):
        book.write(case, identity.PATIENTS, found)
    # What somebody took out has come: a disc does not lack it.
    present = set(
        Instance.objects.filter(series__study__case=case).values_list("uid", flat=True)
    )  # fmt: skip
    for directory in DiscDirectory.objects.filter(case=case):
        for found in disk.missing_from_disk(directory.rows(), present):
            book.write(case, disk.DIRECTORY, found)
    for each in wanted:
        for found in disk.wanted(studies, each):
            book.write(case, disk.WANTED, found)


def measure(case: Case) -> int:
    """Measure the pixels that were not measured yet by this version; return how many images.

    Each batch is written as soon as it is measured: a job that dies goes on where it stopped.
    """
    waiting = (
        Instance.objects.filter(series__study__case=case, series__removed_at=None, frames__gt=0)
        .exclude(measurement__version=measuring.VERSION)
        .select_related("blob__space")
        .defer("metadata")
        .order_by("series_id", "position", "uid")
    )
    count = 0
    for batch in _batches(waiting):
        numbers = children.each(measuring.measure_all, [vault.read(row.blob) for row in batch])
        for row, found in zip(batch, numbers, strict=True):
            Measurement.objects.update_or_create(
                instance=row, defaults={"version": measuring.VERSION, "numbers": found or {}}
            )
        count += len(batch)
    return count


def _batches(rows: models.QuerySet[Instance]) -> Iterator[list[Instance]]:
    batch: list[Instance] = []
    size = 0
    for row in list(rows):
        if batch and (len(batch) >= BATCH_FILES or size + row.blob.length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row.blob.length
    if batch:
        yield batch


def _images(series: Series) -> list[light.Image]:
    rows = (
        series.instances.select_related("blob", "measurement")
        .exclude(metadata=b"")
        .order_by("number", "uid", "aside", "created_at")
    )
    return [_image(row) for row in rows]


def _image(row: Instance) -> light.Image:
    image = light.image_of(
        json_of(row), syntax=row.transfer_syntax, file="", length=row.blob.length,
        digest=str(row.blob_id),
    )  # fmt: skip
    numbers: dict[str, Any] | None = getattr(getattr(row, "measurement", None), "numbers", None)
    image.pixels = numbers or None
    return image


def _sole(images: list[light.Image]) -> list[light.Image]:
    """Return the one that is shown of the images that share a UID; see `Instance.aside`."""
    return list({image.uid: image for image in reversed(images)}.values())[::-1]


def _wanted(case: Case) -> list[disk.Wanted]:
    """Return what the open items of the checklist say that images must show."""
    items = case.checklist.filter(kind="images").exclude(state=ItemState.WAIVED)
    found = []
    for key in items.values_list("key", flat=True):
        row = images_wanted(key)
        if row is not None:
            found.append(
                disk.Wanted(tuple(row.get("modalities", ())), tuple(row.get("body", ())),
                            bool(row.get("contrast")), row.get("thickest_mm"))
            )  # fmt: skip
    return found
