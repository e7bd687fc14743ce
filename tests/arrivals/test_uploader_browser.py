"""The uploader in a real browser: closed lids, cut networks, many files, another device."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.arrivals.disc import slices
from tests.browsers import DESK, PHONE, context_of
from tests.link import Link
from tests.web.site import Site

pytestmark = pytest.mark.journey

HEAD = bytes(128) + b"DICM"
SEALED = 64 * 1024 + 16  # bytes of a sealed block of a file under way
CLOSES = 60_000  # ms within which something small must have arrived


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with a worker."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        running.work()
        yield running


def folder_of(path: Path, files: dict[str, bytes]) -> Path:
    """Write files under a folder and return it."""
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def noise(count: int, size: int) -> dict[str, bytes]:
    """Return files that do not shrink, each with other bytes; none is an image that opens."""
    return {f"IM{number:04}": HEAD + os.urandom(size - len(HEAD)) for number in range(count)}


def files_page(context: BrowserContext, site: Site, url: str = "") -> Page:
    """Open the page where a family sends its files, through another address if one is given."""
    page = context.new_page()
    page.goto(f"{url or site.url}/my/cases/{(site.facts or {})['draft']}/request/files/")
    page.wait_for_selector("[data-uploader][data-ready]")
    return page


def choose(page: Page, folder: Path) -> None:
    """Choose a folder as a person does."""
    page.locator("input[data-pick=folder]").set_input_files(folder)


def bodies(page: Page) -> list[Request]:
    """Collect the requests of the page's uploads, as they are made."""
    made: list[Request] = []
    page.on("request", lambda request: made.append(request) if "/uploads/" in request.url else None)
    return made


def sent(requests: list[Request]) -> int:
    """Return how many bytes of bodies were sent in finished requests."""
    return sum(
        int(each.all_headers().get("content-length", 0))
        for each in requests
        if each.method == "PATCH"
    )


def safe_bytes(site: Site, label: str) -> int:
    """Return how many bytes of a folder's are safe on the server, arrived or half arrived."""
    safe = 0
    for length, state, staged in site.rows(
        "select u.length, u.state, u.staged_id from arrivals_upload u"
        " join arrivals_sending s on s.id = u.sending_id where s.label = ?", label,
    ):  # fmt: skip
        path = site.folder / "vault" / "under-way" / f"{staged}.staged"
        if state in ("received", "sorted"):
            safe += length
            continue
        with suppress(FileNotFoundError):  # not begun, or moved on since the rows were read
            safe += path.stat().st_size // SEALED * 64 * 1024
    return safe


