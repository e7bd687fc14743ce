"""How soon the viewer shows an image, and how fast it scrolls: a real browser, the real server.

    python -m benchmarks.viewer [--quick]

The MR series of 384 images, opened by a specialist in headless Chromium with software WebGL: time
from the start of navigation to the first image, on this machine and behind a link of 10 Mbit/s and
80 ms (Chromium emulates it), time until every image is loaded, and new images a second while the
wheel turns without pause over the loaded stack. Limits of issue 4: 1 s, 3 s, 30 a second.
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

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "viewer.md"
IMAGES = 384
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


def visit(browser: Browser, site: Any, *, slow: bool) -> tuple[float, float, float]:
    """Return the seconds to the first image and to all, and images a second when scrolled."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(180_000)
    session = site.facts["sessions"]["specialist"]
    context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    page = context.new_page()
    if slow:
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", LINK)
    start = time.perf_counter()
    page.goto(f"{site.url}/expert/cases/{site.facts['reference']}/", wait_until="commit")
    page.wait_for_selector(READY)
    first = time.perf_counter() - start
    loaded = rate = 0.0
    if not slow:
        page.wait_for_selector(f"[data-viewer][data-loaded='{IMAGES}']")
        loaded = time.perf_counter() - start
        rate = page.evaluate(SCROLL, 5)
    context.close()
    return first, loaded, rate


def main() -> None:
    """Run, print the table, and keep it after a full run."""
    from tests.web.site import Site

    class Filled(Site):
        filled_by = "benchmarks.viewer"

    quick = "--quick" in sys.argv
    os.environ["VIEWER_FILL"] = "1"
    with (
        tempfile.TemporaryDirectory() as folder,
        Filled(Path(folder)) as site,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        visit(
            browser, site, slow=False
        )  # warms the server, not the browser: contexts share nothing
        runs = [visit(browser, site, slow=False) for _run in range(1 if quick else 5)]
        slow = [visit(browser, site, slow=True)[0] for _run in range(1 if quick else 3)]
        version = browser.version
        browser.close()
    first, loaded, rate = (statistics.median(each) for each in zip(*runs, strict=True))
    behind = statistics.median(slow)
    table = [
        "| what | measured | limit | of the limit |", "| --- | --- | --- | --- |",
        f"| first image, this machine | {first:.2f} s | 1 s | {first:.2f} |",
        f"| first image, 10 Mbit/s and 80 ms | {behind:.2f} s | 3 s | {behind / 3:.2f} |",
        f"| all {IMAGES} images loaded | {loaded:.2f} s | – | – |",
        f"| scrolling, new images a second | {rate:.0f} | 30 | {rate / 30:.2f} |",
    ]  # fmt: skip
    print("\n".join(table))
    if not quick:
        load = os.getloadavg()[0]
        head = (
            "# The viewer's speed\n\n"
            f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} cores, load "
            f"{load:.1f} (other work ran beside), Python {platform.python_version()}, Chromium "
            f"{version} headless with software WebGL. Medians. No peer was measured yet.\n\n"
        )
        RESULT.write_text(head + "\n".join(table) + "\n")
    print(json.dumps({"first_s": first, "slow_s": behind, "scroll_per_s": rate}))


if __name__ == "__main__":
    if os.environ.get("VIEWER_FILL"):
        import django

        django.setup()
        print(json.dumps(fill()))
    else:
        main()
