"""What a reader does with the viewer and may do wrongly: points, keys, removals, three planes."""

# ruff: noqa: F811 - fixtures of the other file
import re

import pytest
from playwright.sync_api import Browser, Page

from tests.imaging.test_viewer_browser import (  # noqa: F401 - fixtures among them
    choose,
    chromium,
    context_of,
    data,
    drag,
    opened,
    site,
    viewer,
)
from tests.web.viewer_site import ViewerSite

pytestmark = [pytest.mark.journey, pytest.mark.filterwarnings("ignore::UserWarning")]

NOTE = ".viewer-note"
LINES = ".viewer-screen svg text tspan"


def told(page: Page, words: str) -> None:
    """Wait until the viewer's line says this."""
    page.locator(NOTE, has_text=words).wait_for()


def test_a_value_stands_at_its_point_and_comes_back_when_removed(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    viewer.click("[data-tool=probe]")
    box = viewer.locator(".viewer-screen").bounding_box()
    assert box
    with viewer.expect_response("**/measurements/") as kept:
        viewer.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    value = kept.value.json()["values"]["value"]
    viewer.click("[data-tool=window]")
    said = f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}"
    viewer.wait_for_function(
        f"() => [...document.querySelectorAll('{LINES}')]"
        f".some((each) => each.textContent === '{said}')"
    )
    count = int(data(viewer, "marks"))
    viewer.locator(".viewer-marks summary").click()
    entry = viewer.locator(".viewer-marks li button", has_text="Point")
    assert re.search(rf"Point · {said} · .*anat-T1w.* · Image \d+ of 40", entry.inner_text())
    viewer.keyboard.press("Home")
    entry.click()
    viewer.wait_for_selector(f"[data-viewer][data-slice='{data(viewer, 'slice')}']")
    viewer.keyboard.press("Delete")
    viewer.wait_for_selector(f"[data-viewer][data-marks='{count - 1}']")
    told(viewer, "Removed.")
    viewer.keyboard.press("Control+z")
    viewer.wait_for_selector(f"[data-viewer][data-marks='{count}']")
    told(viewer, "It is back.")
    viewer.locator(".viewer-marks summary").click()


def test_what_is_refused_is_said_and_keeps_nothing_else_from_being_saved(viewer: Page) -> None:
    broken: list[str] = []
    viewer.on("pageerror", lambda error: broken.append(str(error)))
    choose(viewer, "signed-ct")
    viewer.locator(".viewer-screen").focus()
    for _ in range(4):
        viewer.keyboard.press("-")
    count = int(data(viewer, "marks"))
    viewer.click("[data-tool=ellipse]")
    drag(viewer, (0.5, 0.5), (0.9, 0.95))
    told(viewer, "not on the image. It was taken off the picture.")
    assert viewer.locator(".viewer-screen svg ellipse").count() == 0
    viewer.click("[data-tool=length]")
    # Until the link is back, a measurement waits, and leaving the page is asked about.
    viewer.route("**/measurements/", lambda route: route.abort())
    drag(viewer, (0.5, 0.5), (0.55, 0.5))
    told(viewer, "Not saved yet")
    leaves = "() => dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert viewer.evaluate(leaves) is False
    viewer.unroute("**/measurements/")
    viewer.wait_for_selector(f"[data-viewer][data-marks='{count + 1}']")
    assert viewer.evaluate(leaves) is True
    # The server may refuse what the viewer would not: the reason is said, and it is sent no more.
    viewer.route("**/measurements/", lambda route: route.fulfill(
        status=400, json={"code": "too-many", "message": "There are too many measurements."}
    ))  # fmt: skip
    drag(viewer, (0.5, 0.55), (0.55, 0.55))
    told(viewer, "There are too many measurements. It was taken off the picture.")
    viewer.unroute("**/measurements/")
    assert viewer.evaluate(leaves) is True
    viewer.click("[data-tool=reset]")
    viewer.locator(".viewer-marks summary").click()
    viewer.locator(".viewer-marks li", has_text="Length").get_by_text("Remove").click()
    viewer.wait_for_selector(f"[data-viewer][data-marks='{count}']")
    viewer.locator(".viewer-marks summary").click()
    assert broken == []


