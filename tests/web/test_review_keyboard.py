"""A review from its first link to the signature by keyboard alone, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsers import DESK, context_of
from tests.web.site import Site
from tests.web.test_sign_in import totp
from tests.web.viewer_site import ViewerSite

pytestmark = pytest.mark.journey
MOST = 400  # presses of a key until something must be reached

# What somebody with a mouse can act on, each with a number; what is closed is not there.
NUMBERED = """() => {
  const found = [...document.querySelectorAll('.review :is(a[href], button, input, select, ' +
    'textarea, summary, [tabindex="0"])')].filter(each => each.checkVisibility() &&
    !each.disabled && each.tabIndex >= 0 && each.type !== 'hidden')
  found.forEach((each, place) => { each.dataset.place = place })
  return found.map(each => each.outerHTML.slice(0, 160))
}"""
# Where the keyboard is: its number, whether that shows, and whether it can be seen.
WHERE = """() => {
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect()
  const across = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1)
  const down = Math.min(Math.max(box.y + Math.min(box.height / 2, 20), 0), innerHeight - 1)
  const above = document.elementFromPoint(across, down)
  const bar = above?.closest('.at-hand')
  return {
    place: it.dataset.place ?? '', outside: it === document.body, html: it.outerHTML.slice(0, 160),
    ringed: style.outlineStyle !== 'none' ||  // a point that is drawn has a thicker edge
      getComputedStyle(it.querySelector('circle') ?? it).strokeWidth === '3px',
    covered: box.bottom <= 0 || box.top >= innerHeight || Boolean(bar && !bar.contains(it)),
  }
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with a report that is being written."""
    with ViewerSite(tmp_path_factory.mktemp("site")) as running:
        yield running


def reach(page: Page, selector: str) -> None:
    """Press Tab until the keyboard is on what a selector names."""
    for _press in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", selector):
            return
    pytest.fail(f"no key leads to {selector}")


def write(page: Page, name: str, text: str) -> None:
    """Type into a field, as one who comes to it by the keyboard."""
    reach(page, f"[name={name}]")
    page.keyboard.insert_text(text)


def test_every_control_is_reached_seen_and_never_beneath_the_bar(
    site: Site, chromium: Browser
) -> None:
    context = context_of(chromium, site, "specialist", "en", DESK)
    page = context.new_page()
    page.goto(f"/expert/cases/{(site.facts or {})['reference']}/")
    controls = page.evaluate(NUMBERED)
    reached, hidden, unmarked = set[int](), [], []
    for _press in range(MOST):  # also through what the viewer brings after the page
        page.keyboard.press("Tab")
        at = page.evaluate(WHERE)
        if at["place"] != "":
            reached.add(int(at["place"]))
            hidden += [at["html"]] if at["covered"] else []
            unmarked += [] if at["ringed"] else [at["html"]]
        elif reached and at["outside"]:
            break
    missed = [each for place, each in enumerate(controls) if place not in reached]
    assert not missed
    assert not hidden, hidden
    assert not unmarked
    context.close()


def test_reading_writing_noting_and_signing(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "specialist", "en", DESK)
    page, here = context.new_page(), f"/expert/cases/{(site.facts or {})['reference']}/"
    page.goto(here)
    # A point of the timeline leads to its record, and a record is closed and opened.
    reach(page, ".lifeline a")
    page.keyboard.press("Enter")
    reach(page, "[aria-label='Records and images'] summary")
    before = page.evaluate("document.activeElement.parentElement.open")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is not before
    # A note for the other experts, on a page of its own.
    page.goto(here)
    reach(page, "a[href$='/together/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/together/")
    write(page, "text", "Ask the neuroradiologist about slice 180.")
    reach(page, "form[action$='/notes/'] button")
    page.keyboard.press("Enter")
    page.get_by_text("Ask the neuroradiologist").wait_for()
    reach(page, f"a[href$='{here}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{here}")
    # The report, in the order of the page.
    write(page, "answer_1", "Yes. What was sent fits this diagnosis.")
    write(page, "answer_2", "Yes, with an adult beside the water.")
    write(page, "findings", "No abnormality in the T1-weighted series.")
    reach(page, "select[name=diagnosis]")
    page.keyboard.type("Agrees")
    write(page, "diagnosis_text", "Typical course.")
    reach(page, "select[name=plan]")
    page.keyboard.type("Agrees")
    write(page, "plan_text", "Go on.")
    write(page, "tests", "A sleep recording in six months.")
    reach(page, "select[name=operation]")
    page.keyboard.type("No op")
    reach(page, "select[name=urgency]")
    page.keyboard.type("No h")
    write(page, "limitations", "The child was not examined.")
    write(page, "summary", "Your child has a common kind of epilepsy. Most children outgrow it.")
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "saved")
    reach(page, "button[name=sign]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/")
    write(page, "code", totp())
    page.keyboard.press("Enter")
    page.get_by_text("The report is signed. It is never changed").wait_for()
    context.close()
