"""A disc over a bad link, from real Chromium: our uploader beside raw tus-js-client.

    python benchmarks/upload_link.py            # 266 MB of CT, and the real MR series; writes
    python benchmarks/upload_link.py --quick    # 13 MB of CT, prints only

The link (tests/link.py): 8 Mbit/s, 300 ms round trip, 1 % of packets lost (each costs its
connection one round trip), five cuts of two seconds. The CT is synthetic: a head in air with the
noise of a reconstruction kernel, 12 of 16 bits; the MR series is real and defaced, 384 images. The
peer sends one upload for each file, six at once, which is the most that Chromium opens.

"Beyond" is what the link carried towards the server beyond the bytes of the uploads themselves:
headers, and whatever was sent twice. "Of a perfect link" compares with the raw bytes at 8 Mbit/s
without delay, loss or cut.
"""

import hashlib
import io
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"

import numpy as np
import pydicom
from playwright.sync_api import Browser, Page, sync_playwright

from tests.arrivals.disc import slices
from tests.link import Link
from tests.web.site import Site

MR_HEAD = ROOT / "secondopinion" / "demo" / "files" / "mr-head" / "mr-head-384.zip"
TUS = ROOT / "frontend" / "node_modules" / "tus-js-client" / "dist" / "tus.min.js"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
RATE, ROUND_TRIP, LOSS = 1_000_000, 0.3, 0.01  # bytes a second, seconds, share
CUTS = (0.15, 0.3, 0.45, 0.6, 0.75)  # shares of the way at which all connections break
CT_SLICES, QUICK_SLICES = 507, 24

PEER = """
async () => {
  const files = [...document.querySelector("#peer").files];
  window.sent = new Map();
  window.total = files.reduce((sum, file) => sum + file.size, 0);
  window.left = files.length;
  const next = () => {
    const file = files.shift();
    if (!file) return;
    new tus.Upload(file, {
      endpoint: "/uploads/", metadata: { filename: file.name, case: window.reference },
      retryDelays: [500, 1000, 2000, 4000, 8000, 15000],
      onProgress: (sent) => window.sent.set(file.name, sent),
      onSuccess: () => { window.left--; next(); },
      onError: (error) => { window.failure = String(error); },
    }).start();
  };
  for (let n = 0; n < 6; n++) next();
}
"""


@dataclass
class Run:
    """What one transfer was measured at."""

    seconds: float
    carried: int
    payload: int
    uploads: int
    cuts: int

    @property
    def beyond(self) -> float:
        """Share of bytes that the link carried beyond the uploads themselves."""
        return (self.carried - self.payload) / self.payload


def head_ct(count: int) -> Iterator[bytes]:
    """Yield slices of a head in air, with noise coloured as by a soft reconstruction kernel."""
    chance, size = np.random.default_rng(7), 512
    down, across = np.mgrid[:size, :size] - size / 2
    angle = np.arctan2(down, across)
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    kernel = frequency * np.exp(-((frequency / 0.25) ** 2))
    field = np.hypot(down, across) < size / 2
    for number, data in enumerate(slices(count, rows=size, columns=size)):
        grow = 0.75 + 0.25 * np.sin(np.pi * number / count)
        edge = np.hypot(down / (190 * grow), across / (150 * grow)) + 0.02 * np.cos(3 * angle)
        picture = np.where(edge < 1, 1060.0, 24.0)  # stored as HU + 1024
        picture[edge < 0.97] = 1900
        brain = edge < 0.9
        picture[brain] = (1058 + 12 * np.sin(down / 23 + number / 31) * np.cos(across / 17))[brain]
        picture[np.hypot(down / 40, (across - 18) / 14) < grow] = 1030
        noise = np.fft.irfft2(np.fft.rfft2(chance.normal(size=(size, size))) * kernel)
        picture += noise / noise.std() * np.where(edge < 1, 11.0, 5.0)
        picture[~field] = 0
        dataset = pydicom.dcmread(io.BytesIO(data))
        dataset.PixelData = np.clip(np.rint(picture), 0, 4095).astype("<u2").tobytes()
        out = io.BytesIO()
        dataset.save_as(out, enforce_file_format=True)
        yield out.getvalue()


def mr_head() -> Iterator[bytes]:
    """Yield the real MR series, as the demonstration has it."""
    with zipfile.ZipFile(MR_HEAD) as pack:
        yield from (pack.read(name) for name in pack.namelist() if name.endswith(".dcm"))


def write(folder: Path, files: Iterator[bytes]) -> Path:
    """Write files without an ending, as discs have them."""
    folder.mkdir(parents=True)
    for number, data in enumerate(files):
        (folder / f"IM{number:05}").write_bytes(data)
    return folder


def followed(page: Page, link: Link, cuts: tuple[float, ...], share: str, done: str) -> float:
    """Wait until a transfer is done, breaking the link on the way; return the seconds."""
    begun, left = time.monotonic(), list(cuts)
    while not page.evaluate(done):
        failure = page.evaluate("window.failure")
        assert not failure, failure
        if left and page.evaluate(share) >= left[0]:
            left.pop(0)
            link.cut()
        page.wait_for_timeout(100)
    return time.monotonic() - begun


