"""What one image costs when a million are indexed, beside what it costs when ten thousand are.

Two servers of ours at once, with SQLite, or with PostgreSQL where DATABASE_URL names one; by turns
the same images are stored in the same case of each, listed, described, and read. The rows of the
rest are made by the models, with headers as large as a scanner's, in cases of their own; their
contents are not in the vault, for nobody asks for them. `--quick` takes 50,000 instead of a
million; without it the results are written to benchmarks/results/growth.md.
"""

import argparse
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import phantom
from benchmarks.dicomweb_vs_orthanc import Round
from tests.interop import servers

RESULTS = Path(__file__).parent / "results" / "growth.md"
FEW, MANY, SOME = 10_000, 1_000_000, 50_000
A_SERIES, A_CASE = 500, 5_000  # images
HEADER = 1600  # bytes of a CT's DICOM JSON, deflated
GOAL = 1.3


def fill(count: int) -> None:
    """Put `count` images into the database that the environment names."""
    import django

    django.setup()

    from django.db import transaction

    from secondopinion.accounts import actions as accounts
    from secondopinion.cases import actions as cases
    from secondopinion.core.models import Blob
    from secondopinion.imaging.models import Instance, Series, Study

    chance = random.Random(count)
    headers = [zlib.compress(chance.randbytes(HEADER), 0)[:HEADER] for _ in range(50)]
    family = accounts.ensure_person(email="olena@rodyna.example", full_name="Олена Коваль")
    for at in range(0, count, A_SERIES):
        if at % A_CASE == 0:
            case = cases.start_draft(by=family, language="uk")
        with transaction.atomic():
            study = Study.objects.create(
                case=case, uid=f"{phantom.ROOT}.7.{at}", patient_key="F", source="family"
            )
            series = Series.objects.create(
                study=study, uid=f"{phantom.ROOT}.8.{at}", number=1, modality="CT"
            )
            blobs = Blob.objects.bulk_create(
                Blob(space=case.vault, digest=chance.randbytes(32).hex(), length=532_000)
                for _ in range(min(A_SERIES, count - at))
            )
            Instance.objects.bulk_create(
                Instance(
                    series=series, uid=f"{phantom.ROOT}.9.{at + number}", blob=blob,
                    sop_class="1.2.840.10008.5.1.4.1.1.2", transfer_syntax="1.2.840.10008.1.2.1",
                    number=number, position=float(number), frames=1, rows=512, columns=512, bits=16,
                    pixel_offset=7000, frame_length=524_288, header_length=7000,
                    metadata=headers[number % len(headers)],
                )
                for number, blob in enumerate(blobs)
            )  # fmt: skip
    print(Instance.objects.count())


def by_turns(folder: Path, many: int, images: int, rounds: int) -> list[tuple[str, float, float]]:
    """Return each measurement's name with its median ms for an image among few and among many."""
    files = list(phantom.images(images))
    times: dict[str, tuple[list[float], list[float]]] = {}

    def filled(count: int) -> tuple[str, ...]:
        return ("-m", "benchmarks.growth", "--fill", str(count))

    with (
        servers.house(folder / "few", workers=2, filled=filled(FEW)) as few,
        servers.house(folder / "many", workers=2, filled=filled(many)) as much,
    ):
        for run in range(rounds + 1):  # the first warms both up and is not counted
            turns = ((0, few), (1, much)) if run % 2 else ((1, much), (0, few))
            for which, peer in turns:
                measured = Round(peer, files, run, rest=False)
                measured.store()
                measured.read()
                for name, seconds in measured.seconds.items() if run else ():
                    times.setdefault(name, ([], []))[which].append(seconds * 1000 / images)
    return [(name, *map(statistics.median, both)) for name, both in times.items()]


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--quick", action="store_true", help="50,000 images, fewer rounds")
    given.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    options = given.parse_args()
    if options.fill is not None:
        fill(options.fill)
        return
    many, images, rounds = (SOME, 40, 3) if options.quick else (MANY, 200, 9)
    folder = Path(tempfile.mkdtemp(prefix="growth-", dir=os.environ.get("BENCH_DIR")))
    try:
        rows = by_turns(folder, many, images, rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    database = "PostgreSQL" if "postgres" in os.environ.get("DATABASE_URL", "") else "SQLite"
    lines = [
        "# One image among a million",
        "",
        f"{images} images of a CT, {rounds} rounds by turns, {database}; {os.cpu_count()} cores, "
        f"{platform.platform()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}. "
        "The machine was shared: only ratios mean something.",
        "",
        f"| What, ms for an image | Among {FEW:,} | Among {many:,} | Ratio | Goal {GOAL} |",
        "| --- | --: | --: | --: | --- |",
    ]
    worst = ("", 0.0)
    for name, small, large in rows:
        ratio = large / small
        worst = max(worst, (name, ratio), key=lambda each: each[1])
        verdict = "reached" if ratio <= GOAL else "**not reached**"
        lines.append(f"| {name} | {small:.2f} | {large:.2f} | {ratio:.2f} | {verdict} |")
    print("\n".join(lines))
    if not options.quick:
        RESULTS.write_text("\n".join(lines) + "\n")
    print(f"Most dearer among {many:,}: {worst[0]}, {worst[1]:.2f} times")


if __name__ == "__main__":
    main()
