"""The keys of the page of pages, in a real browser: they act on the current document alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browsers import DESK, context_of
from tests.web.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


def test_keys_act_on_the_current_document_and_the_cursor_stays(
    site: Site, chromium: Browser
) -> None:
    context = context_of(chromium, site, "coordinator", "en", DESK)
    page = context.new_page()
    page.goto(f"/desk/cases/{(site.facts or {})['reference']}/records/pages/")
    accepted = page.locator("[data-document] h2 .tag.good")
    before = accepted.count()
    for key in ("a", "5", "t"):  # no page is current, so no document is meant
        page.keyboard.press(key)
    expect(page.locator("select:focus")).to_have_count(0)
    page.wait_for_timeout(500)
    assert accepted.count() == before
    page.keyboard.press("j")
    current = page.locator("[data-row][data-current]")
    here = current.get_attribute("id")
    document = page.locator("[data-document]", has=current)
    page.keyboard.press("t")
    expect(document.locator("select[name=kind]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(current).to_be_focused()
    page.keyboard.press("5")
    page.get_by_text("The kind is set.").first.wait_for()
    expect(document.locator("select[name=kind]")).to_have_value("imaging_report")
    assert accepted.count() == before, "nothing else is said of it"
    assert current.get_attribute("id") == here
    page.keyboard.press("u")
    page.get_by_text("Undone: The kind is set.").wait_for()
    assert current.get_attribute("id") == here
    context.close()
