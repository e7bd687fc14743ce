"""DICOMweb beside Orthanc, in one run: the same files, the same client, by turns.

Orthanc at its best (TCP_NODELAY=1 in its environment and in the client's sockets); ours with its
encryption on, two processes, each instance durable before it is acknowledged. Only the ratios mean
something: the machine may be shared. `--quick` takes under a minute; without it the results are
written to benchmarks/results/dicomweb_vs_orthanc.md.
"""

import argparse
import hashlib
import os
import platform
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import phantom
from benchmarks.wire import Wire, together
from tests.interop import servers
from tests.interop.servers import Peer, multipart

RESULTS = Path(__file__).parent / "results" / "dicomweb_vs_orthanc.md"
OCTETS = 'multipart/related; type="application/octet-stream"'
DICOM = 'multipart/related; type="application/dicom"'
CONNECTIONS, A_REQUEST = 4, 10

# Ours is made by the worker, seconds after the last image came; asked for before, it is made then.
FIRST = "WADO-RS metadata, before the worker has made it"

# What is promised: our speed by Orthanc's, at least; nothing is promised where it is 0.
GOALS = {
    "STOW-RS, 10 a request, 4 connections": 1.5,
    "STOW-RS beside Orthanc's REST upload": 1.0,
    "WADO-RS frames, 4 connections": 1.5,
    "WADO-RS series in one request": 1.5,
    "QIDO-RS of all instances": 5.0,
    "WADO-RS metadata of the series": 2.0,
    FIRST: 0.0,
    "rendered JPEG, 4 connections": 1.5,
    "rendered PNG, 4 connections": 1.5,
}


def check(got: tuple[int, int], at_least: int = 1) -> None:
    """Raise when an answer is not what the comparison is about."""
    if got[0] not in {200, 202} or got[1] < at_least:
        raise AssertionError(got)


class Round:
    """One round of every measurement on one server; seconds by name."""

    def __init__(self, peer: Peer, files: list[bytes], run: int, *, rest: bool) -> None:
        self.peer, self.run, self.rest = peer, run, rest
        self.files = [phantom.of_run(each, run) for each in files]
        self.upload = [phantom.of_run(each, run + 50_000) for each in files] if rest else []
        self.seconds: dict[str, float] = {}
        self.series = f"/studies/{phantom.study_uid(run)}/series/{phantom.series_uid(run)}"

    def timed(self, name: str, tasks: list[Callable[[Wire], None]], connections: int) -> None:
        self.seconds[name] = together(connections, self.peer.url, self.peer.headers, tasks)

    def store(self) -> None:
        """Store everything, ten objects a request."""
        tasks = []
        for at in range(0, len(self.files), A_REQUEST):
            kind, body = multipart(self.files[at : at + A_REQUEST])
            tasks.append(
                lambda wire, body=body, kind=kind: check(
                    wire.ask("POST", "/studies", body, Content_Type=kind,
                             Accept="application/dicom+json")
                )
            )  # fmt: skip
        self.timed("STOW-RS, 10 a request, 4 connections", tasks, CONNECTIONS)

    def upload_by_rest(self) -> None:
        """Store the same number of images by Orthanc's own interface, its fastest."""
        tasks = [
            lambda wire, data=data: check(wire.ask("POST", "/instances", data, root=True))
            for data in self.upload
        ]
        self.timed("STOW-RS beside Orthanc's REST upload", tasks, CONNECTIONS)

    def read(self) -> None:
        """Read everything in every way."""
        count = len(self.files)
        instances = [
            f"{self.series}/instances/{phantom.instance_uid(self.run, number)}"
            for number in range(count)
        ]
        frame = phantom.SIZE * phantom.SIZE * 2

        def get(path: str, accept: str, least: int) -> Callable[[Wire], None]:
            return lambda wire: check(wire.ask("GET", path, Accept=accept), least)

        json = "application/dicom+json"
        self.timed("QIDO-RS of all instances",
                   [get(f"{self.series}/instances", json, count * 300)], 1)  # fmt: skip
        for name in (FIRST, "WADO-RS metadata of the series"):
            self.timed(name, [get(f"{self.series}/metadata", json, count * 1500)], 1)
        self.timed("WADO-RS frames, 4 connections",
                   [get(f"{each}/frames/1", OCTETS, frame) for each in instances],
                   CONNECTIONS)  # fmt: skip
        self.timed("WADO-RS series in one request",
                   [get(self.series, DICOM, count * frame)], 1)  # fmt: skip
        self.timed("rendered JPEG, 4 connections",
                   [get(f"{each}/rendered", "image/jpeg", 1000) for each in instances],
                   CONNECTIONS)  # fmt: skip
        some = instances[: max(40, count // 5)]
        self.timed("rendered PNG, 4 connections",
                   [get(f"{each}/rendered", "image/png", 1000) for each in some],
                   CONNECTIONS)  # fmt: skip


class Memory:
    """Watches what a server holds while it works."""

    def __init__(self, peer: Peer) -> None:
        self.peer, self.peak, self._stop = peer, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.25):
            self.peak = max(self.peak, self.peer.memory_mb())


def same(ours: Peer, theirs: Peer, run: int, data: bytes) -> None:
    """Raise unless both answer with the same pixels and the same number of instances."""
    series = f"/studies/{phantom.study_uid(run)}/series/{phantom.series_uid(run)}"
    path = f"{series}/instances/{phantom.instance_uid(run, 3)}/frames/1"
    pixels = data[-phantom.SIZE * phantom.SIZE * 2 :]
    for peer in (ours, theirs):
        body = peer.ask("GET", path, Accept=OCTETS)[2]
        assert pixels in body
    listed = [len(peer.json(f"{series}/instances")) for peer in (ours, theirs)]
    assert listed[0] == listed[1], listed


def limits(folder: Path, files: list[bytes]) -> dict[str, float]:
    """Return what the machine could do at most, in images a second, on one thread."""
    from secondopinion.core import durable
    from secondopinion.imaging import headers, walk

    def speed(work: Callable[[], Any]) -> float:
        began = time.perf_counter()
        work()
        return len(files) / (time.perf_counter() - began)

    def write() -> None:
        paths = []
        for number, data in enumerate(files):
            path = folder / f"raw-{number}"
            path.write_bytes(data)
            paths.append(path)
        durable.sync(paths)

    def write_each() -> None:
        for number, data in enumerate(files):
            with (folder / f"each-{number}").open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())

    return {
        "SHA-256": speed(lambda: [hashlib.sha256(each).digest() for each in files]),
        "write all, one sync": speed(write),
        "write and sync each": speed(write_each),
        "header, quick walk": speed(lambda: [walk.walk(each[:65536], len(each)) for each in files]),
        "header to DICOM JSON (later, not acknowledged by it)": speed(
            lambda: headers.describe_all([each[:16384] for each in files[:50]])
        ) * min(1, 50 / len(files)),
    }  # fmt: skip