def test_keys_are_the_pictures_after_the_mouse(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    viewer.click("[data-tool=scroll]")
    here = data(viewer, "slice")
    viewer.keyboard.press(" ")
    viewer.wait_for_function(
        f"() => document.querySelector('[data-viewer]').dataset.slice !== '{here}'"
    )
    viewer.keyboard.press(" ")
    viewer.keyboard.press("k")
    viewer.keyboard.type("Begun")
    viewer.keyboard.press("Escape")
    viewer.keyboard.press("End")
    viewer.wait_for_selector("[data-viewer][data-slice='40']")
    # The words wait with their series, and the place of each is kept.
    caption = viewer.locator(".viewer-key-image [name=caption]")
    choose(viewer, "signed-ct")
    assert caption.input_value() == ""
    choose(viewer, "anat-T1w")
    assert caption.input_value() == "Begun"
    assert data(viewer, "slice") == "40"
    caption.fill("")


def test_reset_gives_the_window_of_the_opening(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    viewer.locator(".viewer-screen").focus()
    viewer.click("[data-tool=reset]")
    usual = data(viewer, "window-width")
    for end in ("Home", "End"):
        viewer.keyboard.press(end)
        viewer.keyboard.press("2")
        viewer.keyboard.press("r")
        viewer.wait_for_selector(f"[data-viewer][data-window-width='{usual}']")


def test_three_planes_say_where_they_lie_and_lead_to_the_nearest_image(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    viewer.click("[data-tool=planes]")
    viewer.wait_for_selector("[data-viewer][data-planes=true]")
    axial = viewer.locator(".viewer-plane-line").first
    before = axial.inner_text()
    assert "Position" in before
    assert "Image" not in viewer.locator(".viewer-line").inner_text()
    viewer.keyboard.press("ArrowDown")
    viewer.wait_for_function(
        "(before) => document.querySelector('.viewer-plane-line').textContent !== before",
        arg=before,
    )
    place = float(axial.inner_text().split("Position ")[1].split(" ")[0])
    viewer.fill(".viewer-key-image [name=caption]", "Of a plane.")
    viewer.click(".viewer-key-image button")
    told(viewer, "Press O")
    viewer.locator(".viewer-screen").focus()
    viewer.keyboard.press("o")
    viewer.wait_for_function(
        f"""() => Math.abs(Number(
            /Position (\\S+) mm/.exec(document.querySelector('.viewer-line').textContent)?.[1]
        ) - {place}) < 5"""
    )
    with viewer.expect_response("**/key-images/") as kept:
        viewer.click(".viewer-key-image button")
    assert kept.value.ok
    # Taken out of the report, it can be put back, and the page stays where it is.
    entry = viewer.locator("[data-key-images] li", has_text="Of a plane.")
    with viewer.expect_response("**/remove/") as gone:
        entry.locator("[data-remove-key-image] button").click()
    assert gone.value.ok
    entry.wait_for(state="detached")
    viewer.locator("[data-key-images] [role=status] button").click()
    entry.wait_for()
    assert data(viewer, "ready") == "1"


def test_one_tap_is_one_point_where_the_finger_is(site: ViewerSite, chromium: Browser) -> None:
    context = context_of(
        chromium, site, {"width": 820, "height": 1180}, has_touch=True, is_mobile=True
    )
    page = opened(context, site)
    choose(page, "anat-T1w")
    page.locator("[data-tool=probe]").tap()
    box = page.locator(".viewer-screen").bounding_box()
    assert box
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"]
    before = page.locator(".viewer-screen svg circle").count()
    with page.expect_response("**/measurements/"):
        page.touchscreen.tap(x, y)
    page.wait_for_timeout(1000)  # as long as a second one would take to come
    circles = page.locator(".viewer-screen svg circle")
    assert circles.count() == before + 1
    made = circles.last.bounding_box()
    assert made
    assert abs(made["x"] + made["width"] / 2 - x) < 4
    assert abs(made["y"] + made["height"] / 2 - y) < 4
    context.close()


def test_one_comes_back_to_the_image_where_one_was(site: ViewerSite, chromium: Browser) -> None:
    context = context_of(chromium, site)
    page = opened(context, site)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    choose(page, "broken")
    choose(page, "anat-T1w")
    page.locator(".viewer-screen").focus()
    page.keyboard.press("Home")
    page.wait_for_selector("[data-viewer][data-slice='1']")
    page.reload()
    page.locator("[data-viewer]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-viewer][data-ready='1'][data-slice='1']")
    assert page.locator(".viewer-other").first.is_visible(), "it is not the child who is named"
    assert errors == []
    context.close()
