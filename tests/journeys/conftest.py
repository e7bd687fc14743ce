"""A running product in processes of its own, a real browser, and the mail that went out."""

import base64
import contextlib
import email
import email.policy
import hashlib
import hmac
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as NothingCame

from tests import postgres
from tests.browsers import launched
from tests.journeys.prepare import SECRETS

ROOT = Path(__file__).resolve().parents[2]
PERIOD = 30  # seconds of one TOTP code (RFC 6238)


def totp(secret: str, counter: int) -> str:
    """Return the six digits of RFC 4226 for a counter."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


class Product:
    """The running product, as people outside of it meet it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.used: dict[str, int] = {}
        self.sessions: dict[str, Any] = {}

    def mails(self, to: str) -> list[str]:
        """Return the mails to an address, the earliest first: subject and text."""
        found = []
        for path in sorted(
            (self.folder / "mail").glob("*.log"), key=lambda each: each.stat().st_mtime_ns
        ):
            for raw in path.read_text().split("-" * 79):
                mail = email.message_from_string(raw.strip(), policy=email.policy.default)
                if mail["To"] == to:
                    text = mail.get_content() if not mail.is_multipart() else ""
                    found.append((path.stat().st_mtime_ns, f"{mail['Subject']}\n{text}"))
        return [text for _when, text in found]

    def wait_for_mail(self, to: str, pattern: str, *, after: int = 0) -> re.Match[str]:
        """Wait for a mail to an address that holds a pattern, behind the first `after` mails."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for text in reversed(self.mails(to)[after:]):
                if match := re.search(pattern, text):
                    return match
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to} with {pattern}: {self.mails(to)}")

    def factor(self, person: str) -> str:
        """Return a code of a person's authenticator that was not used before.

        The next step's counts already, so that nobody waits for it.
        """
        counter = max(int(time.time()) // PERIOD, self.used.get(person, 0) + 1)
        while counter > time.time() // PERIOD + 1:
            time.sleep(0.5)
        self.used[person] = counter
        return totp(SECRETS[person][1], counter)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, served with its worker on a free port."""
    folder = tmp_path_factory.mktemp("product")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "DATA_DIR": str(folder), "SITE_URL": url}
    environment.pop("DATABASE_URL", None)
    environment["DJANGO_SETTINGS_MODULE"] = "secondopinion.settings"
    if os.environ.get("TEST_DATABASE_URL"):
        environment["DATABASE_URL"] = postgres.fresh(
            os.environ["TEST_DATABASE_URL"], "second_opinion_journey"
        )
    subprocess.run(
        [sys.executable, "-m", "tests.journeys.prepare"], cwd=ROOT, env=environment, check=True
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "secondopinion", "serve", "--port", str(port)],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/health/"):
                break
            time.sleep(0.2)
        else:
            raise AssertionError("the product does not answer")
        yield Product(folder, url)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with launched(drawing=True) as started:
        yield started


class Cost:
    """What a request costs a family: pages, fields, taps and typed characters."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.fields: list[str] = []
        self.taps = 0
        self.typed = 0

    def __str__(self) -> str:
        return (
            f"A complete request: {len(self.pages)} pages, {len(self.fields)} fields, "
            f"{self.taps} taps, {self.typed} typed characters"
        )


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(
        self, browser: Browser, product: Product, *, phone: bool = False, state: Any = None
    ) -> None:
        size = {"width": 360, "height": 740} if phone else {"width": 1366, "height": 900}
        self.context: BrowserContext = browser.new_context(
            viewport=size, has_touch=phone, is_mobile=phone, accept_downloads=True,
            base_url=product.url, storage_state=state,
        )  # fmt: skip
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.product = product
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._heard)
        self.cost = Cost()

    def _heard(self, message: Any) -> None:
        # A browser says of every answer with an error status that it failed; those are looked at
        # where they are meant.
        if message.type == "error" and "status of" not in message.text:
            self.problems.append(message.text)

    def goto(self, address: str) -> int:
        """Open an address and return its status."""
        answer = self.page.goto(address)
        return answer.status if answer else 0

    def type(self, name: str, text: str) -> None:
        """Type into a field by its name."""
        self.page.locator(f"main [name={name}]").fill(text)
        self.cost.typed += len(text)
        self.cost.taps += 1

    def choose(self, name: str, value: str) -> None:
        """Choose from a list, or a round or square box, by name and value."""
        field = self.page.locator(f"main select[name={name}]")
        if field.count():
            field.select_option(value)
        else:
            self.page.locator(f"main [name={name}][value='{value}']").check()
        self.cost.taps += 1

    def tick(self, name: str) -> None:
        """Tick a box."""
        self.page.locator(f"main [name={name}]").check()
        self.cost.taps += 1

    def press(self, selector: str = "main form button.button") -> None:
        """Press a button and wait for the page behind it."""
        self.cost.taps += 1
        try:
            with self.page.expect_navigation():
                self.page.locator(selector).first.click()
        except NothingCame as error:
            said = self.page.locator("main").inner_text()
            raise AssertionError(f"{selector} at {self.page.url}, which says:\n{said}") from error

    def count_page(self) -> None:
        """Count this page and its fields: a group of boxes, or the parts of a date, are one."""
        self.cost.pages.append(urlparse(self.page.url).path)
        names = self.page.eval_on_selector_all(
            "main form input, main form select, main form textarea, main [data-pick=folder]",
            "all => all.filter(e => e.type !== 'hidden').map(e => e.name || e.dataset.pick)",
        )
        merged = {re.sub(r"_(day|month|year)$", "", name) for name in names if name}
        self.cost.fields += sorted(f"{self.page.url.rsplit('/', 2)[-2]}.{name}" for name in merged)

    def sign_in(self, address: str) -> None:
        """Sign in by an e-mailed code, and by the second factor where one is asked for."""
        before = len(self.product.mails(address))
        if "/sign-in/" not in self.page.url:
            self.goto("/sign-in/")
        self.count_page()
        self.type("email", address)
        self.press()
        self.count_page()
        match = self.product.wait_for_mail(address, r"(?m)^.*:\s*([0-9A-Z-]{6,9})$", after=before)
        self.type("code", match[1])
        self.press()
        if "/factor/" in self.page.url:
            self.type("code", self.product.factor(address))
            self.press()

    def close(self) -> None:
        """Close the browser's window; nothing may have broken in it."""
        self.context.close()
        assert not self.problems, self.problems


@pytest.fixture
def visit(browser: Browser, product: Product) -> Iterator[Any]:
    """Open browsers for people; each is closed at the end."""
    made: list[Visitor] = []

    def open_one(*, phone: bool = False, by: str = "") -> Visitor:
        """Open a browser; `by` goes on in a session of theirs, or signs in first."""
        visitor = Visitor(browser, product, phone=phone, state=product.sessions.get(by))
        made.append(visitor)
        if by and by not in product.sessions:
            visitor.sign_in(by)
            product.sessions[by] = visitor.context.storage_state()
        elif by:
            visitor.goto("/home/")
        return visitor

    yield open_one
    for each in made:
        with contextlib.suppress(Exception):
            each.context.close()
