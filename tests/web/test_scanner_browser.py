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

# An A4 sheet that leans back by 30 degrees, before the lens of a phone (900 x 1200 pixels).
ASLANT = [(236, 338), (664, 338), (772, 995), (128, 995)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


def test_two_pages_are_cut_ordered_and_sent(site: Site, chromium: Browser, tmp_path: Path) -> None:
    reference = (site.facts or {})["reference"]
    desk = context_of(chromium, site, "family", "en", DESK).new_page()
    desk.goto(f"/my/cases/{reference}/files/phone/")
    desk.click("form[action*='files/phone/?'] button")
    address = desk.locator(".address").text_content()
    assert address
    phone = chromium.new_context(viewport=PHONE).new_page()
    faults: list[str] = []
    phone.on("pageerror", lambda error: faults.append(str(error)))
    phone.goto(address)
    phone.click("main form button")
    phone.wait_for_selector(".scan-take")
    upright = tmp_path / "upright.jpg"
    upright.write_bytes(on_a_table(ASLANT))
    wide = tmp_path / "wide.jpg"
    wide.write_bytes(on_a_table([(60, 300), (860, 310), (850, 700), (70, 690)]))
    for number, path in enumerate((upright, wide), 1):
        phone.set_input_files("[data-scanner] input[type=file]", path)
        phone.locator(".scan-handle").first.focus()
        phone.keyboard.press("ArrowLeft")
        phone.click(".scan-place .button:first-child")
        phone.wait_for_selector(f".scan-pages li:nth-child({number})")
        if number == 1:
            shape = phone.locator(".scan-pages canvas").evaluate("each => each.height / each.width")
            assert 1.35 < shape < 1.48, "it is as long as the sheet is"
            phone.wait_for_timeout(500)
            phone.reload()  # as phones do when the camera opens
            phone.wait_for_selector(".scan-pages li")
            assert "not sent yet" in str(phone.locator(".scan-live").text_content())
    phone.locator(".scan-pages li").nth(1).locator("button").first.click()  # earlier
    shape = phone.locator(".scan-pages canvas").first.evaluate("each => each.width > each.height")
    assert shape, "the wide one is first now"
    phone.set_input_files("[data-scanner] input[type=file]", upright)
    phone.click(".scan-place .button:nth-child(2)")  # the whole photo
    phone.wait_for_selector(".scan-pages li:nth-child(3)")
    shape = phone.locator(".scan-pages canvas").last.evaluate("each => each.height / each.width")
    assert abs(shape - 1200 / 900) < 0.02
    phone.locator(".scan-pages li").last.locator("button").last.click()  # not needed
    phone.wait_for_selector(".scan-pages li:nth-child(3)", state="detached")
    phone.click(".scan-done button")
    assert "Pages: 2" in str(phone.locator(".scan-left").text_content())
    with phone.expect_response("**/scan/photos/") as sent:
        phone.click(".scan-left .button:first-child")
    assert sent.value.status == 200
    phone.wait_for_selector("h1:text('Thank you')")
    desk.wait_for_selector("[data-capture] :text('The phone has finished')", timeout=15_000)
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