def transfer(browser: Browser, folder: Path, cuts: tuple[float, ...], *, ours: bool) -> Run:
    """Send a folder over the link into a site of its own."""
    with tempfile.TemporaryDirectory(prefix="upload-link-") as place, Site(Path(place)) as site:
        facts = site.facts or {}
        before = arrived(site)
        link = Link(site.url, bytes_a_second=RATE, round_trip=ROUND_TRIP, loss=LOSS)
        with link:
            context = browser.new_context(bypass_csp=True)
            context.add_cookies(
                [{"name": "sessionid", "value": facts["sessions"]["drafting"], "url": link.url}]
            )
            page = context.new_page()
            # The page itself comes over a good link: what is measured is the transfer.
            link.rate, link.round_trip, link.loss = 1e9, 0.0, 0.0
            page.goto(f"{link.url}/my/cases/{facts['draft']}/request/files/")
            page.wait_for_selector("[data-uploader][data-ready]")
            if not ours:
                page.add_script_tag(path=TUS)
                page.evaluate(
                    "reference => { const input = document.createElement('input');"
                    " Object.assign(input, {type: 'file', multiple: true, id: 'peer'});"
                    " document.body.append(input); window.reference = reference; }",
                    facts["draft"],
                )
                page.locator("#peer").set_input_files(sorted(folder.iterdir()))
            link.rate, link.round_trip, link.loss = RATE, ROUND_TRIP, LOSS
            link.carried = 0
            if ours:
                page.locator("input[data-pick=folder]").set_input_files(folder)
                bar = "document.querySelector('.uploader-job progress')"
                seconds = followed(
                    page, link, cuts, f"{bar} ? {bar}.value / {bar}.max : 0",
                    "document.querySelector('.uploader-job')?.dataset.state === 'arrived'",
                )  # fmt: skip
            else:
                page.evaluate(PEER)
                seconds = followed(
                    page, link, cuts,
                    "[...window.sent.values()].reduce((a, b) => a + b, 0) / window.total",
                    "window.left === 0",
                )  # fmt: skip
            carried = link.carried
            context.close()
        after = arrived(site)
        if ours:
            prove(site, folder)
        return Run(seconds, carried, after[0] - before[0], after[1] - before[1], link.cuts)


def arrived(site: Site) -> tuple[int, int]:
    """Return bytes and number of the uploads that have wholly arrived."""
    [(length, count)] = site.rows(
        "select coalesce(sum(length), 0), count(*) from arrivals_upload"
        " where state in ('received', 'sorted')"
    )
    return int(length), int(count)


def prove(site: Site, folder: Path) -> None:
    """Have everything sorted, and find each file in the vault by its SHA-256."""
    wanted = {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    site.work()
    end = time.monotonic() + 900
    while missing := wanted - {row[0] for row in site.rows("select digest from core_blob")}:
        assert time.monotonic() < end, f"{len(missing)} files are not there"
        time.sleep(1)


def line(name: str, who: str, raw: int, run: Run) -> str:
    """Return a row of the table."""
    perfect = raw / RATE
    return (
        f"| {name} | {who} | {raw / 1e6:.0f} | {run.payload / 1e6:.1f} | {raw / run.payload:.2f} "
        f"| {run.seconds:.0f} | {run.seconds / perfect:.2f} | {run.beyond * 100:.2f} % "
        f"| {run.uploads} | {run.cuts} |"
    )


HEAD = (
    "| Data | Sent by | Raw MB | Sent MB | Shrunk | Seconds | Of a perfect link | Beyond | Uploads "
    "| Cuts |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def main() -> None:
    """Measure, print, and write the results of a full run."""
    quick = "--quick" in sys.argv
    cuts = CUTS[1:4:2] if quick else CUTS
    rows = []
    with tempfile.TemporaryDirectory(prefix="upload-discs-") as place, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        discs = {"CT (synthetic)": head_ct(QUICK_SLICES if quick else CT_SLICES)}
        if not quick:
            discs["MR head (real)"] = mr_head()
        for number, (name, files) in enumerate(discs.items()):
            folder = write(Path(place) / f"DISC{number}", files)
            raw = sum(path.stat().st_size for path in folder.iterdir())
            for who in ("our uploader", "tus-js-client, raw"):
                run = transfer(browser, folder, cuts, ours=who == "our uploader")
                rows.append((line(name, who, raw, run), raw, run))
                print(rows[-1][0], flush=True)
        browser.close()
    print(HEAD, *(row[0] for row in rows), sep="\n")
    _row, raw, mine = rows[0]
    figure = (
        f"CT: {mine.seconds:.0f} s, {mine.seconds / (raw / RATE):.2f} of what the raw bytes need "
        f"on a perfect link; {rows[1][2].seconds / mine.seconds:.1f} times as fast as raw tus; "
        f"{mine.beyond * 100:.2f} % beyond the payload"
    )
    if not quick:
        write_results([row[0] for row in rows], figure)
    print(figure)


def write_results(rows: list[str], figure: str) -> None:
    """Write the table with the machine and the versions."""
    version = "unknown"
    with suppress(OSError):
        version = subprocess.run(
            [CHROMIUM, "--version"], capture_output=True, text=True, check=False
        ).stdout.strip()
    text = "\n".join(
        [
            "# A disc over a bad link",
            "",
            (__doc__ or "").split("\n\n", 2)[2].strip(),
            "",
            HEAD,
            *rows,
            "",
            figure + ".",
            "",
            "Every file of our runs was then found in the vault by its SHA-256.",
            "",
            f"{datetime.now(UTC):%d %B %Y}, {platform.machine()}, {os.cpu_count()} cores (shared "
            f"with other work), Python {platform.python_version()}, {version}, "
            "tus-js-client 4.3.1. `python benchmarks/upload_link.py` makes this page.",
            "",
        ]
    )
    (ROOT / "benchmarks" / "results" / "upload_link.md").write_text(text)


if __name__ == "__main__":
    main()
