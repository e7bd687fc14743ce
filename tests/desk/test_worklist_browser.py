"""The worklist in a real browser: by keys alone, fresh without a reload, a step and its undo."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browsers import DESK, PHONE, context_of
from tests.web.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """All cases of the coordinator, in the order of the list."""
    context = context_of(chromium, site, "coordinator", "en", DESK)
    opened = context.new_page()
    opened.goto("/desk/?view=mine")
    yield opened
    context.close()


def current(page: Page) -> str:
    return page.locator("[data-row][data-current]").get_attribute("data-row") or ""


def ticked(page: Page) -> list[str]:
    return [
        each.input_value() for each in page.locator("#worklist-rows input[name=case]:checked").all()
    ]


def test_one_moves_ticks_searches_and_opens_by_keys(page: Page) -> None:
    names = [each.get_attribute("data-row") for each in page.locator("[data-row]").all()]
    assert len(names) == 2
    for key, place in (("j", 0), ("j", 1), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        assert current(page) == names[place], "and it stays at the ends"
    page.keyboard.press("x")
    assert len(ticked(page)) == 1
    assert page.locator("[data-chosen]").inner_text() == "(1)"
    page.keyboard.press("x")
    assert ticked(page) == []
    page.keyboard.press("?")
    assert page.locator("dialog[data-keys-help][open]").is_visible()
    page.keyboard.press("?")
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.locator("#q").input_value() == "jk", "keys are letters where one types"
    page.locator("#q").blur()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/desk/cases/{names[1]}/")


def test_what_is_new_appears_without_a_reload_and_ticks_stay(
    site: Site, chromium: Browser, page: Page
) -> None:
    reference = (site.facts or {})["waiting"]
    page.evaluate("window.neverReloaded = true")
    tick = page.locator(f'#worklist-rows input[value="{reference}"]')
    tick.check()
    row = page.locator("[data-row]").filter(has_text=reference)
    assert "New message" not in row.inner_text()
    mother = context_of(chromium, site, "waiting", "en", PHONE)
    family = mother.new_page()
    family.goto(f"/my/cases/{reference}/")
    family.fill("#text", "When will you call?")
    with family.expect_navigation():
        family.locator("form:has(#text) button").last.click()
    mother.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # or after 15 seconds
    row.filter(has_text="New message").wait_for()
    assert page.evaluate("window.neverReloaded") is True
    assert ticked(page) == [reference]


def test_a_step_on_ticked_cases_is_undone(site: Site, page: Page) -> None:
    reference = (site.facts or {})["waiting"]
    page.locator(f'#worklist-rows input[value="{reference}"]').check()
    until = page.locator("#many-until")
    day = page.evaluate("new Date(Date.now() + 5 * 86400000).toISOString().slice(0, 10)")
    until.fill(day)
    page.locator("button[value=put-off]").click()
    page.get_by_text("1 case is put off.").first.wait_for()
    page.goto("/desk/?view=put-off")
    assert page.locator("[data-row]").filter(has_text=reference).count() == 1
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("It is undone for 1 case.").wait_for()
    assert page.locator("[data-row]").filter(has_text=reference).count() == 0
