"""Passkeys in a real browser with a virtual authenticator, and what a forged one gets."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from secondopinion.audit.models import Entry
from secondopinion.core import jobs
from secondopinion.program.models import Program
from tests.browsers import AXE, DESK, PHONE
from tests.web.conftest import person, sign_in
from tests.web.site import Site
from tests.web.test_browser import SHOTS

JUNK = [
    "", "null", "[]", "1", '"x"', "{}", '{"id": 1}', '{"id": "AA", "rawId": "AA", "response": {}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA",'
    '"authenticatorData":"AA","signature":"AA","userHandle":"/w"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30",'
    '"authenticatorData":"' + "A" * 64 + '","signature":"AA","userHandle":null}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30",'
    '"attestationObject":"oA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":[]}',
    "[" * 90_000,
]  # fmt: skip


@pytest.mark.parametrize("sent", JUNK)
@pytest.mark.parametrize(
    "address", ["/sign-in/passkey/", "/account/passkeys/add/", "/account/factor/again/"]
)
def test_what_is_no_passkey_opens_nothing(address: str, sent: str, hospital: Program) -> None:
    browser = Client() if address.startswith("/sign-in") else sign_in(person("m@familia.example"))
    browser.get(address)
    answer = browser.post(address, {"credential": sent, "name": "x"})
    assert answer.status_code in {200, 302}
    assert not Authenticator.objects.exists()
    if address.startswith("/sign-in"):
        assert "_auth_user_id" not in browser.session
        shown = browser.get(answer["Location"]).content.decode()
        assert "The passkey was not accepted" in shown


def test_ways_to_sign_in_change_only_after_a_fresh_sign_in(hospital: Program) -> None:
    browser = sign_in(person("maria@familia.example"))
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    for address in (
        "/account/passkeys/add/",
        "/account/passkeys/1/",
        "/account/passkeys/1/remove/",
    ):
        answer = browser.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=")


def test_staff_show_their_factor_before_ways_to_sign_in_change(hospital: Program) -> None:
    browser = sign_in(person("grace@harbour.example", "coordinator"))
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    answer = browser.get("/account/passkeys/add/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/factor/again/")


def test_anothers_passkey_is_not_there(hospital: Program) -> None:
    maria = person("maria@familia.example")
    row = Authenticator.objects.create(
        user=maria, type="webauthn", data={"name": "phone", "credential": {}}
    )
    browser = sign_in(person("amina@usra.example"))
    for address in (f"/account/passkeys/{row.pk}/", f"/account/passkeys/{row.pk}/remove/"):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=row.pk).exists()


def test_a_guest_of_a_link_has_no_pages_of_an_account(hospital: Program) -> None:
    guest = person("pena@clinic.example")
    guest.may_sign_in = False
    guest.save()
    browser = sign_in(guest)
    for address in (
        "/account/factor/", "/account/passkeys/add/", "/account/factor/set-up/", "/account/codes/",
        "/account/factor/again/", "/account/sessions/end/",
    ):  # fmt: skip
        assert browser.get(address).status_code == 404
        assert browser.post(address).status_code == 404


def test_other_sessions_end_and_this_one_stays(hospital: Program) -> None:
    maria = person("maria@familia.example")
    here, there = sign_in(maria), sign_in(maria)
    answer = here.post("/account/sessions/end/", follow=True)
    assert "signed out everywhere else" in answer.content.decode()
    assert here.get("/my/start/").status_code == 200
    assert there.get("/my/start/").status_code == 302
    assert Entry.objects.filter(verb="sessions-ended", actor_id=maria.pk).exists()


def test_a_change_is_written_down_and_told(hospital: Program) -> None:
    coordinator = person("grace@harbour.example", "coordinator")
    browser = sign_in(coordinator)
    browser.post("/account/factor/end/")
    assert not Authenticator.objects.filter(user=coordinator).exists()
    assert browser.get("/desk/")["Location"] == "/account/factor/set-up/"
    jobs.run_all()
    assert Entry.objects.filter(verb="app-removed", actor_id=coordinator.pk).exists()
    assert [each.subject for each in mail.outbox] == ["Your sign-in was changed"]


def test_who_has_no_recovery_codes_left_is_told_and_makes_new_ones(hospital: Program) -> None:
    browser = sign_in(person("grace@harbour.example", "coordinator"))
    shown = browser.get("/account/factor/").content.decode()
    assert "You have none." in shown
    assert "/account/codes/new/" in shown
    assert "will stop working" not in browser.get("/account/codes/new/").content.decode()
    assert browser.post("/account/codes/new/")["Location"] == "/account/codes/"
    assert "10 codes are left." in browser.get("/account/factor/").content.decode()
    assert "will stop working" in browser.get("/account/codes/new/").content.decode()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site, opened by the name localhost: an address of numbers has no passkeys."""
    with Site(tmp_path_factory.mktemp("passkeys"), fresh=True) as running:
        running.url = running.url.replace("127.0.0.1", "localhost")
        yield running


