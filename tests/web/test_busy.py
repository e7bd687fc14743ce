"""A saving that meets another comes back by itself, or by a button; no letter is lost."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.db import OperationalError
from playwright.sync_api import Browser, expect

from secondopinion.web.middleware import is_busy
from tests.browsers import DESK, context_of
from tests.web.site import Site
from tests.web.viewer_site import ViewerSite

pytestmark = pytest.mark.journey

FIRST, SECOND = "A first sentence, while somebody else writes.", "And a second one.\nAfter a break."


class HurriedSite(ViewerSite):
    """The same site; its writes wait a second for others."""

    database = "?timeout=1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with a report that is being written."""
    with HurriedSite(tmp_path_factory.mktemp("site")) as running:
        yield running


@contextmanager
def written_by_another(site: Site) -> Iterator[None]:
    """Hold the right to write in a connection of one's own."""
    with closing(sqlite3.connect(site.folder / "site.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def body(site: Site) -> dict[str, str]:
    """Return the fields of the draft."""
    [[text]] = site.rows("SELECT body FROM opinions_opinion")
    found: dict[str, str] = json.loads(text)
    return found


def test_a_saving_comes_back_by_itself(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "specialist", "en", DESK)
    page = context.new_page()
    page.goto(f"/expert/cases/{(site.facts or {})['reference']}/")
    status = page.locator("[data-autosave-status]")
    with written_by_another(site):
        with page.expect_response(lambda answer: answer.status == 503) as refused:
            page.locator("#findings").fill(FIRST)
        assert refused.value.headers["retry-after"]
        expect(status).to_have_text("Not saved yet. We try again by ourselves.")
        page.locator("#tests").fill(SECOND)
        assert body(site).get("findings", "") != FIRST
    expect(status).to_contain_text("Saved at", timeout=20_000)
    assert (body(site)["findings"], body(site)["tests"]) == (FIRST, SECOND)
    context.close()


def test_a_form_is_sent_again_with_all_its_letters(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "specialist", "en", DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/expert/cases/{(site.facts or {})['reference']}/")
    page.locator("#plan_text").fill("\n" + SECOND)
    page.locator("#summary").fill('Quotes " and <b>, ﷽')
    with written_by_another(site):
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The report is saved.")).to_be_visible()
    kept = {name: text.replace("\r\n", "\n") for name, text in body(site).items()}
    assert (kept["plan_text"], kept["summary"]) == ("\n" + SECOND, 'Quotes " and <b>, ﷽')
    context.close()


def test_other_faults_are_no_reason_to_try_again() -> None:
    for fault in ("SELECT * FROM nowhere", "not a query"):
        with closing(sqlite3.connect(":memory:")) as data:
            error = OperationalError()
            try:
                data.execute(fault)
            except sqlite3.Error as cause:
                error.__cause__ = cause
        assert not is_busy(error)
    assert not is_busy(OperationalError())
