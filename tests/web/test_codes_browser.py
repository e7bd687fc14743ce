"""Codes chosen in a real browser: by keyboard and by touch, in their order, saved at once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browsers import AXE, DESK, PHONE, context_of
from tests.web.site import Site
from tests.web.viewer_site import ViewerSite

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with a report that is being written."""
    with ViewerSite(tmp_path_factory.mktemp("site")) as running:
        yield running


def saved(page: Page, site: Site, field: str) -> list[str]:
    """Return the codes that the draft holds, once nothing is on its way."""
    page.wait_for_timeout(900)  # longer than autosave waits
    page.locator("[data-autosave-status][data-state=saved]").wait_for()
    [[body]] = site.rows("SELECT body FROM opinions_opinion")
    return [line.split()[1] for line in json.loads(body)[field].splitlines()]


def test_codes_are_chosen_put_in_order_and_taken_out(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "specialist", "en", DESK)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/expert/cases/{(site.facts or {})['reference']}/")
    box = page.locator("#diagnosis_codes")
    options = page.locator(".codes [role=option]")
    for words, downs in (("centrotemp", 1), ("seizur disord", 0), ("asthma", 1)):
        box.fill(words)
        options.first.wait_for()
        for _press in range(downs):
            box.press("ArrowDown")
        chosen = box.get_attribute("aria-activedescendant")
        assert options.nth(downs).get_attribute("id") == chosen
        assert box.get_attribute("aria-expanded") == "true"
        box.press("Enter")
        assert box.get_attribute("aria-expanded") == "false"
    codes = saved(page, site, "diagnosis_codes")
    assert codes[:2] == ["1945", "G40.909"]
    page.get_by_role("button", name="Move up: Epilepsy").click()
    page.get_by_role("button", name="Remove: Self-limited").click()
    assert saved(page, site, "diagnosis_codes") == ["G40.909", codes[2]]
    assert page.locator("fieldset.codes li .tag").all_inner_texts() == ["main diagnosis"]
    box.fill("zzzzzz")
    page.get_by_text("No code has these words").wait_for()
    box.fill("fever")
    options.first.wait_for()
    page.evaluate(AXE)
    found: Any = page.evaluate("axe.run('.codes', {resultTypes: ['violations']})")
    assert not found["violations"]
    box.press("Escape")
    assert not options.first.is_visible()
    assert not [url for url in asked if "seizur" in url or "fever" in url]
    page.reload()
    assert page.get_by_role("button", name="Remove: Epilepsy").count() == 1
    context.close()


def test_a_finding_is_chosen_by_touch_in_arabic(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "specialist", "ar", PHONE, has_touch=True)
    page = context.new_page()
    page.goto(f"/expert/cases/{(site.facts or {})['reference']}/")
    page.locator("#finding_codes").fill("hay fever")
    page.locator(".codes [role=option]").first.tap()
    assert saved(page, site, "finding_codes") == ["HP:0003193"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
