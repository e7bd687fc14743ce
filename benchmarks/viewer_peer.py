"""dwv, a viewer of DICOM for browsers (GPL-3.0), beside ours: the same study from the same server.

It is brought by npm into a folder of its own for as long as the benchmark runs; nothing of it is
kept or shipped. Its page and program are handed to the browser without the network: only the images
travel. dwv reads whole files, ours headers and frames.
"""

import subprocess
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

VERSION = "0.36.4"
_ENTRY = """import { App, AppOptions, ToolConfig, ViewConfig } from "dwv";
window.peer = { App, AppOptions, ToolConfig, ViewConfig };"""
_PAGE = """<!doctype html><meta charset="utf-8"><title>peer</title>
<div id="layerGroup0" style="width:586px;height:500px"></div>
<script type="module" src="/peer/dwv.js"></script>"""
# Opens the images in the order of the instances, as `start` is told them.
_START = """async ({ base }) => {
  const { App, AppOptions, ToolConfig, ViewConfig } = window.peer;
  const json = { headers: { Accept: 'application/dicom+json' } };
  const found = await (await fetch(`${base}/instances`, json)).json();
  const uid = (row, tag) => row[tag].Value[0];
  const urls = found.map((row) => `${base}/studies/${uid(row, '0020000D')}/series/` +
    `${uid(row, '0020000E')}/instances/${uid(row, '00080018')}`);
  const options = new AppOptions({ '*': [new ViewConfig('layerGroup0')] });
  options.tools = { Scroll: new ToolConfig() };
  const app = new App();
  window.app = app;
  window.seen = { images: 0, loaded: 0, problem: '' };
  app.addEventListener('renderend', () => window.seen.images++);
  app.addEventListener('loaditem', () => window.seen.loaded++);
  app.addEventListener('error', (event) => (window.seen.problem = String(event.error)));
  app.init(options);
  app.loadURLs(urls, { requestHeaders: [{ name: 'Accept', value: 'application/dicom' }] });
}"""
_SCROLL = """async (seconds) => {
  window.app.setTool('Scroll');
  const layer = document.querySelector('#layerGroup0 .layer:last-child') ??
    document.querySelector('#layerGroup0 canvas');
  const box = layer.getBoundingClientRect();
  let way = 1, turns = 0;
  window.seen.images = 0;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    if (++turns % 340 === 0) way = -way;
    layer.dispatchEvent(new WheelEvent('wheel', { deltaY: way * 100, bubbles: true,
      cancelable: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }));
    await new Promise(requestAnimationFrame);
  }
  return window.seen.images / seconds;
}"""


def bring(folder: Path) -> bytes | None:
    """Return dwv as one script, or None where npm cannot bring it."""
    (folder / "entry.js").write_text(_ENTRY)
    commands = (
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder),
         f"dwv@{VERSION}", "esbuild"],
        ["npx", "--prefix", str(folder), "esbuild", "entry.js", "--bundle", "--format=esm",
         "--minify", "--outfile=dwv.js"],
    )  # fmt: skip
    try:
        for command in commands:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError):
        return None
    return (folder / "dwv.js").read_bytes()


def visit(
    context: BrowserContext, page: Page, site: Any, script: bytes, images: int, *, scroll: bool
) -> tuple[float, float, float]:
    """Return the seconds to the first image and to all, and images a second when scrolled."""

    def answer(route: Route) -> None:
        if route.request.url.endswith(".js"):
            route.fulfill(body=script, content_type="text/javascript")
        else:
            route.fulfill(body=_PAGE, content_type="text/html")

    context.route(f"{site.url}/peer/**", answer)
    start = time.perf_counter()
    page.goto(f"{site.url}/peer/", wait_until="commit")
    page.wait_for_function("() => window.peer")
    page.evaluate(_START, {"base": f"/dicomweb/{site.facts['reference']}"})
    page.wait_for_function("() => window.seen.images > 0 || window.seen.problem")
    first = time.perf_counter() - start
    problem = page.evaluate("() => window.seen.problem")
    assert not problem, problem
    if not scroll:
        return first, 0.0, 0.0
    page.wait_for_function(f"() => window.seen.loaded >= {images}")
    loaded = time.perf_counter() - start
    return first, loaded, page.evaluate(_SCROLL, 5)
