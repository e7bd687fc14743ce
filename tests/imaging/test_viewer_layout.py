"""Around the picture: what is in sight, alone and beside another; windows; what opens again."""

# ruff: noqa: F811 - fixtures of the other file
import pytest
from playwright.sync_api import Browser, Page, Route

from tests.imaging.test_viewer_browser import (  # noqa: F401 - fixtures among them
    choose,
    chromium,
    context_of,
    opened,
    site,
    viewer,
)
from tests.web.viewer_site import ViewerSite

pytestmark = [pytest.mark.journey, pytest.mark.filterwarnings("ignore::UserWarning")]


@pytest.mark.parametrize("size", [(1366, 768), (820, 1180)], ids=["laptop", "tablet"])
def test_picture_slider_numbers_and_purpose_are_in_sight_together(
    site: ViewerSite, chromium: Browser, size: tuple[int, int]
) -> None:
    """Nothing that is needed while scrolling lies below the edge of the screen."""
    context = context_of(chromium, site, {"width": size[0], "height": size[1]})
    page = opened(context, site)
    choose(page, "anat-T1w")
    page.locator(".viewer-head").evaluate("each => each.scrollIntoView({ block: 'start' })")
    tops = [page.locator(f".viewer-{name}").first.bounding_box() for name in
            ("tools > *", "screen", "slider", "line", "scale", "purpose", "key-image")]  # fmt: skip
    for box in tops:
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size[1]
        assert box["x"] + box["width"] <= size[0]
    assert tops[1]["height"] > 250  # type: ignore[index]  # looked at above
    context.close()


def test_beside_another_the_whole_picture_is_seen(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    viewer.click("[data-tool=compare]")
    viewer.wait_for_selector("[data-panes='2']")
    scales = "[...document.querySelectorAll('.viewer-scale-size')].map((each) => each.textContent)"
    viewer.locator(".viewer-screen").nth(1).click()
    choose(viewer, "anat-T1w")
    viewer.wait_for_function(f"() => new Set({scales}).size === 1")
    viewer.locator(".viewer-screen").first.click()
    viewer.click("[data-tool=compare]")
    assert viewer.locator(".viewer-screen").count() == 1


@pytest.mark.parametrize(
    ("name", "lossy"),
    [
        ("jpeg-baseline-grey", "Lossy compression 12:1"),
        ("jpeg-ls-near", "Lossy compression"),
        ("jpeg-ls", ""),
    ],
)
def test_an_image_says_that_values_were_lost(viewer: Page, name: str, lossy: str) -> None:
    choose(viewer, name)
    line = viewer.locator(".viewer-line").first.inner_text()
    assert lossy in line
    assert bool(lossy) == ("Lossy" in line)


def test_a_viewer_whose_large_part_does_not_come_says_so(
    site: ViewerSite, chromium: Browser
) -> None:
    context = context_of(chromium, site)
    context.route("**/islands/chunks/app-*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{site.url}/expert/cases/{(site.facts or {})['reference']}/")
    page.wait_for_selector("[data-viewer] > .viewer-note")
    assert "Reload the page" in page.inner_text("[data-viewer] > .viewer-note")
    context.close()


def test_the_windows_of_ct_and_of_the_file(viewer: Page) -> None:
    choose(viewer, "signed-ct")
    shown = viewer.locator("[data-viewer]")
    stored = [shown.get_attribute(f"data-window-{each}") for each in ("center", "width")]
    viewer.locator(".viewer-screen").focus()
    for key, window in {"1": ("40", "400"), "2": ("-600", "1500"), "5": ("40", "80")}.items():
        viewer.keyboard.press(key)
        viewer.wait_for_selector(
            f"[data-viewer][data-window-center='{window[0]}'][data-window-width='{window[1]}']"
        )
    assert viewer.locator(".viewer-windows button").count() in {5, 6}, "the file may name none"
    viewer.click("[data-tool=reset]")
    viewer.wait_for_selector(f"[data-viewer][data-window-width='{stored[1]}']")
    assert shown.get_attribute("data-window-center") == stored[0]


def test_what_has_no_size_says_so(viewer: Page) -> None:
    choose(viewer, "rgb")
    assert "calibrated" in viewer.locator(".viewer-scale-size").inner_text()
    choose(viewer, "anat-T1w")
    assert viewer.locator(".viewer-scale-size").inner_text().endswith(("cm", "mm"))


def test_a_key_image_of_a_film_opens_at_its_frame(
    site: ViewerSite, chromium: Browser, viewer: Page
) -> None:
    choose(viewer, "film")
    viewer.locator(".viewer-screen").focus()
    viewer.keyboard.press("Home")
    viewer.wait_for_selector("[data-viewer][data-slice='1']")
    for frame in range(2, 8):
        viewer.keyboard.press("ArrowDown")
        viewer.wait_for_selector(f"[data-viewer][data-slice='{frame}']")
    viewer.fill(".viewer-key-image [name=caption]", "The seventh frame.")
    with viewer.expect_response("**/key-images/") as kept:
        viewer.click(".viewer-key-image button")
    assert kept.value.ok
    context = context_of(chromium, site)
    again = opened(context, site)
    again.locator("[data-key-images] li", has_text="The seventh frame.").locator(
        "[data-open-key-image]"
    ).click()
    again.wait_for_selector("[data-viewer][data-slice='7']")
    assert "film" in again.locator(".viewer-who").inner_text()
    context.close()


def test_a_hole_in_a_series_is_said_where_it_is(viewer: Page) -> None:
    def without_some(route: Route) -> None:
        rows = route.fetch().json()
        rows.sort(key=lambda row: row["00200013"]["Value"][0])
        route.fulfill(json=rows[:10] + rows[12:])

    viewer.route("**/metadata", without_some)
    choose(viewer, "signed-ct")  # so that the series is read anew
    choose(viewer, "anat-T1w")
    viewer.locator(".viewer-screen").focus()
    viewer.keyboard.press("Home")
    viewer.wait_for_selector("[data-viewer][data-slice='1']")
    line = viewer.locator(".viewer-line")
    assert "missing" not in line.inner_text()
    viewer.keyboard.press("PageDown")
    viewer.wait_for_selector("[data-viewer][data-slice='11']")
    assert "Images are missing before this one (2.0 mm)" in line.inner_text()
    viewer.keyboard.press("ArrowUp")
    viewer.wait_for_selector("[data-viewer][data-slice='10']")
    assert "Images are missing after this one (2.0 mm)" in line.inner_text()
    viewer.unroute("**/metadata")