def wait_until(reached: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something on the server."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def arrived(page: Page) -> None:
    """Wait until the page says that all has arrived."""
    page.locator(".uploader-job[data-state=arrived]").first.wait_for(timeout=CLOSES)


def kept(site: Site, files: dict[str, bytes]) -> bool:
    """Say whether the vault holds exactly these contents, by their SHA-256."""
    have = {digest for (digest,) in site.rows("select digest from core_blob")}
    return {hashlib.sha256(data).hexdigest() for data in files.values()} <= have


def test_another_browser_goes_on_where_the_first_was_closed(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    files = noise(12, 1_000_000)
    total = sum(map(len, files.values()))
    disc = folder_of(tmp_path / "DISC", files)
    context = context_of(chromium, site, "drafting", "en", PHONE)
    with Link(site.url, bytes_a_second=3_000_000, cut_at=int(0.6 * total)) as link:
        page = files_page(context, site, link.url)
        choose(page, disc)
        wait_until(lambda: safe_bytes(site, "DISC") >= 0.55 * total)  # what the link carried
        context.close()
    # Another browser: it remembers nothing, only the person is the same.
    other = context_of(chromium, site, "drafting", "en", DESK)
    page = files_page(other, site)
    row = page.locator("[data-unfinished] li")
    assert "DISC" in row.inner_text()
    made = bodies(page)
    choose(page, disc)
    row.wait_for(state="hidden", timeout=CLOSES)  # what is being sent here is not unfinished here
    arrived(page)
    assert sent(made) <= 0.45 * total, "it goes on, and not from the beginning"
    page.wait_for_selector("[data-uploader][data-checked]", timeout=CLOSES)
    assert kept(site, files)
    page.reload()
    assert page.locator("[data-unfinished] li").filter(has_text="DISC").count() == 0
    # And once more: all of it is known, nothing travels.
    page.wait_for_selector("[data-uploader][data-ready]")
    again = bodies(page)
    choose(page, disc)
    arrived(page)
    assert [each.method for each in again] == []
    other.close()


def test_hundreds_of_small_files_cost_few_requests(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    files = {f"DICOM/I{number:05}": data for number, data in enumerate(slices(600))} | {
        "VIEWER/viewer.exe": b"MZ" + os.urandom(900),
        "AUTORUN.INF": b"[autorun]\nopen=x",
    }
    context = context_of(chromium, site, "drafting", "en", DESK)
    page = files_page(context, site)
    made = bodies(page)
    choose(page, folder_of(tmp_path / "CD", files))
    arrived(page)
    assert len(made) <= 4, [each.method for each in made]
    page.wait_for_selector("[data-uploader][data-checked]", timeout=CLOSES * 3)
    assert page.get_by_text("600 images").is_visible(), "what came is told by series"
    assert kept(site, {"IM": files["DICOM/I00017"]}), "restored bit for bit"
    outcomes = dict(
        site.rows("select name, outcome from arrivals_arrivedfile where name like 'CD/%'")
    )
    assert len(outcomes) == 602
    assert outcomes["CD/VIEWER/viewer.exe"] == outcomes["CD/AUTORUN.INF"] == "ignored"
    context.close()


def test_pause_and_a_cut_network(site: Site, chromium: Browser, tmp_path: Path) -> None:
    files = noise(14, 1_000_000)
    context = context_of(chromium, site, "drafting", "en", DESK)
    with Link(site.url, bytes_a_second=1_000_000, round_trip=0.02) as link:
        page = files_page(context, site, link.url)
        choose(page, folder_of(tmp_path / "PAUSED", files))
        panel = page.locator(".uploader-job")
        wait_until(lambda: safe_bytes(site, "PAUSED") > 1_500_000)
        panel.get_by_role("button", name="Pause").click()
        page.locator(".uploader-job[data-state=paused]").wait_for()
        halted = -1
        while halted != link.carried:  # what was under way comes to its end
            halted = link.carried
            page.wait_for_timeout(700)
        assert halted < 12_000_000, "nothing travels in a pause"
        panel.get_by_role("button", name="Continue").click()
        before = link.carried
        wait_until(lambda: link.carried > before + 1_000_000)
        panel.get_by_text("About").wait_for(
            timeout=CLOSES
        )  # told although one part follows another
        link.cut(3)
        page.locator(".uploader-job[data-state=waiting]").wait_for(timeout=CLOSES)
        assert "Waiting for the network" in panel.inner_text()
        arrived(page)
        wait_until(lambda: kept(site, files))
        assert link.carried < 15_500_000, "what had arrived is not sent again"
    context.close()


def test_who_does_not_want_to_send_the_rest_says_so(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    context = context_of(chromium, site, "drafting", "en", DESK)
    with Link(site.url, bytes_a_second=3_000_000, cut_at=3_000_000) as link:  # none comes whole
        page = files_page(context, site, link.url)
        choose(page, folder_of(tmp_path / "HALF", noise(4, 4_000_000)))
        wait_until(lambda: safe_bytes(site, "HALF") > 300_000)
        context.close()
    plain = context_of(chromium, site, "drafting", "en", PHONE, java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"/my/cases/{(site.facts or {})['draft']}/request/files/")
    button = page.get_by_role("button", name="I do not want to send the rest HALF")
    assert button.count() == 1, page.locator("main").inner_text()
    button.click()
    assert page.url.endswith("/request/files/")
    assert page.locator("[data-unfinished] li").filter(has_text="HALF").count() == 0
    plain.close()


def test_a_form_without_javascript_sends_files(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    files = {"letter.txt": b"She had two seizures in August.\n" * 9000, "empty.txt": b""}
    folder = folder_of(tmp_path, files)
    context = context_of(chromium, site, "drafting", "en", PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/my/cases/{(site.facts or {})['draft']}/request/files/")
    page.get_by_label("Choose files").set_input_files([folder / name for name in files])
    page.get_by_role("button", name="Send the files").click()
    assert page.url.endswith("/request/files/")
    assert kept(site, files)
    context.close()
