"""The phone’s page in a real browser: cut straight by corners, ordered, sent as one document."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browsers import DESK, PHONE, context_of
from tests.web.site import Site
from tests.web.test_capture import on_a_table

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


def test_two_pages_are_cut_ordered_and_sent(site: Site, chromium: Browser, tmp_path: Path) -> None:
    reference = (site.facts or {})["reference"]
    desk = context_of(chromium, site, "family", "en", DESK).new_page()
    desk.goto(f"/my/cases/{reference}/files/phone/")
    desk.click("main form button")
    address = desk.locator(".address").text_content()
    assert address
    phone = chromium.new_context(viewport=PHONE).new_page()
    faults: list[str] = []
    phone.on("pageerror", lambda error: faults.append(str(error)))
    phone.goto(address)
    phone.click("main form button")
    phone.wait_for_selector(".scan-take")
    upright = tmp_path / "upright.jpg"
    upright.write_bytes(on_a_table([(150, 160), (760, 210), (820, 1050), (90, 980)]))
    wide = tmp_path / "wide.jpg"
    wide.write_bytes(on_a_table([(60, 300), (860, 310), (850, 700), (70, 690)]))
    for number, path in enumerate((upright, wide), 1):
        phone.set_input_files("[data-scanner] input[type=file]", path)
        phone.locator(".scan-handle").first.focus()
        phone.keyboard.press("ArrowLeft")
        phone.click(".scan-place .button:first-child")
        phone.wait_for_selector(f".scan-pages li:nth-child({number})")
    phone.locator(".scan-pages li").nth(1).locator("button").first.click()  # earlier
    shape = phone.locator(".scan-pages canvas").first.evaluate("each => each.width > each.height")
    assert shape, "the wide one is first now"
    with phone.expect_response("**/scan/photos/") as sent:
        phone.locator("[data-scanner] > button").click()
    assert sent.value.status == 200
    site.work()
    desk.wait_for_selector("[data-uploader-list] :text('Scan.pdf')", timeout=30_000)
    desk.wait_for_selector("[data-uploader-list] :text('2 pages')", timeout=60_000)
    link = desk.locator("[data-uploader-list] li", has_text="Scan.pdf").locator("img")
    data = desk.request.get(str(link.get_attribute("src"))).body()
    with Image.open(io.BytesIO(data)) as first:
        assert first.width > first.height
        assert first.convert("L").resize((1, 1)).getpixel((0, 0)) > 180  # paper, not the table
    assert not faults
    phone.context.close()
    desk.context.close()
