"""The small islands in a real browser: a report stays there; what is typed is not lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FileChooser, Page, Request

from tests.browsers import DESK, PHONE, context_of
from tests.web.site import Site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


def report_of(site: Site, chromium: Browser, folder: Path) -> Path:
    """Download the signed report as the family does."""
    context = context_of(chromium, site, "family", "en", DESK)
    reference = (site.facts or {})["reference"]
    answer = context.request.get(f"/files/{reference}/reports/1.pdf")
    assert answer.status == 200
    path = folder / "report.pdf"
    path.write_bytes(answer.body())
    context.close()
    return path


def test_a_report_is_verified_and_does_not_leave_the_browser(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    report = report_of(site, chromium, tmp_path)
    data = report.read_bytes()
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])
    text = tmp_path / "letter.txt"
    text.write_bytes(b"no report")
    context = context_of(chromium, site, "", "en", PHONE)
    page = context.new_page()
    asked: list[Request] = []
    page.goto("/verify/")
    page.wait_for_selector("[data-verify][data-ready]")
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - see Playwright
    outcome = page.locator("[data-verify-outcome]")
    for file, state in ((report, "good"), (changed, "stop"), (text, "stop")):
        page.locator("[data-verify] input[type=file]").set_input_files(file)
        page.locator(f"[data-verify-outcome][data-state={state}]").filter(
            has_text={"good": "Nothing was changed", "stop": "not a"}[state]
        ).wait_for()
    assert outcome.is_visible()
    assert [each.method for each in asked] == ["GET", "GET"], "only two digests are asked for"
    assert all(each.post_data_buffer is None for each in asked)
    # Dropped on the page, it is the same.
    handle = page.evaluate_handle(
        """bytes => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], "report.pdf"));
          return transfer;
        }""",
        list(data),
    )
    page.dispatch_event("[data-verify]", "drop", {"dataTransfer": handle})
    page.locator("[data-verify-outcome][data-state=good]").wait_for()
    page.locator("[data-verify-outcome] a").click()
    assert page.get_by_text("This document is real").is_visible()
    context.close()


def test_the_form_without_javascript_says_the_same(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    report = report_of(site, chromium, tmp_path)
    context = context_of(chromium, site, "", "en", PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/verify/")
    page.get_by_label("The PDF").set_input_files(report)
    page.get_by_role("button", name="Check the file").click()
    assert page.get_by_text("This document is real").is_visible()
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(report.read_bytes() + b" ")
    page.get_by_label("The PDF").set_input_files(changed)
    page.get_by_role("button", name="Check the file").click()
    assert page.get_by_text("This cannot be confirmed").is_visible()
    context.close()


def story(page: Page, site: Site) -> None:
    page.goto(f"/my/cases/{(site.facts or {})['draft']}/request/story/")


def test_files_are_chosen_with_a_button_in_the_pages_language(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("a.txt", "b.txt")]
    for file in files:
        file.write_text(file.name)
    address = f"/my/cases/{(site.facts or {})['reference']}/"
    opened = []

    def note(chooser: FileChooser) -> None:
        opened.append(chooser)

    for language, button, none, two in (
        ("en", "Choose files", "Nothing chosen yet", "Files chosen: 2"),
        ("es", "Elegir archivos", "Todavía no eligió nada", "Archivos elegidos: 2"),
    ):
        context = context_of(chromium, site, "family", language, PHONE)
        page = context.new_page()
        page.on("filechooser", note)  # from the start: asked for later it can be missed
        page.goto(address)
        place = page.locator("[data-chooser][data-ready]")
        assert place.locator(".button").inner_text() == button
        assert place.locator("output").inner_text() == none
        chooser = place.locator("input")
        chooser.set_input_files(files[0])
        assert "a.txt" in place.locator("output").inner_text()
        chooser.set_input_files(files)
        assert place.locator("output").inner_text() == two
        described = chooser.get_attribute("aria-describedby")
        assert page.locator(f"#{described}").inner_text() == two, "a screen reader is told"
        chooser.press("Space")
        for _wait in range(100):
            if opened:
                break
            page.wait_for_timeout(100)
        assert opened, "by keyboard too"
        opened.clear()
        context.close()
    # Without JavaScript the browser's own button stays.
    context = context_of(chromium, site, "family", "es", PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("#message-files").evaluate("each => getComputedStyle(each).opacity") == "1"
    context.close()


def test_two_tabs_that_write_one_page_lose_nothing(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "drafting", "en", DESK)
    first, second = context.new_page(), context.new_page()
    story(first, site)
    story(second, site)
    box = "What happened"
    with first.expect_response("**/autosave/story/") as saved:
        first.get_by_label(box).fill("Two seizures in August")
    assert saved.value.status == 200
    with second.expect_response("**/autosave/story/") as refused:
        second.get_by_label(box).fill("A fever in May")
    assert refused.value.status == 409
    form = second.locator("form[data-autosave-state=conflict]")
    form.wait_for()
    status = second.locator("[data-autosave-status]")
    assert status.inner_text().strip(), "it is said"
    assert second.get_by_label(box).input_value() == "A fever in May", "what was typed is there"
    first.reload()
    assert first.get_by_label(box).input_value() == "Two seizures in August"
    context.close()


def test_what_is_typed_without_a_network_is_saved_when_it_is_back(
    site: Site, chromium: Browser
) -> None:
    context = context_of(chromium, site, "drafting", "en", PHONE)
    page = context.new_page()
    story(page, site)
    context.set_offline(True)
    page.get_by_label("What happened").fill("It began at night")
    page.locator("form[data-autosave-state=failed]").wait_for()
    with page.expect_response("**/autosave/story/") as saved:
        context.set_offline(False)
    assert saved.value.status == 200
    page.locator("form[data-autosave-state=saved]").wait_for()
    page.reload()
    assert page.get_by_label("What happened").input_value() == "It began at night"
    context.close()
