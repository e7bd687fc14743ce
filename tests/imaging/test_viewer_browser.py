"""The viewer in a real browser: true values in every transfer syntax, tools, what is kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browsers import AXE, DESK, PHONE, launched
from tests.imaging.syntaxes import LOSSY, every_syntax, truth
from tests.web.viewer_site import ViewerSite

pytestmark = [pytest.mark.journey, pytest.mark.filterwarnings("ignore::UserWarning")]

READY = "[data-viewer][data-ready='1']"
SYNTAXES = every_syntax()
ASK = """async () => {
  const viewer = document.querySelector('[data-viewer]'), answer = {};
  for (let tries = 0; tries < 200 && !answer.values; tries++) {
    viewer.dispatchEvent(new CustomEvent('viewer:values', { detail: answer }));
    if (viewer.dataset.undecodable === 'true') break;
    await new Promise((done) => setTimeout(done, 50));
  }
  return answer.values ? Array.from(answer.values) : null;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViewerSite]:
    with ViewerSite(tmp_path_factory.mktemp("viewer")) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One that draws."""
    with launched(drawing=True) as browser:
        yield browser


def context_of(
    chromium: Browser, site: ViewerSite, size: dict[str, int] = DESK, language: str = "en",
    **options: Any,
) -> BrowserContext:  # fmt: skip
    context = chromium.new_context(viewport=size, **options)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    assert site.facts
    context.add_cookies(
        [
            {"name": name, "value": value, "url": site.url}
            for name, value in {
                "sessionid": site.facts["sessions"]["specialist"],
                "django_language": language,
            }.items()
        ]
    )
    return context


def opened(context: BrowserContext, site: ViewerSite) -> Page:
    page = context.new_page()
    page.goto(f"{site.url}/expert/cases/{(site.facts or {})['reference']}/")
    page.locator("[data-viewer]").scroll_into_view_if_needed()
    page.wait_for_selector(READY)
    return page


def test_the_first_image_is_seen_under_its_name_before_the_engine_is_there(
    site: ViewerSite, chromium: Browser
) -> None:
    context = context_of(chromium, site)
    held: list[Any] = []
    context.route("**/islands/chunks/app-*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function
    page = context.new_page()
    page.goto(f"{site.url}/expert/cases/{(site.facts or {})['reference']}/")
    page.wait_for_selector("[data-viewer][data-seen='1']")
    seen = page.locator(".viewer-glance")
    assert seen.evaluate("each => each.naturalWidth") > 0
    named = page.locator(".viewer-who").text_content()
    assert named
    instance = (seen.get_attribute("src") or "").split("/instances/")[1].split("/")[0]
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    page.wait_for_selector(READY)
    assert seen.count() == 0
    assert page.locator(".viewer-who").text_content() == named
    assert instance in page.evaluate(
        """() => performance.getEntriesByType('resource').map(({ name }) => name)
          .filter((name) => /frames\\/1$/.test(name))[0]"""
    )
    context.close()


@pytest.fixture(scope="module")
def viewer(site: ViewerSite, chromium: Browser) -> Iterator[Page]:
    context = context_of(chromium, site)
    yield opened(context, site)
    context.close()


def choose(page: Page, name: str) -> None:
    """Open the series of this name in the active pane."""
    page.evaluate("document.querySelector('[data-viewer]').removeAttribute('data-ready')")
    page.locator(".viewer-series-button", has_text=f"· {name} ·").click()
    page.wait_for_selector(READY)


def drag(page: Page, *points: tuple[float, float], on: str = ".viewer-screen") -> None:
    """Draw from one point of the picture to the others, in parts of its size."""
    box = page.locator(on).first.bounding_box()
    assert box
    first, *rest = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in points]
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


def settled(page: Page, lines: str, sign: str = " mm") -> str:
    """Return the line with a sign that a drawing tells once it has drawn the last movement of the
    mouse; an AssertionError with all lines where none comes."""
    told, every = "", []
    for _look in range(100):
        every = page.locator(lines).all_text_contents()
        now = next((each for each in every if sign in each), "")
        if now and now == told:
            return now
        told = now
        page.wait_for_timeout(400)
    raise AssertionError(every)


def data(page: Page, name: str) -> str:
    return str(page.locator("[data-viewer]").get_attribute(f"data-{name}"))


@pytest.mark.parametrize("name", SYNTAXES)
def test_values_are_those_of_pydicom(viewer: Page, name: str) -> None:
    choose(viewer, name)
    values = viewer.evaluate(ASK)
    wanted = truth(SYNTAXES[name]).astype(float).ravel()
    assert values is not None, viewer.locator(".viewer-problem").inner_text()
    shown = np.array(values, float)
    if shown.size == wanted.size // 3 * 4:
        shown = shown.reshape(-1, 4)[:, :3].ravel()
    assert shown.size == wanted.size
    assert np.abs(shown - wanted).max() <= LOSSY.get(name, 0)


def test_what_cannot_be_decoded_is_blank_and_says_why(viewer: Page) -> None:
    choose(viewer, "broken")
    assert data(viewer, "undecodable") == "true"
    assert not viewer.locator(".viewer-screen").is_visible()
    problem = viewer.locator(".viewer-problem")
    assert "damaged" in problem.inner_text()
    assert "1.2.840.10008.1.2.4.9" in (problem.get_attribute("title") or "")
    assert viewer.evaluate(ASK) is None
    # Nothing of the image before it stays around the blank.
    assert not viewer.locator(".viewer-letter-left").is_visible()
    assert not viewer.locator(".viewer-scale").is_visible()
    assert "Window" not in viewer.locator(".viewer-line").inner_text()
    viewer.fill(".viewer-key-image [name=caption]", "Nothing.")
    viewer.click(".viewer-key-image button")
    assert "no picture" in viewer.locator(".viewer-note").inner_text()
    viewer.fill(".viewer-key-image [name=caption]", "")


def test_a_twelve_bit_jpeg_is_true_or_not_shown(viewer: Page) -> None:
    """What the server decodes is shown; where it cannot, the picture stays blank."""
    choose(viewer, "twelve-bit-jpeg")
    values = viewer.evaluate(ASK)
    if values is None:
        told = viewer.locator(".viewer-problem").get_attribute("title")
        assert "1.2.840.10008.1.2.4.51" in (told or "")
        return
    rendered = viewer.evaluate(
        """async () => {
          const [address] = performance.getEntriesByType('resource').map((each) => each.name)
            .filter((name) => name.includes('/frames/1')).slice(-1);
          const accept = 'multipart/related; type="application/octet-stream"; '
            + 'transfer-syntax=1.2.840.10008.1.2.1';
          const answer = await fetch(address, { headers: { Accept: accept } });
          return Array.from(new Uint8Array(await answer.arrayBuffer()));
        }"""
    )
    body = bytes(rendered).split(b"\r\n\r\n", 1)[1]
    wanted = np.frombuffer(body[: 2 * len(values)], "<u2")
    assert np.array_equal(np.array(values), wanted.astype(float))


def test_the_names_of_directions_follow_the_picture(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    letter = lambda side: viewer.locator(f".viewer-letter-{side}").inner_text()  # noqa: E731
    assert [letter(side) for side in ("left", "right", "top", "bottom")] == ["R", "L", "A", "P"]
    viewer.click("[data-tool=mirror]")
    assert [letter("left"), letter("right")] == ["L", "R"]
    viewer.click("[data-tool=reset]")
    viewer.click("[data-tool=rotate]")
    assert {letter("left"), letter("right")} == {"A", "P"}
    viewer.click("[data-tool=reset]")
    assert letter("left") == "R"
    assert viewer.locator(".viewer-scale-size").inner_text().endswith(("cm", "mm"))
    assert "Fernández" not in viewer.locator(".viewer-who").inner_text()


def test_keys_scroll_window_and_help(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    viewer.locator(".viewer-screen").focus()
    here = int(data(viewer, "slice"))
    viewer.keyboard.press("ArrowDown")
    viewer.wait_for_selector(f"[data-viewer][data-slice='{here + 1}']")
    viewer.keyboard.press("End")
    viewer.wait_for_selector("[data-viewer][data-slice='40']")
    viewer.keyboard.press("Home")
    viewer.wait_for_selector("[data-viewer][data-slice='1']")
    width = data(viewer, "window-width")
    viewer.keyboard.press("2")
    viewer.wait_for_function(
        f"() => document.querySelector('[data-viewer]').dataset.windowWidth !== '{width}'"
    )
    viewer.keyboard.press("?")
    assert viewer.locator(".viewer-help").is_visible()
    viewer.keyboard.press("Escape")
    assert not viewer.locator(".viewer-help").is_visible()


def test_three_planes_only_of_a_regular_volume(viewer: Page) -> None:
    for name, words in {"tilted": "gantry", "uneven": "distance", "rgb": "too few"}.items():
        choose(viewer, name)
        viewer.click("[data-tool=planes]")
        viewer.wait_for_function(
            f"() => document.querySelector('.viewer-note').textContent.includes('{words}')"
        )
        assert data(viewer, "planes") == "false"
    choose(viewer, "anat-T1w")
    viewer.click("[data-tool=planes]")
    viewer.wait_for_selector("[data-viewer][data-planes=true]")
    assert viewer.locator(".viewer-plane canvas").count() == 3
    viewer.click("[data-tool=planes]")
    assert data(viewer, "planes") == "false"


def test_what_is_measured_on_planes_is_told_in_mm_and_not_kept(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    kept, sent = data(viewer, "marks"), []
    viewer.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    viewer.click("[data-tool=planes]")
    viewer.wait_for_selector("[data-viewer][data-planes=true]")
    viewer.click("[data-tool=length]")
    told = []
    cell = ".viewer-plane-cell:nth-child({}) .viewer-plane"
    sagittal = viewer.locator(cell.format(2)).bounding_box()
    assert sagittal
    down = 0.2 * sagittal["width"] / sagittal["height"]  # as far as a fifth of the width
    for end in ((0.5, 0.3), (0.7, 0.3), (0.3, 0.3 + down)):
        drag(viewer, (0.3, 0.3), end, on=cell.format(2))
        told.append(float(settled(viewer, f"{cell.format(2)} svg text tspan")[:-3]))
        assert "not kept" in viewer.locator(".viewer-note").inner_text()
        viewer.keyboard.press("Delete")
        viewer.wait_for_function("() => !document.querySelector('.viewer-plane svg text tspan')")
    assert told[0] > 5
    assert told[1] == pytest.approx(2 * told[0], rel=0.03)
    assert told[2] == pytest.approx(told[0], rel=0.03), "voxels are higher than wide, mm are not"
    viewer.click("[data-tool=ellipse]")
    drag(viewer, (0.5, 0.6), (0.53, 0.63), on=cell.format(1))
    assert settled(viewer, f"{cell.format(1)} svg text tspan", "±")
    viewer.keyboard.press("Delete")
    drag(viewer, (0.1, 0.1), (0.2, 0.2), on=cell.format(1))
    assert settled(viewer, f"{cell.format(1)} svg text tspan", "outside")
    viewer.click("[data-tool=planes]")
    viewer.click("[data-tool=window]")
    assert viewer.locator(".viewer-screen svg text tspan").count() == 0
    assert (data(viewer, "marks"), sent) == (kept, [])


def test_two_panes_scroll_together(viewer: Page) -> None:
    choose(viewer, "anat-T1w")
    viewer.click("[data-tool=compare]")
    viewer.wait_for_selector("[data-panes='2']")
    viewer.wait_for_function(
        "() => document.querySelectorAll('.viewer-line')[1].textContent !== ''"
    )
    viewer.locator(".viewer-screen").nth(1).click()
    choose(viewer, "anat-T1w")
    viewer.locator(".viewer-screen").first.click()
    viewer.locator(".viewer-screen").first.focus()
    viewer.keyboard.press("Home")
    viewer.wait_for_function(
        "() => [...document.querySelectorAll('.viewer-line')]"
        ".every((line) => line.textContent.startsWith('Image 1 of 40'))"
    )
    viewer.click("[data-tool=compare]")
    assert viewer.locator(".viewer-screen").count() == 1


def test_a_film_plays(viewer: Page) -> None:
    choose(viewer, "film")
    here = data(viewer, "slice")
    viewer.click("[data-tool=play]")
    viewer.wait_for_function(
        f"() => document.querySelector('[data-viewer]').dataset.slice !== '{here}'"
    )
    viewer.click("[data-tool=play]")


def test_measurements_stay_and_go_into_the_report(
    site: ViewerSite, chromium: Browser, viewer: Page
) -> None:
    choose(viewer, "signed-ct")
    viewer.click("[data-tool=ellipse]")
    with viewer.expect_response("**/measurements/") as ellipse:
        drag(viewer, (0.5, 0.5), (0.6, 0.6))
    viewer.click("[data-tool=length]")
    with viewer.expect_response("**/measurements/") as length:
        drag(viewer, (0.45, 0.3), (0.55, 0.3))
    viewer.click("[data-tool=window]")
    shown = viewer.locator(".viewer-screen svg text tspan").all_text_contents()
    values = ellipse.value.json()["values"]
    # What the browser shows and what the server has measured on the original are the same.
    assert values["value_unit"] == "HU"
    assert any(f"{values['mean']:.1f}" in line or f"{values['mean']:.0f}" in line for line in shown)
    assert any(f"{length.value.json()['values']['length']:.1f} mm" in line for line in shown)
    viewer.fill(".viewer-key-image [name=caption]", "A dense point.")
    with viewer.expect_response("**/key-images/") as kept:
        viewer.click(".viewer-key-image button")
    assert kept.value.ok
    viewer.wait_for_selector("[data-key-images] img")
    again_in = context_of(chromium, site)
    again = opened(again_in, site)
    again.click("[data-key-images] [data-open-key-image]")
    again.wait_for_function(
        "() => document.querySelector('.viewer-who').textContent.includes('signed-ct')"
    )
    again.wait_for_selector(".viewer-screen svg ellipse")
    assert data(again, "window-center") == data(viewer, "window-center")
    assert again.locator(".viewer-screen svg line").count() >= 1
    again_in.close()


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_it_is_accessible_and_fits(
    site: ViewerSite, chromium: Browser, size: dict[str, int], language: str
) -> None:
    context = context_of(chromium, site, size, language)
    page = opened(context, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.evaluate(AXE)
    found = page.evaluate("axe.run('[data-viewer]')")
    assert [each["id"] for each in found["violations"]] == []
    assert page.locator(".viewer-purpose").inner_text()
    # The picture is never mirrored with the page.
    frame = page.locator(".viewer-frame")
    assert frame.evaluate("each => getComputedStyle(each).direction") == "ltr"
    context.close()


def test_fingers_scroll_and_use_tools(site: ViewerSite, chromium: Browser) -> None:
    context = context_of(
        chromium, site, {"width": 820, "height": 1180}, has_touch=True, is_mobile=True
    )
    page = opened(context, site)
    here = data(page, "slice")
    box = page.locator(".viewer-screen").bounding_box()
    assert box
    wire = context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = lambda kind, *points: wire.send(  # noqa: E731
        "Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)}
    )
    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 12):
        touch("touchMove", {"x": x, "y": y + 8 * step})
    touch("touchEnd")
    page.wait_for_function(
        f"() => document.querySelector('[data-viewer]').dataset.slice !== '{here}'"
    )
    context.close()


def test_every_word_that_the_island_says_is_given() -> None:
    import re

    from secondopinion.web.viewer_texts import VIEWER_TEXTS

    folder = Path(__file__).parents[2] / "frontend" / "src" / "viewer"
    said = {
        word
        for file in folder.glob("*.ts")
        for word in re.findall(r'say\(\s*"([a-z_]+)"', file.read_text())
    }
    assert said <= set(VIEWER_TEXTS)