def last_code(site: Site) -> str:
    """Return the code that was mailed last: it stands at the end of the first line."""
    with closing(sqlite3.connect(site.folder / "site.sqlite3")) as database:
        rows = database.execute(
            "SELECT body FROM messaging_message WHERE template = 'sign-in-code' "
            "ORDER BY created_at DESC"
        )
        return str(rows.fetchone()[0]).partition("\n")[0].rpartition(" ")[2]


class Reader:
    """Somebody at a browser, with a device that holds passkeys."""

    def __init__(
        self, chromium: Browser, site: Site, who: str, language: str, size: dict[str, int]
    ) -> None:
        self.context: BrowserContext = chromium.new_context(
            viewport=size,
            base_url=site.url,  # type: ignore[arg-type]
        )
        self.label = f"{who}-{language}-{size['width']}"
        session = (site.facts or {})["sessions"][who]
        self.context.add_cookies(
            [
                {"name": "django_language", "value": language, "url": site.url},
                {"name": "sessionid", "value": session, "url": site.url},
            ]
        )
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.troubles.append(line.text) if line.type == "error" else None,
        )
        self.cdp: CDPSession = self.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.device = self._add_device(verified=True)

    def _add_device(self, *, verified: bool) -> str:
        answer = self.cdp.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                    "hasUserVerification": True, "isUserVerified": verified,
                    "automaticPresenceSimulation": True,
                }
            },
        )  # fmt: skip
        return str(answer["authenticatorId"])

    def verify(self, *, verified: bool) -> None:
        """Let the device's lock open, or not, from now on."""
        self.cdp.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": self.device, "isUserVerified": verified},
        )

    def open(self, address: str) -> Page:
        """Open a page and look at it with axe."""
        answer = self.page.goto(address)
        assert answer
        assert answer.status == 200, address
        self.look()
        return self.page

    def look(self) -> None:
        """Note what axe and the width say against the page that is open."""
        if SHOTS:
            name = self.page.url.split("/", 3)[3].partition("?")[0].replace("/", "-")
            self.page.screenshot(path=f"{SHOTS}/{self.label}-{name}.png", full_page=True)
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        self.troubles += [f"{self.page.url}: {each['id']}" for each in found["violations"]]
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            self.troubles.append(f"{self.page.url}: {wide} px too wide")

    def press(self) -> None:
        """Press the button that asks for a passkey, and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.locator("[data-passkey-go]").click()

    def enrol(self, name: str) -> None:
        """Set a passkey up under a name."""
        self.open("/account/passkeys/add/").locator("#id_name").fill(name)
        self.press()


@pytest.mark.journey
@pytest.mark.parametrize(
    ("language", "size", "who"), [("en", DESK, "family"), ("ar", PHONE, "waiting")]
)
def test_a_family_sets_up_uses_renames_and_removes_a_passkey(
    language: str, size: dict[str, int], who: str, site: Site, chromium: Browser
) -> None:
    reader = Reader(chromium, site, who, language, size)
    page = reader.page
    reader.enrol("هاتفي" if language == "ar" else "my phone")
    assert page.url.endswith("/account/factor/")
    reader.look()
    assert page.get_by_text("هاتفي" if language == "ar" else "my phone", exact=True).count() >= 1

    page.locator("form[action='/sign-out/'] button").click()
    reader.open("/sign-in/?next=/account/factor/")
    reader.press()
    assert page.url.endswith("/account/factor/"), "signed in, and where one wanted to go"

    page.locator("a[href$='/account/passkeys/1/'], a[href*='/account/passkeys/']").nth(0).click()
    reader.look()
    page.locator("#id_name").fill("tablet")
    page.locator("main form button").click()
    assert page.get_by_text("tablet", exact=True).count() >= 1
    page.locator("a[href$='/remove/']").click()
    reader.look()
    page.locator("main form button").click()
    assert page.locator("a[href$='/remove/']").count() == 0
    page.locator("form[action='/sign-out/'] button").click()
    reader.open("/sign-in/")
    reader.press()
    assert page.url.endswith("/sign-in/"), "a passkey that was removed opens nothing"
    assert page.locator(".notice.stop").is_visible()
    assert not reader.troubles
    reader.context.close()


@pytest.mark.journey
def test_a_device_that_does_not_ask_who_one_is_opens_nothing(site: Site, chromium: Browser) -> None:
    reader = Reader(chromium, site, "drafting", "en", PHONE)
    reader.enrol("phone")
    reader.page.locator("form[action='/sign-out/'] button").click()
    reader.open("/sign-in/")
    reader.verify(verified=False)
    reader.page.locator("[data-passkey-go]").click()
    reader.page.locator("[data-passkey-status]:not([hidden])").wait_for()
    assert reader.page.locator("[data-passkey-go]").is_enabled()
    assert reader.page.url.endswith("/sign-in/")
    reader.context.close()


@pytest.mark.journey
def test_a_specialist_signs_an_answer_with_a_passkey(site: Site, chromium: Browser) -> None:
    reader = Reader(chromium, site, "specialist", "en", DESK)
    page = reader.page
    reader.enrol("reading room")
    reader.open("/account/factor/again/")
    reader.press()
    assert page.url.endswith("/account/factor/")
    page.locator("form[action='/sign-out/'] button").click()
    reader.open("/sign-in/").locator("#id_email").fill("mei@harbour.example")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("#id_code").fill(last_code(site))
    page.get_by_role("button", name="Sign in").click()
    assert page.url.endswith("/sign-in/factor/"), "the code alone lets no staff in"
    reader.look()
    reader.press()
    assert page.url.endswith("/expert/")
    reference = (site.facts or {})["reference"]
    reader.open(f"/expert/cases/{reference}/")
    link = page.locator("a[href*='/questions/']").first
    assert link.count() == 1, "there is a question to answer"
    link.click()
    reader.look()
    page.locator("textarea[name=text]").fill("Yes, with an adult beside her.")
    reader.press()
    assert page.url.endswith(f"/expert/cases/{reference}/"), page.locator("main").inner_text()
    assert page.get_by_text("The answer is signed").is_visible()
    assert not reader.troubles
    reader.context.close()


@pytest.mark.journey
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_browser_without_passkeys_says_so(language: str, site: Site, chromium: Browser) -> None:
    context = chromium.new_context(viewport=PHONE, base_url=site.url)  # type: ignore[arg-type]
    context.add_cookies([{"name": "django_language", "value": language, "url": site.url}])
    context.add_init_script("delete window.PublicKeyCredential")
    page = context.new_page()
    page.goto("/sign-in/")
    assert page.locator("[data-passkey-none]").is_visible()
    assert not page.locator("[data-passkey-go]").is_visible()
    context.close()
