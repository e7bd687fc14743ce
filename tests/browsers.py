"""The browser of the tests: Debian's Chromium, one for a module, and who has signed in to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.web.site import Site

CHROMIUM = next(
    (
        path
        for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
        if Path(path).exists()
    ),
    None,
)
# It asks nobody but the site: without these it looks for updates, and for a proxy, at every start.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DRAWING = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # WebGL, by software
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 768}


@contextmanager
def launched(*, drawing: bool = False) -> Iterator[Browser]:
    """Start a browser, with WebGL where it is to draw, and close it in the end."""
    if CHROMIUM is None:
        pytest.fail("these tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, *(DRAWING if drawing else ["--disable-gpu"])]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a module: an open one keeps Django from its database."""
    with launched() as browser:
        yield browser


def context_of(
    browser: Browser, site: Site, who: str, language: str, size: dict[str, int], **more: Any
) -> BrowserContext:
    """Return a browser in which this person has signed in and reads this language."""
    context = browser.new_context(viewport=size, base_url=site.url, **more)  # type: ignore[arg-type]
    cookies = [{"name": "django_language", "value": language, "url": site.url}]
    if who:
        session = (site.facts or {})["sessions"][who]
        cookies.append({"name": "sessionid", "value": session, "url": site.url})
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context
