"""Runs every check over the studies of a disk: one finding after another, with the check's name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from secondopinion.findings.found import Found
from secondopinion.imaging.checks import disk, geometry, identity, pixels, quality
from secondopinion.imaging.checks.identity import Child
from secondopinion.imaging.checks.model import Image, Series, Study, studies_of

type Said = tuple[str, Found]  # name@version of the check, and what it found


@dataclass(frozen=True, slots=True)
class Asked:
    """What the images are compared with: the child, what the question calls for, the day."""

    today: date
    child: Child | None = None
    wanted: disk.Wanted | None = None

    @property
    def thickest_mm(self) -> float | None:
        """The thickest slices that serve the question."""
        return self.wanted.thickest_mm if self.wanted else None


def series(row: Series, study: Study, asked: Asked) -> Iterator[Said]:
    """Yield what is to be said of one series."""
    for each in geometry.check(row, study):
        yield geometry.NAME, each
    for each in quality.check(row, asked.thickest_mm):
        yield quality.NAME, each
    for each in pixels.check(row):
        yield pixels.NAME, each


def study(row: Study, asked: Asked) -> Iterator[Said]:
    """Yield what is to be said of one study as a whole."""
    if asked.child is not None:
        for each in identity.check_child(row, asked.child):
            yield identity.NAME, each
        for each in identity.check_made(row, asked.child):
            yield identity.MADE, each
    for each in disk.age(row, asked.today):
        yield disk.AGE, each


def everything(
    images: list[Image], asked: Asked, listed: Iterable[tuple[str, str, str]] = ()
) -> tuple[list[Study], list[Said]]:
    """Return the studies of a disk and all that is to be said of them.

    `listed` are study, series and instance UIDs from its DICOMDIR.
    """
    said: list[Said] = [(disk.DOUBLES, each) for each in disk.doubles(images)]
    kept: dict[tuple[str, str], Image] = {}
    for row in images:
        kept.setdefault((row.uid, row.digest), row)
    rows = list(kept.values())
    studies = studies_of(rows)
    for each in studies:
        said += study(each, asked)
        for inner in each.series:
            said += series(inner, each, asked)
    said += [(identity.PATIENTS, each) for each in identity.check_patients(rows, asked.child)]
    present = {row.uid for row in rows}
    said += [(disk.DIRECTORY, each) for each in disk.missing_from_disk(listed, present)]
    if asked.wanted is not None:
        said += [(disk.WANTED, each) for each in disk.wanted(studies, asked.wanted)]
    return studies, said
