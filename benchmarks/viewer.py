"""How soon the viewer shows an image, and how fast it scrolls: a real browser, the real server.

    python -m benchmarks.viewer [--quick]

The MR series of 384 images, opened by a specialist in headless Chromium with software WebGL: time
from the start of navigation to the first image (ours is the server's lossless picture until the
engine is there) and until the tools work on it, on this machine and behind a link of 10 Mbit/s and
80 ms (Chromium emulates it), time until every image is loaded, and new images a second while the
wheel turns without pause over the loaded stack. Limits: 1 s, 3 s, 30 a second. Beside it, by turns,
dwv reads the same study from the same server (`viewer_peer`).
"""

import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import viewer_peer

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "viewer.md"
IMAGES = 384
SEEN = "[data-viewer][data-seen='1']"
READY = "[data-viewer][data-ready='1']"
FLAGS = ["--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
CHROMIUM = "/usr/bin/chromium"
LINK = {
    "offline": False, "latency": 80, "downloadThroughput": 1_250_000, "uploadThroughput": 1_250_000,
}  # fmt: skip
SCROLL = """async (seconds) => {
  const screen = document.querySelector('.viewer-screen');
  const viewer = document.querySelector('[data-viewer]');
  const box = screen.getBoundingClientRect();
  const turn = (way) => screen.dispatchEvent(new WheelEvent('wheel', {
    deltaY: way * 100, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2,
    bubbles: true, cancelable: true }));
  let shown = 0, last = viewer.dataset.slice, way = 1;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    if (Number(last) > 370) way = -1;
    if (Number(last) < 15) way = 1;
    turn(way);
    await new Promise(requestAnimationFrame);
    if (viewer.dataset.slice !== last) { last = viewer.dataset.slice; shown++; }
  }
  return shown / seconds;
}"""


def fill() -> dict[str, Any]:
    """Fill a fresh database: a case in review with the whole series."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)

    from secondopinion.program import actions as program
    from tests.web.conftest import expert, person, sign_in
    from tests.web.viewer_site import head, in_review

    program.set_up()
    specialist = expert("mei@harbour.example")
    case = in_review(
        person("maria@familia.example"), person("grace@harbour.example", "coordinator"), specialist,
        dict(head(0, IMAGES)),
    )  # fmt: skip
    return {
        "reference": case.reference,
        "sessions": {"specialist": sign_in(specialist).session.session_key},
    }


def visit(
    browser: Browser, site: Any, *, slow: bool, peer: bytes | None = None
) -> tuple[float, float, float, float]:
    """Return the seconds to the first image, to the tools and to all images, and images a second
    when scrolled.

    `peer` is the script of another viewer, which is visited instead of ours.
    """
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(180_000)
    session = site.facts["sessions"]["specialist"]
    context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    page = context.new_page()
    if slow:
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", LINK)
    try:
        if peer:
            first, *rest = viewer_peer.visit(context, page, site, peer, IMAGES, scroll=not slow)
            return first, first, *rest
        return _ours(page, site, scroll=not slow)
    finally:
        context.close()


def _ours(page: Page, site: Any, *, scroll: bool) -> tuple[float, float, float, float]:
    start = time.perf_counter()
    page.goto(f"{site.url}/expert/cases/{site.facts['reference']}/", wait_until="commit")
    page.wait_for_selector(SEEN)
    first = time.perf_counter() - start
    page.wait_for_selector(READY)
    tools = time.perf_counter() - start
    if not scroll:
        return first, tools, 0.0, 0.0
    page.wait_for_selector(f"[data-viewer][data-loaded='{IMAGES}']")
    return first, tools, time.perf_counter() - start, page.evaluate(SCROLL, 5)


def _row(what: str, ours: float, theirs: float | None, limit: float, *, more: bool) -> str:
    """Return a line of the table; `more` is better where it says so."""
    unit = "" if more else " s"
    ratio = "–" if theirs is None else f"{ours / theirs if more else theirs / ours:.2f}"
    peer = "–" if theirs is None else f"{theirs:.2f}{unit}"
    reached = "" if not limit else "reached" if (ours >= limit) == more else "**not reached**"
    wanted = f"{limit:.0f}{unit}" if limit else "–"
    return f"| {what} | {ours:.2f}{unit} | {peer} | {ratio} | {wanted} | {reached} |"


def main() -> None:
    """Run, print the table, and keep it after a full run."""
    from tests.web.site import Site

    class Filled(Site):
        filled_by = "benchmarks.viewer"

    quick = "--quick" in sys.argv
    os.environ["VIEWER_FILL"] = "1"
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as bag,
        Filled(Path(folder)) as site,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        script = viewer_peer.bring(Path(bag))
        both: list[bytes | None] = [None, script] if script else [None]
        for each in both:  # warms the server, not the browser: contexts share nothing
            visit(browser, site, slow=False, peer=each)
        near: dict[bool, list[Any]] = {False: [], True: []}
        far: dict[bool, list[Any]] = {False: [], True: []}
        for _run in range(1 if quick else 5):
            for each in both:
                near[bool(each)].append(visit(browser, site, slow=False, peer=each))
        for _run in range(1 if quick else 3):
            for each in both:
                far[bool(each)].append(visit(browser, site, slow=True, peer=each))
        version = browser.version
        browser.close()

    def medians(peer: bool) -> list[float]:
        columns = (*zip(*near[peer], strict=True), *list(zip(*far[peer], strict=True))[:2])
        return [statistics.median(each) for each in columns]

    ours = medians(False)
    theirs: list[float | None] = [*medians(True)] if script else [None] * 6
    table = [
        f"| What | Ours | dwv {viewer_peer.VERSION} | Ratio | Limit | |",
        "| --- | --: | --: | --: | --: | --- |",
        _row("first image, this machine", ours[0], theirs[0], 1, more=False),
        _row("first image, 10 Mbit/s and 80 ms", ours[4], theirs[4], 3, more=False),
        _row("tools ready, this machine", ours[1], theirs[1], 0, more=False),
        _row("tools ready, 10 Mbit/s and 80 ms", ours[5], theirs[5], 0, more=False),
        _row(f"all {IMAGES} images loaded", ours[2], theirs[2], 0, more=False),
        _row("scrolling, new images a second", ours[3], theirs[3], 30, more=True),
    ]
    if not script:
        table += ["", "dwv could not be brought by npm here; there is no peer in this run."]
    print("\n".join(table))
    if not quick:
        load = os.getloadavg()[0]
        head = (
            "# The viewer's speed\n\n"
            f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} cores, load "
            f"{load:.1f}, Python {platform.python_version()}, Chromium {version} headless with "
            "software WebGL. Medians, by turns; a ratio above 1 is in our favour. Over the link "
            "dwv's own program did not travel, ours did.\n\n"
        )
        RESULT.write_text(head + "\n".join(table) + "\n")
    print(json.dumps({"first_s": ours[0], "slow_s": ours[4], "scroll_per_s": ours[3]}))


if __name__ == "__main__":
    if os.environ.get("VIEWER_FILL"):
        import django

        django.setup()
        print(json.dumps(fill()))
    else:
        main()
