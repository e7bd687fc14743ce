"""A search in a real browser: by keyboard to a hit that is drawn where its word stands."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browsers import DESK, PHONE, context_of
from tests.web.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with a record that was read."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


def test_words_are_typed_found_and_looked_at_by_keyboard(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "specialist", "en", DESK)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/expert/cases/{(site.facts or {})['reference']}/")
    page.get_by_label("Search in the records").fill("LÍNZEN água")
    page.keyboard.press("Enter")
    page.get_by_text("on no page that a machine could read").wait_for()
    page.get_by_label("Search in the records").fill("LÍNZEN uien")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Page 1").press("Enter")
    page.get_by_text("Hit 1 of").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Hit 2"
    page.keyboard.press("Enter")
    page.get_by_text("Hit 2 of").wait_for()
    page.get_by_role("link", name="Previous hit").press("Enter")
    page.get_by_text("Hit 1 of").wait_for()
    page.go_back()
    page.get_by_text("Hit 2 of").wait_for()
    page.get_by_role("link", name="All that was found").click()
    assert page.locator("mark").first.inner_text().lower() in {"linzen", "uien"}
    assert not [url for url in asked if "inzen" in url.lower() or "uien" in url]
    context.close()


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ar", PHONE)])
def test_a_hit_is_brought_into_view_and_lies_on_the_page(
    site: Site, chromium: Browser, language: str, size: dict[str, int]
) -> None:
    facts = site.facts or {}
    context = context_of(chromium, site, "searching", language, size)
    page = context.new_page()
    address = f"/files/{facts['reference']}/records/{facts['record']}/pages/1/look/"
    page.goto(f"{address}?search=SEARCHED&hit=last#hit")
    page.wait_for_timeout(300)
    hit, picture = page.locator("#hit").bounding_box(), page.locator(".marked img").bounding_box()
    region = page.locator("rect.region").bounding_box()
    assert hit
    assert picture
    assert region
    assert 0 <= hit["y"] <= size["height"] - hit["height"]
    across = (hit["x"] - picture["x"]) / picture["width"]
    down = (hit["y"] - picture["y"]) / picture["height"]
    [[answer]] = site.rows("SELECT answer FROM records_reading")[:1]
    last = [each for each in json.loads(answer)["places"] if "linzen" in each[0].lower()][-1]
    assert across == pytest.approx(last[2], abs=0.02)
    assert down == pytest.approx(last[3], abs=0.02)
    # The same on both sides: pictures are not mirrored where the page is.
    assert (region["x"] - picture["x"]) / picture["width"] == pytest.approx(0.1, abs=0.02)
    context.close()
