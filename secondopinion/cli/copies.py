"""`secondopinion imaging deidentify`: copies without names, without a server or a database."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from secondopinion.core import kinds, unpack
from secondopinion.imaging import deidentifying, disk
from secondopinion.imaging.confidentiality.report import Report, as_lines
from secondopinion.imaging.deidentifying import Wish

FINE, LOOK, NOTHING = 0, 1, 2
REPORT = "report.json"


def add_to(what: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to those of images."""
    verb = what.add_parser("deidentify", help="make copies without names of a folder, zip or ISO")
    verb.add_argument("path", type=Path)
    verb.add_argument("out", type=Path, help="a folder that is not there yet, or empty")
    verb.add_argument("--json", action="store_true", help="print the report as one JSON object")
    verb.add_argument(
        "--shift-dates", action="store_true", help="move dates by days instead of removing them"
    )
    verb.add_argument(
        "--keep-characteristics", action="store_true", help="keep sex, age, size and weight"
    )
    verb.add_argument(
        "--keep-scaling", action="store_true",
        help="keep the private numbers that scale Philips's pixels",
    )  # fmt: skip
    verb.add_argument("--screenshots", action="store_true", help="copy secondary captures too")
    verb.add_argument(
        "--name", action="append", default=[],
        help="a name to be looked for beside those in the headers",
    )  # fmt: skip
    verb.add_argument(
        "--faces-accepted", action="store_true",
        help="yes: a face can be made out of the slices of a head",
    )  # fmt: skip


def deidentify(given: argparse.Namespace) -> int:
    """Make the copies; return 0, 1 where somebody should look at what is said, 2 for none made."""
    err = sys.stderr
    if given.out.exists() and (not given.out.is_dir() or any(given.out.iterdir())):
        err.write(f"{given.out} is there already and not empty.\n")
        return NOTHING
    wish = Wish(
        shift=given.shift_dates, characteristics=given.keep_characteristics,
        scaling=given.keep_scaling, captures=given.screenshots, names=tuple(given.name),
    )  # fmt: skip
    try:
        seen = deidentifying.look(_objects(given.path), lambda n: _say(f"{n} objects looked at"))
        if seen.faces and not given.faces_accepted:
            err.write(
                "A face can be made out of the slices of a head, and the person be known by it. "
                "Nothing was copied. Where that is accepted, say --faces-accepted.\n"
            )
            return NOTHING
        report = Report(wish.said())
        copies = deidentifying.make(
            _objects(given.path), seen, wish, report, lambda n: _say(f"{n} objects copied")
        )
        for path, data in copies:
            target = given.out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    except OSError as error:
        err.write(f"{error.filename or given.path}: {error.strerror or type(error).__name__}\n")
        return NOTHING
    told = report.as_dict()
    if report.made:
        (given.out / REPORT).write_bytes(deidentifying.written(report))
    if given.json:
        json.dump(told, sys.stdout)
        sys.stdout.write("\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in as_lines(told))
    if not report.made:
        return NOTHING
    notices = any(row["notices"] for row in told["series"])
    return LOOK if notices or told["left_out"] else FINE


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _objects(path: Path) -> Iterator[tuple[str, bytes]]:
    for member in disk.walk(path):
        if member.kind == kinds.DICOM and not member.refused:
            try:
                yield member.path, member.read(disk.MOST_OBJECT)
            except unpack.Unsafe as problem:
                _say(f"one file is left out: {problem.code}")
