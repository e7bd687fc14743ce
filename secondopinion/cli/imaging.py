"""`secondopinion imaging`: the checks of images on a disk, without a server or a database."""

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from secondopinion.cli import copies
from secondopinion.cli.said import (
    FINE,
    FOUND,
    UNREADABLE,
    WEIGHT,
    as_finding,
    birth_date,
    counted,
)
from secondopinion.core import kinds
from secondopinion.findings.found import INFO
from secondopinion.imaging.checks import stacks
from secondopinion.imaging.checks.examine import Asked, Said, everything
from secondopinion.imaging.checks.identity import Child, day, patients_of
from secondopinion.imaging.checks.model import Image, Patient, Series, Study
from secondopinion.imaging.inspecting import Disk, inspect

MOST_SHOWN = 5  # instances of one finding in the table; the JSON has them all


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to the command line."""
    what = verbs.add_parser("imaging", help="images on a disk").add_subparsers(
        dest="what", required=True
    )
    copies.add_to(what)
    check = what.add_parser("check", help="say what is wrong with a folder, zip, ISO or file")
    check.add_argument("path", type=Path)
    check.add_argument(
        "--child", metavar="NAME", default="", help="the child's name, in any script"
    )
    check.add_argument("--born", metavar="DATE", type=birth_date, help="YYYY-MM-DD")
    check.add_argument("--sex", choices=["F", "M", "O"], default="")
    check.add_argument("--json", action="store_true", help="one JSON object, and nothing else")


def run(given: argparse.Namespace) -> int:
    """Run a verb of images; return its exit status."""
    return copies.deidentify(given) if given.what == "deidentify" else check(given)


def check(given: argparse.Namespace) -> int:
    """Check a disk; return 0 for nothing above information, 1 for warnings, 2 for unreadable."""
    out, err = sys.stdout, sys.stderr

    def progress(files: int, images: int) -> None:
        err.write(f"{files} files read, {images} images\n")

    try:
        disk = inspect(given.path, progress)
    except OSError as error:
        err.write(f"{given.path} cannot be read: {error.strerror or type(error).__name__}\n")
        if not given.json:
            return UNREADABLE
        disk = Disk()
    child = None
    if given.child or given.born or given.sex:
        child = Child((given.child,) if given.child else (), given.born, given.sex)
    asked = Asked(datetime.now(UTC).date(), child)
    studies, said = everything(disk.images, asked, disk.listed)
    said = sorted(disk.said + said, key=lambda each: WEIGHT[each[1].severity])
    if given.json:
        json.dump(as_json(disk, studies, said), out, ensure_ascii=False, allow_nan=False)
        out.write("\n")
    else:
        out.writelines(f"{line}\n" for line in as_lines(disk, studies, said))
    if not disk.images and not said:
        return UNREADABLE
    if not disk.images and all(each.code != "film-photograph" for _check, each in said):
        return UNREADABLE
    return FOUND if any(each.severity != INFO for _check, each in said) else FINE


def as_json(disk: Disk, studies: list[Study], said: list[Said]) -> dict[str, Any]:
    """Return the result as the contract of both `check` commands has it."""
    return {
        "version": "1",
        "tool": f"secondopinion {version('secondopinion')}",
        "patients": [_patient(person[0]) for person in patients_of(disk.images)],
        "studies": [
            {
                "study_instance_uid": study.uid,
                "date": _date(study.date),
                "description": study.description,
                "series": [_series(series) for series in study.series],
            }
            for study in studies
        ],
        "findings": [as_finding(check, each) for check, each in said],
        "files": [
            {"path": each.path, "kind": each.kind, "reason": each.reason} for each in disk.files
        ],
    }


def _patient(patient: Patient) -> dict[str, Any]:
    return {
        "name": patient.shown_name,
        "birth_date": _date(patient.birth_date),
        "sex": patient.sex if patient.sex in {"F", "M", "O"} else None,
        "id": patient.id,
    }


def _date(text: str) -> str | None:
    found = day(text)
    return found.isoformat() if found else None


def _series(series: Series) -> dict[str, Any]:
    spacing, tilt = _geometry(series)
    first = series.images[0]
    thickness = {round(each.thickness, 3) for each in series.planes if each.thickness}
    return {
        "series_instance_uid": series.uid,
        "modality": series.modality,
        "description": series.description,
        "number": series.number,
        "role": series.role,
        "instances": len(series.images),
        "rows": first.rows,
        "columns": first.columns,
        "spacing_mm": spacing,
        "thickness_mm": sorted(thickness),
        "tilt_degrees": tilt,
        "transfer_syntaxes": sorted({row.syntax for row in series.images}),
    }


def _geometry(series: Series) -> tuple[float | None, float | None]:
    """Return the usual step between planes in mm and the tilt in degrees of the largest stack."""
    groups = stacks.directions(series)
    if not groups or len(groups[0]) < stacks.LEAST:
        return None, None
    stack = stacks.split(groups[0])[0]
    step = stacks.usual_step(stack)
    return (round(step, 3) if step else None), round(stacks.tilt(stack), 2)


def as_lines(disk: Disk, studies: list[Study], said: list[Said]) -> Iterable[str]:
    """Yield the result as a table of series and a list of findings."""
    for person in patients_of(disk.images):
        patient = person[0]
        born = _date(patient.birth_date) or "?"
        yield f"Patient: {patient.shown_name}, born {born}, {patient.sex or '?'}, id {patient.id}"
    for study in studies:
        yield ""
        yield f"Study {_date(study.date) or '?'} {study.description} ({study.uid})"
        yield "  number  modality  role               images  matrix     step mm  description"
        for series in study.series:
            yield _row(series)
    yield ""
    yield (
        f"{counted(len(disk.images), 'image')} in {counted(len(disk.files), 'file')}; "
        f"{counted(len(said), 'finding')}."
    )
    passed = [each.path for each in disk.files if each.kind != kinds.DICOM]
    if passed:
        more = len(passed) - MOST_SHOWN
        yield (
            "Not DICOM: "
            + ", ".join(passed[:MOST_SHOWN])
            + (f" and {more} more" if more > 0 else "")
        )
    numbers = {row.uid: row for row in disk.images}
    for check, each in said:
        yield ""
        yield f"{each.severity.upper()}: {each.message} [{each.code}]"
        if each.advice:
            yield f"  {each.advice}"
        yield from _details(check, each, numbers)


def _row(series: Series) -> str:
    first, (step, _tilt) = series.images[0], _geometry(series)
    matrix = f"{first.rows}×{first.columns}" if first.rows else ""
    return (
        f"  {series.number if series.number is not None else '':>6}  {series.modality:8}  "
        f"{series.role:17}  {len(series.images):>6}  {matrix:9}  "
        f"{'' if step is None else step:>7}  {series.description}"
    )


def _details(check: str, each: Any, images: dict[str, Image]) -> Iterable[str]:
    if each.measured:
        yield "  " + ", ".join(f"{name} {value}" for name, value in each.measured.items())
    if "series" in each.where:
        yield f"  series {each.where['series']}"
    if "file" in each.where:
        yield f"  file {each.where['file']}"
    instances = each.where.get("instances") or []
    for uid in instances[:MOST_SHOWN]:
        row = images.get(uid)
        yield f"  instance {uid}{f' ({row.file}, number {row.number})' if row else ''}"
    if len(instances) > MOST_SHOWN:
        yield f"  and {len(instances) - MOST_SHOWN} more"
    yield f"  by {check}, sure to {each.confidence:.0%}"
