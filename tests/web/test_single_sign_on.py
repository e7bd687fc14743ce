"""Single sign-on against a provider of others (nanoidp, MIT), started as a server of its own."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
import requests
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.audit.models import Entry
from secondopinion.program.models import Program
from secondopinion.web.signin.single import FAILED, STRANGER, SingleSignOnAdapter, factor_counts
from tests.web.conftest import person, sign_in
from tests.web.site import free_port
from tests.web.test_sign_in import SECRET, totp

CLIENT, KEY = "second-opinion", "not-a-secret-in-a-test"
PATIENCE = 60  # seconds for the provider to answer
USERS: dict[str, dict[str, Any]] = {
    "grace": {"email": "Grace@harbour.example", "groups": ["rso-specialists", "canteen"]},
    "gone": {"email": "grace@harbour.example"},
    "stranger": {"email": "stranger@elsewhere.example", "groups": ["rso-specialists"]},
    "maria": {"email": "maria@familia.example", "groups": ["rso-specialists"]},
    "careful": {"email": "mei@harbour.example", "totp_secret": SECRET},
}


class Provider:
    """A running provider and what a browser does there."""

    def __init__(self, folder: Path, *, factor: bool) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        config = {
            "config_version": 1,
            "server": {"host": "127.0.0.1", "port": urlsplit(self.url).port},
            "oauth": {
                "issuer": self.url, "require_pkce": True,
                "clients": [
                    {
                        "client_id": CLIENT, "client_secret": KEY,
                        "redirect_uris": ["http://testserver/sign-in/with/staff/back/"],
                    }
                ],
            },
            "login": {"totp": factor},
        }  # fmt: skip
        folder.mkdir()
        (folder / "settings.yaml").write_text(json.dumps(config))
        users = {name: {"password": name, **more} for name, more in USERS.items()}
        (folder / "users.yaml").write_text(json.dumps({"config_version": 1, "users": users}))
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "nanoidp", "--config", str(folder)],
                cwd=folder, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                requests.get(f"{self.url}/.well-known/openid-configuration", timeout=2)
            except requests.ConnectionError:
                time.sleep(0.2)
            else:
                return
        self.stop()
        raise TimeoutError((folder / "log").read_text())

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(20)

    def answer(self, address: str, user: str) -> str:
        """Sign in there as a browser does; return the address to which it sends one back."""
        with requests.Session() as browser:
            shown = browser.get(address, timeout=20)
            given = {"username": user, "password": user}
            for _page in range(3):
                fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*>', shown.text)
                hidden = dict(
                    re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', shown.text)
                )
                values = {key: unescape(value) for key, value in hidden.items()}
                values |= {key: value for key, value in given.items() if key in fields}
                values |= {key: totp() for key in fields if "totp" in key and key not in hidden}
                sent = browser.post(shown.url, data=values, timeout=20, allow_redirects=False)
                if sent.is_redirect:
                    back = urljoin(shown.url, sent.headers["Location"])
                    if back.startswith("http://testserver/"):
                        return back
                    sent = browser.get(back, timeout=20)
                shown = sent
        raise AssertionError(shown.text)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    running = Provider(tmp_path_factory.mktemp("provider") / "config", factor=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def careful_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A provider that asks for a factor of its own, and says so in its tokens."""
    running = Provider(tmp_path_factory.mktemp("careful") / "config", factor=True)
    yield running
    running.stop()


