"""A page that is left while one types, in a real browser: one tab is no other place, and a lost
connection loses nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browsers import PHONE, context_of
from tests.web.site import Site

pytestmark = pytest.mark.journey
BOX = "What happened"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


def opened(site: Site, chromium: Browser, key: str = "story") -> tuple[Any, Page]:
    context = context_of(chromium, site, "drafting", "en", PHONE)
    page = context.new_page()
    page.goto(f"/my/cases/{(site.facts or {})['draft']}/request/{key}/")
    return context, page


def test_a_reload_while_one_types_is_no_other_place(site: Site, chromium: Browser) -> None:
    context, page = opened(site, chromium)
    held: list[Route] = []
    page.get_by_label(BOX).fill("It began in May")
    page.locator("form[data-autosave-state=saved]").wait_for()
    # What the browser sends while it leaves arrives after the next page, and once after its saves.
    context.route("**/autosave/story/", lambda route: held.append(route))  # noqa: PLW0108 - see Playwright
    page.get_by_label(BOX).fill("It began in June")
    page.reload()
    assert page.get_by_label(BOX).input_value() == "It began in June"
    page.wait_for_timeout(300)
    assert held
    for late in reversed(held):
        late.continue_()
    context.unroute("**/autosave/story/")
    page.locator("form[data-autosave-state=saved]").wait_for()
    page.get_by_label(BOX).fill("It began in June, at night")
    page.wait_for_timeout(200)
    page.reload()
    assert page.get_by_label(BOX).input_value() == "It began in June, at night"
    page.get_by_label(BOX).fill("It began in July")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/story-2/")
    page.go_back()
    assert page.get_by_label(BOX).input_value() == "It began in July"
    page.get_by_label(BOX).fill("It began in August")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/story-2/")
    page.goto(page.url.replace("story-2", "story"))
    assert page.get_by_label(BOX).input_value() == "It began in August"
    context.close()


def test_without_a_connection_nothing_is_sent_and_nothing_lost(
    site: Site, chromium: Browser
) -> None:
    context, page = opened(site, chromium, "story-2")
    context.set_offline(True)
    page.get_by_label("Vaccinations").fill("All of them")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_text("There is no connection now.").wait_for()
    assert page.get_by_label("Vaccinations").input_value() == "All of them"
    context.set_offline(False)
    page.locator("form[data-autosave-state=saved]").wait_for()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/questions/")
    # A connection that breaks while the form is on its way: the browser's own page instead of ours.
    page.go_back()
    context.route("**/*", lambda route: route.abort())
    page.get_by_label("Vaccinations").fill("All but one")
    page.evaluate("document.querySelector('main form').requestSubmit()")
    page.wait_for_timeout(800)
    assert page.url.startswith("chrome-error:")
    context.unroute("**/*")
    page.goto(f"/my/cases/{(site.facts or {})['draft']}/request/story-2/")
    assert page.get_by_label("Vaccinations").input_value() == "All but one"
    page.locator("form[data-autosave-state=saved]").wait_for()
    context.close()


def test_a_message_that_did_not_arrive_is_in_its_box_again(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "family", "en", PHONE)
    page = context.new_page()
    page.goto(f"/my/cases/{(site.facts or {})['reference']}/")
    box, send = (
        page.get_by_label("Write to us"),
        page.get_by_role("button", name="Send the message"),
    )
    box.fill("What we saw. " * 800)
    send.click()
    page.get_by_text("This message is too long").wait_for()
    page.get_by_role("link", name="Go back without sending").click()
    assert box.input_value().startswith("What we saw.")
    box.fill("What we saw at night.")
    context.route("**/message/", lambda route: route.abort())
    send.click()
    page.wait_for_timeout(800)
    assert page.url.startswith("chrome-error:")
    context.unroute("**/message/")
    page.go_back()
    assert box.input_value() == "What we saw at night."
    send.click()
    page.get_by_text("Your message is sent.").wait_for()
    assert not box.input_value()
    context.close()


def test_a_template_is_kept_beside_what_was_typed(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "coordinator", "en", PHONE)
    page = context.new_page()
    here = f"/desk/cases/{(site.facts or {})['reference']}/messages/"
    page.goto(here)
    box = page.locator("#text")
    box.fill("Dear family,")
    page.locator("#template").select_option(index=1)
    page.get_by_role("button", name="Put it in").click()
    page.wait_for_load_state()
    put = box.input_value()
    assert put != "Dear family,"
    page.goto("/desk/")
    page.goto(here)
    assert box.input_value() == put
    context.close()
