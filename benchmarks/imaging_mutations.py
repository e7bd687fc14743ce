"""20,000 damaged DICOM files in disks of 200, a whole one behind every 50: is every file answered,
is any sibling lost, how much memory is used.

    python benchmarks/imaging_mutations.py            # 20,000, writes the results
    python benchmarks/imaging_mutations.py --quick    # 200
"""

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pydicom

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from secondopinion.imaging import inspecting
from secondopinion.imaging.checks.examine import Asked, everything
from tests.imaging.mutations import mutated

RESULT = ROOT / "benchmarks" / "results" / "imaging_mutations.md"
MR_HEAD = ROOT / "secondopinion" / "demo" / "files" / "mr-head" / "mr-head-384.zip"
DISK, GROUP = 200, 50


def disk(path: Path, first: int, whole: list[bytes]) -> None:
    """Write a disk of damaged files from a number on."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
        for number in range(first, first + DISK):
            pack.writestr(f"damaged {number:05}", mutated(number)[1])
            if number % GROUP == GROUP - 1:
                pack.writestr(f"whole {number // GROUP:05}", whole[number // GROUP % len(whole)])


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--quick", action="store_true")
    given.add_argument("--count", type=int, default=20_000, help="a multiple of 200")
    arguments = given.parse_args()
    count = DISK if arguments.quick else arguments.count
    warnings.simplefilter("ignore")
    with zipfile.ZipFile(MR_HEAD) as pack:
        named = sorted(each for each in pack.namelist() if each.endswith(".dcm"))[180:220]
        whole = [pack.read(each) for each in named]
    reasons: Counter[str] = Counter()
    read = unanswered = lost = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, count, DISK):
            path = Path(folder) / "disk.zip"
            disk(path, first, whole)
            found = inspecting.inspect(path)
            everything(found.images, Asked(date(2026, 11, 1)), found.listed)
            answered = {each.path for each in found.files}
            images = {row.file for row in found.images}
            for number in range(first, first + DISK):
                unanswered += f"damaged {number:05}" not in answered
                if number % GROUP == GROUP - 1:
                    lost += f"whole {number // GROUP:05}" not in images
            reasons.update(each.reason for each in found.files if each.reason)
            reasons.update(
                f"pixels: {row.pixels['error']}" for row in found.images
                if row.pixels and row.pixels.get("error")
            )  # fmt: skip
            read += sum(each.startswith("damaged") for each in images)
            sys.stderr.write(f"{first + DISK} of {count}\n")
    took = time.monotonic() - began
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = [
        "| What | Count |", "| --- | ---: |", f"| damaged files | {count} |",
        f"| read all the same | {read} |", f"| without an answer | {unanswered} |",
        f"| whole siblings lost | {lost} of {count // GROUP} |",
        f"| most memory, this process | {mine} MB |",
        f"| files a second | {count / took:.0f} |",
        *(f"| told: {reason} | {number} |" for reason, number in reasons.most_common(16)),
    ]  # fmt: skip
    print("\n".join(lines))
    print(f"\n{count} damaged files: {unanswered} unanswered, {lost} siblings lost, "
          f"{mine} MB here (its children are the fork server’s, and not seen)")  # fmt: skip
    if count > DISK:
        RESULT.write_text(
            f"# Damaged DICOM files\n\n{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, "
            f"{os.cpu_count()} cores, Python {platform.python_version()}, pydicom "
            f"{pydicom.__version__}.\n\n" + "\n".join(lines) + "\n"
        )


if __name__ == "__main__":
    main()