def configure(settings: Any, provider: Provider, **more: Any) -> None:
    """Set the product up as the environment would."""
    app = {
        "provider_id": "staff", "name": "Harbour", "client_id": CLIENT, "secret": KEY,
        "settings": {
            "server_url": provider.url, "oauth_pkce_enabled": True,
            "token_auth_method": "client_secret_basic",
        },
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.OIDC_ISSUER = provider.url
    for name, value in more.items():
        setattr(settings, name, value)


@pytest.fixture
def single(settings: Any, provider: Provider, hospital: Program) -> Provider:
    """Single sign-on as a hospital configures it."""
    configure(settings, provider)
    return provider


def begin(browser: Client) -> str:
    """Press the button on the page; return where the browser is sent."""
    assert "/sign-in/with/staff/" in browser.get("/sign-in/").content.decode()
    answer = browser.get("/sign-in/with/staff/")
    assert answer.status_code == 302
    return str(answer["Location"])


def come_back(browser: Client, address: str) -> str:
    """Follow the provider's answer; return the page where it ends, and why it turns one away."""
    parts = urlsplit(address)
    answer = browser.get(f"{parts.path}?{parts.query}", follow=True)
    text = answer.content.decode()
    said = {sentence: why for why, sentence in (("?", str(STRANGER)), ("!", str(FAILED)))}
    return str(answer.request["PATH_INFO"]) + "".join(
        why for sentence, why in said.items() if sentence in text
    )


def signed_in_as(browser: Client) -> str:
    return str(browser.session.get("_auth_user_id", ""))


def through(browser: Client, provider: Provider, user: str) -> str:
    """Sign in by the provider as one of its users; return the page where it ends."""
    return come_back(browser, provider.answer(begin(browser), user))


def test_staff_sign_in_and_give_their_own_factor(single: Provider) -> None:
    grace = person("grace@harbour.example", "coordinator")
    TOTP.activate(grace, SECRET)
    browser = Client()
    assert through(browser, single, "grace") == "/sign-in/factor/"
    assert not signed_in_as(browser)
    answer = browser.post("/sign-in/factor/", {"code": totp()}, follow=True)
    assert answer.request["PATH_INFO"] == "/desk/"
    assert Entry.objects.filter(verb="single-sign-on-linked", target_id=str(grace.pk)).count() == 1


def test_without_a_factor_of_their_own_they_set_one_up(single: Provider) -> None:
    person("grace@harbour.example", "coordinator")
    assert through(Client(), single, "grace") == "/account/factor/set-up/"


def test_the_hospital_may_let_the_providers_factor_count(single: Provider, settings: Any) -> None:
    settings.OIDC_FACTOR = "yes"
    grace = person("grace@harbour.example", "coordinator")
    TOTP.activate(grace, SECRET)
    browser = Client()
    assert through(browser, single, "grace") == "/desk/"
    assert signed_in_as(browser) == str(grace.pk)


def test_a_token_that_names_no_factor_is_not_enough(single: Provider, settings: Any) -> None:
    settings.OIDC_FACTOR = "amr"
    TOTP.activate(person("grace@harbour.example", "coordinator"), SECRET)
    assert through(Client(), single, "grace") == "/sign-in/factor/"


def test_a_token_that_names_its_factor_is_enough(
    settings: Any, careful_provider: Provider, hospital: Program
) -> None:
    configure(settings, careful_provider, OIDC_FACTOR="amr")
    mei = person("mei@harbour.example", "specialist")
    TOTP.activate(mei, SECRET)
    browser = Client()
    assert through(browser, careful_provider, "careful") == "/expert/"
    assert signed_in_as(browser) == str(mei.pk)
    request = RequestFactory().get("/")
    request.session = browser.session
    records = get_authentication_records(request, mei)
    assert not any(each.get("reauthenticated") for each in records), "not enough to sign a report"


@pytest.mark.parametrize("user", ["stranger", "maria"])
def test_a_token_makes_nobody_and_nobody_staff(user: str, single: Provider) -> None:
    """A stranger; a family."""
    person("maria@familia.example")
    people = set(Person.objects.values_list("pk", flat=True))
    browser = Client()
    assert through(browser, single, user) == "/sign-in/?"
    assert not signed_in_as(browser)
    assert set(Person.objects.values_list("pk", flat=True)) == people
    assert not SocialAccount.objects.exists()


def told(**claims: Any) -> SocialLogin:
    """Return what a provider tells, as allauth gives it to the house."""
    login = SocialLogin(account=SocialAccount(extra_data={"id_token": {"sub": "x", **claims}}))
    login.state = {"process": "login"}
    return login


@pytest.mark.parametrize("verified", [False, None, "true", "no"])
@pytest.mark.parametrize("trusted", [False, True])
def test_an_address_that_was_not_checked_counts_only_where_that_is_set(
    verified: object, trusted: bool, settings: Any, hospital: Program
) -> None:
    grace = person("grace@harbour.example", "coordinator")
    settings.OIDC_EMAIL_IS_VERIFIED = trusted
    request = RequestFactory().get("/")
    request.session = Client().session
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    login = told(email="grace@harbour.example", email_verified=verified)
    if trusted:
        assert SingleSignOnAdapter._person(request, login) == grace
    else:
        with pytest.raises(ImmediateHttpResponse):
            SingleSignOnAdapter._person(request, login)


@pytest.mark.parametrize(
    ("amr", "enough"),
    [
        (["mfa"], True), (["pwd", "otp"], True), (["fpt", "hwk"], True), (["pwd"], False),
        (["pwd", "pin"], False), (["otp", "sms"], False), ([], False), (None, False),
        ("mfa", False), ([["mfa"]], False), ({"mfa": 1}, False),
    ],
)  # fmt: skip
def test_which_methods_are_two_factors(amr: object, enough: bool, settings: Any) -> None:
    settings.OIDC_FACTOR = "amr"
    assert factor_counts(told(amr=amr)) is enough
    settings.OIDC_FACTOR = "no"
    assert not factor_counts(told(amr=amr))


def test_another_account_with_the_same_address_is_turned_away(single: Provider) -> None:
    """An address that was given to somebody new at the provider opens no old account."""
    person("grace@harbour.example", "coordinator")
    through(Client(), single, "grace")
    browser = Client()
    assert through(browser, single, "gone") == "/sign-in/?"
    assert SocialAccount.objects.get().uid == "grace"


def test_a_role_that_has_ended_lets_nobody_in(single: Provider) -> None:
    grace = person("grace@harbour.example", "coordinator")
    through(Client(), single, "grace")
    accounts.end_role(by=None, person=grace, role="coordinator")
    browser = Client()
    assert through(browser, single, "grace") == "/sign-in/?"
    assert not signed_in_as(browser)


def test_groups_give_roles_and_take_them(single: Provider, settings: Any) -> None:
    settings.OIDC_ROLES = {
        "rso-specialists": "specialist", "canteen": "administrator", "rso-intake": "director",
    }  # fmt: skip
    grace = person("grace@harbour.example", "coordinator")
    through(Client(), single, "grace")
    assert staff_roles(grace) == {"coordinator", "specialist"}, "and never an administrator"
    settings.OIDC_ROLES = {"rso-intake": "director"}
    through(Client(), single, "grace")
    assert staff_roles(grace) == {"coordinator"}
    settings.OIDC_ROLES = {"rso-specialists": "specialist"}
    through(Client(), single, "grace")
    accounts.end_role(by=None, person=grace, role="coordinator")
    assert staff_roles(grace) == set(), "what a group gave ends with what the house gave"


@pytest.mark.parametrize("change", ["state", "code", "error", "nothing"])
def test_an_answer_that_was_not_asked_for_is_refused(change: str, single: Provider) -> None:
    person("grace@harbour.example", "coordinator")
    browser = Client()
    back = single.answer(begin(browser), "grace")
    query = {key: values[0] for key, values in parse_qs(urlsplit(back).query).items()}
    if change == "error":
        query = {"error": "access_denied", "state": query["state"]}
    elif change == "nothing":
        query = {}
    else:
        query[change] = "forged"
    path = urlsplit(back).path
    assert come_back(browser, f"{path}?{urlencode(query)}") == "/sign-in/!"
    assert not signed_in_as(browser)


def test_an_answer_belongs_to_the_browser_that_asked(single: Provider) -> None:
    person("grace@harbour.example", "coordinator")
    back = single.answer(begin(Client()), "grace")
    other = Client()
    other.get("/sign-in/with/staff/")
    assert come_back(other, back) == "/sign-in/!"
    assert not signed_in_as(other)


def test_nobody_ties_an_account_to_another_person(single: Provider) -> None:
    """A family that has signed in and begins single sign-on is turned away, not tied."""
    maria = person("maria@familia.example")
    browser = sign_in(maria)
    back = single.answer(
        str(browser.get("/sign-in/with/staff/?process=connect")["Location"]), "grace"
    )
    assert come_back(browser, back) == "/sign-in/?"
    assert not SocialAccount.objects.exists()


def test_a_provider_that_is_away_is_said(
    settings: Any, hospital: Program, provider: Provider
) -> None:
    configure(settings, provider)
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = f"http://127.0.0.1:{free_port()}"
    answer = Client().get("/sign-in/with/staff/", follow=True)
    assert answer.request["PATH_INFO"] == "/sign-in/"
    assert "did not work" in answer.content.decode()


def test_where_it_is_not_set_up_it_does_not_exist(hospital: Program) -> None:
    browser = Client()
    assert "/sign-in/with/" not in browser.get("/sign-in/").content.decode()
    assert browser.get("/sign-in/with/staff/").status_code == 404
    assert browser.get("/sign-in/with/staff/back/?code=x&state=y").status_code == 404
