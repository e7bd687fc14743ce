"""The largest upload that is promised: 20,000 files, 8 GB, one folder picked in real Chromium.

    python -m benchmarks.largest_upload            # 15,000 images and 5,000 other files; writes
    python -m benchmarks.largest_upload --quick    # a fortieth of it, prints only

A disc of 30 synthetic CT series of 500 images (noise like a scanner's, so that they shrink as CT
does) with a viewer's program beside it: 5,000 small files that are no images. The uploader packs
and sends it to one server process with one worker on the same machine; the link is not slowed.
Timed until all has arrived, and until all is sorted; then each image is looked for in the vault by
its SHA-256. There is no peer: another uploader sends 20,000 uploads where ours sends packs.
"""

import argparse
import hashlib
import os
import platform
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import phantom
from benchmarks.upload_link import CHROMIUM, FLAGS, ROOT, arrived
from benchmarks.watched import Memory, tree
from tests.web.site import Site

RESULT = ROOT / "benchmarks" / "results" / "largest_upload.md"
IMAGES, PATIENCE = 500, 5400  # images a series; seconds


@dataclass
class Run:
    """What one upload was measured at; memory in MB, by who held it."""

    sent: float
    sorted: float
    payload: int
    uploads: int
    memory: dict[str, int]


def disc(folder: Path, series: int, others: int) -> set[str]:
    """Write a disc and return the SHA-256 of each image."""
    wanted = set()
    for number, data in enumerate(phantom.images(IMAGES)):
        for run in range(1, series + 1):
            made = phantom.of_run(data, run)
            place = folder / "DICOM" / f"S{run:03}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"IM{number:05}").write_bytes(made)
            wanted.add(hashlib.sha256(made).hexdigest())
    for number in range(others):
        place = folder / "VIEWER" / f"{number // 500:02}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"res{number:04}.dll").write_bytes(b"MZ" + number.to_bytes(4) * 300)
    return wanted


def upload(browser: Browser, driver: set[int], folder: Path, wanted: set[str]) -> Run:
    """Send a folder into a site of its own, have it sorted, and find every image."""
    with tempfile.TemporaryDirectory(prefix="largest-site-") as place, Site(Path(place)) as site:
        facts = site.facts or {}
        site.work()
        assert site.process
        assert site.worker
        memory = {
            "browser": Memory(driver), "server": Memory({site.process.pid}),
            "worker": Memory({site.worker.pid}),
        }  # fmt: skip
        context = browser.new_context()
        context.add_cookies(
            [{"name": "sessionid", "value": facts["sessions"]["drafting"], "url": site.url}]
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{site.url}/my/cases/{facts['draft']}/request/files/")
        page.wait_for_selector("[data-uploader][data-ready]")
        begun = time.monotonic()
        page.locator("input[data-pick=folder]").set_input_files(folder)
        page.wait_for_selector(".uploader-job[data-state=arrived]", state="attached")
        sent = time.monotonic() - begun
        payload, uploads = arrived(site)
        context.close()
        left = wanted
        while left := left - {row[0] for row in site.rows("select digest from core_blob")}:
            assert time.monotonic() - begun < PATIENCE, f"{len(left)} images are not there"
            time.sleep(2)
        ready = time.monotonic() - begun
        return Run(
            sent, ready, payload, uploads, {name: each.end() for name, each in memory.items()}
        )


def main() -> None:
    """Measure, print, and write the results of a full run."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--quick", action="store_true")
    quick = given.parse_args().quick
    series, others = (1, 125) if quick else (30, 5000)
    with tempfile.TemporaryDirectory(prefix="largest-disc-") as place, sync_playwright() as player:
        folder = Path(place) / "DISC"
        wanted = disc(folder, series, others)
        raw = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
        before = set(tree({os.getpid()}))
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        version = browser.version
        driver = set(tree({os.getpid()})) - before
        run = upload(browser, driver, folder, wanted)
        browser.close()
    files = series * IMAGES + others
    figure = (
        f"{files:,} files, {raw / 1e9:.2f} GB: arrived in {run.sent:.0f} s, sorted in "
        f"{run.sorted:.0f} s, every image found by its SHA-256"
    )
    rows = [
        "| Files | Raw GB | Sent GB | Shrunk | Uploads | Arrived | Raw MB a second "
        "| All sorted and found |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
        f"| {files:,} | {raw / 1e9:.2f} | {run.payload / 1e9:.2f} | {raw / run.payload:.2f} "
        f"| {run.uploads} | {run.sent:.0f} s | {raw / 1e6 / run.sent:.0f} | {run.sorted:.0f} s |",
        "",
        "Most memory at once: "
        + ", ".join(f"{name} {most} MB" for name, most in run.memory.items()) + ".",
    ]  # fmt: skip
    print("\n".join(rows))
    if not quick:
        machine = (
            f"{datetime.now(UTC):%d %B %Y}, {platform.machine()}, {os.cpu_count()} cores shared "
            f"with other work, Python {platform.python_version()}, Chromium {version}. "
            "`python -m benchmarks.largest_upload` makes this page."
        )
        head = ["# The largest upload", "", (__doc__ or "").split("\n\n", 2)[2].strip(), ""]
        RESULT.write_text("\n".join([*head, *rows, "", machine, ""]))
    print(figure)


if __name__ == "__main__":
    main()