def by_turns(folder: Path, files: list[bytes], rounds: int) -> list[str]:
    """Run both servers, measure by turns, and return the lines of the report."""
    mine: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    with (
        servers.house(folder / "ours", workers=2) as us,
        servers.orthanc(folder / "orthanc") as peer,
        Memory(us) as our_memory,
        Memory(peer) as their_memory,
    ):
        version = servers.version_of_orthanc(peer)
        for run in range(1, rounds + 1):
            first, second = (us, peer) if run % 2 else (peer, us)
            both = (first, second)
            made = {id(each): Round(each, files, run, rest=each is peer) for each in both}
            for step in ("store", "read"):
                for each in (first, second):
                    getattr(made[id(each)], step)()
            made[id(peer)].upload_by_rest()
            for kept, each in ((mine, made[id(us)]), (theirs, made[id(peer)])):
                for name, seconds in each.seconds.items():
                    kept.setdefault(name, []).append(seconds)
            if run == 1:
                same(us, peer, run, files[3])
    mine["STOW-RS beside Orthanc's REST upload"] = mine["STOW-RS, 10 a request, 4 connections"]
    return [
        *table(mine, theirs, len(files)),
        "",
        f"Peak memory, all processes: ours {our_memory.peak:.0f} MB, Orthanc "
        f"{their_memory.peak:.0f} MB (goal: ours under 600 MB).",
        f"Orthanc {version}.",
    ]


def table(mine: dict[str, list[float]], theirs: dict[str, list[float]], count: int) -> list[str]:
    """Return the comparison: medians, and the median of the rounds' ratios."""
    lines = ["| What | Ours | Orthanc | Ratio | Goal | |", "| --- | --: | --: | --: | --: | --- |"]
    for name, goal in GOALS.items():
        ratio = statistics.median(b / a for a, b in zip(mine[name], theirs[name], strict=True))
        if "QIDO" in name or "metadata" in name:
            shown = [f"{statistics.median(each[name]) * 1000:.0f} ms" for each in (mine, theirs)]
        else:
            done = max(40, count // 5) if "PNG" in name else count
            shown = [f"{done / statistics.median(each[name]):.0f}/s" for each in (mine, theirs)]
        verdict = "" if not goal else "reached" if ratio >= goal else "**not reached**"
        wanted = f"{goal:.1f}" if goal else "–"
        lines.append(f"| {name} | {shown[0]} | {shown[1]} | {ratio:.2f} | {wanted} | {verdict} |")
    return lines


def share(lines: list[str], raw: dict[str, float], stored: float) -> None:
    """Add the raw limits and what share of them storing reaches."""
    lines += ["", "| Raw limit, one thread | Images/s | Storing reaches |", "| --- | --: | --: |"]
    for name, value in raw.items():
        lines.append(f"| {name} | {value:.0f} | {stored / value:.0%} |")


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--quick", action="store_true", help="fewer images, fewer rounds")
    given.add_argument("--images", type=int, default=0)
    given.add_argument("--rounds", type=int, default=0)
    options = given.parse_args()
    count = options.images or (80 if options.quick else 500)
    rounds = options.rounds or (2 if options.quick else 5)
    files = list(phantom.images(count))
    folder = Path(tempfile.mkdtemp(prefix="dicomweb-", dir=os.environ.get("BENCH_DIR")))
    try:
        lines = by_turns(folder, files, rounds)
        raw_folder = folder / "raw"
        raw_folder.mkdir()
        os.environ.setdefault("DATA_DIR", str(folder / "settings"))
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secondopinion.settings")
        django.setup()
        stored = float(lines[2].split("|")[2].strip().removesuffix("/s"))
        share(lines, limits(raw_folder, files), stored)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    head = [
        "# DICOMweb beside Orthanc",
        "",
        f"{count} images of {len(files[0]) / 1000:.0f} kB, {rounds} rounds by turns; "
        f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%Y-%m-%d}. The machine was shared: only ratios mean something.",
        "",
    ]
    print("\n".join(head + lines))
    if not options.quick and not options.images:
        RESULTS.write_text("\n".join(head + lines) + "\n")
    print(f"STOW-RS, 10 a request, 4 connections, by Orthanc's: {lines[2].split('|')[4].strip()}")


if __name__ == "__main__":
    main()
