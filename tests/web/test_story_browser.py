"""The drawn story in a real browser: by keyboard to a record, by address to the list."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser

from tests.browsers import DESK, PHONE, context_of
from tests.web.site import Site
from tests.web.test_browser import shown_troubles

pytestmark = pytest.mark.journey
OPEN = "document.querySelector(location.hash).closest('details').open"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with a case whose records have a date."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        with closing(sqlite3.connect(running.folder / "site.sqlite3")) as database, database:
            database.execute("UPDATE records_record SET dated = '2019-03-02'")
        yield running


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ar", PHONE)])
def test_points_open_what_they_stand_for(
    site: Site, chromium: Browser, language: str, size: dict[str, int]
) -> None:
    context = context_of(chromium, site, "specialist", language, size)
    page = context.new_page()
    page.goto(f"/expert/cases/{(site.facts or {})['reference']}/")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = false })")
    point = page.locator(".lifeline a[href^='#record-']").first
    assert point.get_attribute("aria-label")
    point.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(OPEN)
    address = page.url.partition("#")[0]
    page.goto(f"{address}#story-2019-03")
    page.wait_for_function(OPEN)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert not shown_troubles(page)
    context.close()
