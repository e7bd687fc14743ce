"""Every page for families in a real browser: accessible, within the screen, quiet, light."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browsers import AXE, DESK, PHONE, context_of
from tests.web.site import Site

pytestmark = pytest.mark.journey

SHOTS = os.environ.get("SHOTS", "")  # a folder for pictures of every page, to be looked at
FIRST_VISIT = 60_000  # bytes over the wire

# Who opens it, its name, its address.
PUBLIC = [
    ("", "home", "/"), ("", "how", "/how-it-works/"), ("", "report-words", "/your-report/"),
    ("", "provider-words", "/your-local-provider/"), ("", "data", "/your-data/"),
    ("", "disclaimer", "/disclaimer/"), ("", "verify", "/verify/"),
    ("", "verified", "/verify/{code}/"), ("", "sign-in", "/sign-in/"), ("", "404", "/nowhere/"),
    ("", "can-help", "/can-we-help/"),
    ("", "link", "{link}"), ("", "sign-in-first", "/sign-in/?next=/my/start/"),
]  # fmt: skip
FAMILY = [
    ("fresh", "start", "/my/start/"),
    ("drafting", "may", "/my/cases/{draft}/may/"),
    *(
        ("drafting", key, f"/my/cases/{{draft}}/request/{key}/")
        for key in (
            "start", "emergency", "child", "you", "provider", "story", "story-2", "questions",
            "files", "consent", "check", "stop",
        )
    ),
    ("drafting", "tasks", "/my/cases/{draft}/request/"),
    ("drafting", "mine", "/my/"),
    ("waiting", "sent", "/my/cases/{waiting}/request/sent/"),
    ("waiting", "waiting", "/my/cases/{waiting}/"),
    ("waiting", "answer", "/my/cases/{waiting}/answer/{asked}/"),
    ("waiting", "another-doctor", "/my/cases/{waiting}/provider/"),
    ("waiting", "guardians", "/my/cases/{waiting}/family/"),
    ("waiting", "other-parent", "/my/cases/{waiting}/family/parent/"),
    ("waiting", "child-is-asked", "/my/cases/{waiting}/family/child/"),
    ("waiting", "link-of-my-doctor", "{link}"),
    ("fresh", "link-of-somebody", "{link}"),
    ("waiting", "withdraw", "/my/cases/{waiting}/withdraw/"),
    ("waiting", "how-i-sign-in", "/account/factor/"),
    ("waiting", "passkey", "/account/passkeys/add/"),
    ("waiting", "own-address", "/account/address/"),
    ("family", "case", "/my/cases/{reference}/"),
    ("family", "report", "/my/cases/{reference}/reports/1/"),
    ("family", "referral", "/my/cases/{reference}/referrals/1/"),
    ("provider", "provider", "/provider/cases/{reference}/"),
    ("provider", "site-keys", "/files/{reference}/site-keys/"),
]  # fmt: skip
STAFF = [
    ("coordinator", "desk", "/desk/"), ("coordinator", "desk-case", "/desk/cases/{reference}/"),
    ("coordinator", "desk-waiting", "/desk/cases/{waiting}/"),
    *(("coordinator", f"desk-{part}", f"/desk/cases/{{reference}}/{part}/") for part in (
        "request", "people", "records", "specialist", "messages", "after", "guardians", "fee",
    )),
    ("coordinator", "desk-images", "/desk/cases/{reference}/images/"),
    ("coordinator", "site-keys", "/files/{reference}/site-keys/"),
    ("referrals", "referrals", "/desk/referrals/"),
    ("referrals", "desk-referral", "/desk/cases/{reference}/referrals/1/"),
    ("specialist", "calls", "/expert/cases/{reference}/calls/"),
    ("specialist", "expert", "/expert/"), ("specialist", "review", "/expert/cases/{reference}/"),
    ("director", "glossary", "/program/glossary/"),
    ("director", "glossary-word", "/program/glossary/0/"),
    ("director", "director", "/director/"), ("privacy", "privacy", "/privacy/"),
    ("privacy", "jobs", "/jobs/"), ("coordinator", "factor", "/account/factor/"),
    ("privacy", "emergencies", "/privacy/emergencies/"),
    ("specialist", "emergency-access", "/emergency-access/"),
    ("outsider", "emergency-case", "/emergency-access/{reference}/"),
    ("coordinator", "desk-pages", "/desk/cases/{reference}/records/pages/"),
    ("searching", "search-empty", "/files/{reference}/search/"),
    ("searching", "search", "/files/{reference}/search/SEARCHED/"),
    ("searching", "hit", "/files/{reference}/records/{record}/pages/1/look/?search=SEARCHED"),
    ("family", "what-you-sent", "/my/cases/{reference}/what-you-sent/"),
    ("family", "look", "/files/{reference}/records/{record}/pages/1/look/"),
    ("family", "again", "/my/cases/{reference}/records/{record}/pages/1/again/"),
    ("waiting", "document", "/my/cases/{waiting}/family/document/"),
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with cases in three states."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


def troubles_of(page: Page, address: str, wanted: int = 200) -> list[str]:
    """Open a page and return what is wrong with it."""
    found: list[str] = []

    def note(message: Any) -> None:
        quiet = wanted != 200 and "status of" in message.text
        if message.type in {"error", "warning"} and not quiet:
            found.append(f"console: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((page.url.split("/", 3)[0], "data:", "blob:"))
            or "127.0.0.1" in request.url
            else found.append(f"asks another host: {request.url}")
        ),
    )
    answer = page.goto(address, wait_until="load")
    if answer is None or answer.status != wanted:
        found.append(f"status {answer and answer.status}")
    return found + shown_troubles(page)


def shown_troubles(page: Page) -> list[str]:
    """Return what is wrong with the page that is shown."""
    found: list[str] = []
    page.evaluate(AXE)
    result = page.evaluate(
        "contrast => axe.run({resultTypes: ['violations'],"
        " rules: {'color-contrast': {enabled: contrast}}})",
        page.viewport_size == DESK,  # the slowest rule; colours are those of the phone
    )
    for violation in result["violations"]:
        where = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:3])
        found.append(f"axe {violation['id']}: {where}")
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if wide > 0:
        found.append(f"{wide} px wider than the screen")
    return found


# Both languages and both sizes, in two pairs; pictures are made of all four.
LOOKS = {"ar-phone": ("ar", PHONE), "en-desk": ("en", DESK)}
if SHOTS:
    LOOKS |= {"en-phone": ("en", PHONE), "ar-desk": ("ar", DESK)}


@pytest.mark.parametrize(("language", "size"), LOOKS.values(), ids=LOOKS.keys())
@pytest.mark.parametrize("pages", [PUBLIC, FAMILY, STAFF], ids=["public", "family", "staff"])
def test_every_page_is_accessible_and_fits(
    site: Site, chromium: Browser, pages: list[tuple[str, str, str]], language: str,
    size: dict[str, int],
) -> None:  # fmt: skip
    troubles = []
    for who, name, address in pages:
        context = context_of(chromium, site, who, language, size)
        page = context.new_page()
        found = troubles_of(page, address.format(**site.facts or {}), 404 if name == "404" else 200)
        troubles += [f"{name}: {each}" for each in found]
        direction = page.evaluate("document.documentElement.dir")
        if direction != ("rtl" if language == "ar" else "ltr"):
            troubles.append(f"{name}: direction {direction}")
        if SHOTS:
            shot = Path(SHOTS) / f"{name}-{language}-{size['width']}.png"
            page.screenshot(path=shot, full_page=True)
        context.close()
    assert not troubles, "\n".join(troubles)


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ar", PHONE)])
def test_the_later_of_two_tabs_shows_both_versions(
    site: Site, chromium: Browser, language: str, size: dict[str, int]
) -> None:
    address = f"/my/cases/{(site.facts or {})['draft']}/request/story-2/"
    context = context_of(chromium, site, "drafting", language, size)
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(address)
    first.fill("[name=operations]", f"None until now ({language}).")
    first.click("main form button.button")
    second.fill("[name=operations]", "One, in 2019.")
    second.wait_for_selector("[data-autosave-state=conflict]")
    second.click("main form button.button")
    assert "One, in 2019." in second.inner_text("main")
    assert f"None until now ({language})." in second.inner_text("main")
    assert not shown_troubles(second)
    if SHOTS:
        second.screenshot(path=Path(SHOTS) / f"two-{language}-{size['width']}.png", full_page=True)
    second.check("[name=choose_operations][value=both]")
    second.click("main form button.button")
    second.goto(address)
    kept = second.input_value("[name=operations]")
    assert kept == f"None until now ({language}).\n\nOne, in 2019."
    context.close()


@pytest.mark.parametrize(("who", "name", "address"), [*PUBLIC[:9], *FAMILY])
def test_a_first_visit_is_light(
    site: Site, chromium: Browser, who: str, name: str, address: str
) -> None:
    context = context_of(chromium, site, who, "en", PHONE)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    bytes_of: list[float] = []
    wire.on("Network.loadingFinished", lambda event: bytes_of.append(event["encodedDataLength"]))
    page.goto(address.format(**site.facts or {}), wait_until="networkidle")
    context.close()
    assert sum(bytes_of) <= FIRST_VISIT, f"{name}: {sum(bytes_of):.0f} bytes"


def test_pages_can_be_used_without_javascript(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "drafting", "en", PHONE, java_script_enabled=False)
    page = context.new_page()
    draft = (site.facts or {})["draft"]
    page.goto(f"/my/cases/{draft}/request/story-2/")
    page.get_by_label("Vaccinations").fill("All of them")
    page.get_by_role("button", name="Save and go on").click()
    assert "questions" in page.url
    page.goto(f"/my/cases/{draft}/request/check/")
    assert page.get_by_text("All of them").is_visible()
    page.get_by_role("button", name="Español").click()
    assert page.locator("html").get_attribute("lang") == "es"
    context.close()


def test_what_is_typed_is_there_after_the_browser_was_closed(site: Site, chromium: Browser) -> None:
    address = f"/my/cases/{(site.facts or {})['draft']}/request/story/"
    context = context_of(chromium, site, "drafting", "en", PHONE)
    page = context.new_page()
    page.goto(address)
    with page.expect_response("**/autosave/story/") as saved:
        page.get_by_label("What happened").fill("Two seizures since Augu")
    assert saved.value.status == 200
    context.close()
    elsewhere = context_of(chromium, site, "drafting", "en", DESK)
    page = elsewhere.new_page()
    page.goto(address)
    assert page.get_by_label("What happened").input_value() == "Two seizures since Augu"
    elsewhere.close()


def test_one_sees_where_one_is_by_keyboard_alone(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "drafting", "en", DESK)
    page = context.new_page()
    page.goto(f"/my/cases/{(site.facts or {})['draft']}/request/child/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    seen = set()
    for _press in range(40):
        page.keyboard.press("Tab")
        drawn = page.evaluate(
            "(() => { const it = document.activeElement, style = getComputedStyle(it);"
            " return [it.name || it.textContent.trim(), style.outlineStyle,"
            " style.outlineWidth] })()"
        )
        if drawn[0] in {"full_name", "birth_date_day", "sex", "weight_kg", "Save and go on"}:
            seen.add(drawn[0])
            assert drawn[1] != "none", drawn
            assert drawn[2] != "0px", drawn
    assert seen == {"full_name", "birth_date_day", "sex", "weight_kg", "Save and go on"}
    context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_box_of_a_date_stands_under_its_own_word(
    site: Site, chromium: Browser, language: str
) -> None:
    context = context_of(chromium, site, "drafting", language, PHONE)
    page = context.new_page()
    page.goto(f"/my/cases/{(site.facts or {})['draft']}/request/child/")
    for label in page.locator(".dates label").all():
        word, box = label.locator("span").bounding_box(), label.locator("input").bounding_box()
        assert word
        assert box
        assert word["y"] + word["height"] <= box["y"] + 1
    context.close()


def test_answers_have_room_beside_long_questions(site: Site, chromium: Browser) -> None:
    context = context_of(chromium, site, "drafting", "en", DESK)
    page = context.new_page()
    page.goto(f"/my/cases/{(site.facts or {})['draft']}/request/check/")
    columns = page.locator(".facts").evaluate_all(
        "all => all.map(each => getComputedStyle(each).gridTemplateColumns.split(' ').pop())"
    )
    assert min(float(each.removesuffix("px")) for each in columns) >= 200
    context.close()
