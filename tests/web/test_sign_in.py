"""Signing in: an e-mailed code, a second factor for staff, and nothing told to the curious."""

import re
import time
from urllib.parse import urlparse

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
)
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.core import jobs
from secondopinion.program.models import Program
from tests.web.conftest import person, sign_in, start

SECRET = "JBSWY3DPEHPK3PXP"


def totp(steps: int = 0) -> str:
    """Return the code that an authenticator shows, whose clock is wrong by steps of 30 s."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def asked(browser: Client, email: str, following: str = "") -> str:
    """Ask for a code and return the one that was mailed, or nothing."""
    mail.outbox.clear()
    address = "/sign-in/" + (f"?next={following}" if following else "")
    answer = browser.post(address, {"email": email})
    assert answer.status_code == 302, answer.content.decode()
    jobs.run_all()
    if not mail.outbox:
        return ""
    found = re.search(r": ([A-Z0-9-]{6,10})$", mail.outbox[0].body, re.MULTILINE)
    assert found
    assert found[1] not in mail.outbox[0].subject, "subjects stand on locked screens and in logs"
    return found[1]


def follow(browser: Client, email: str) -> str:
    """Sign in with a mailed code and return the page where it ends."""
    code = asked(browser, email)
    answer = browser.post("/sign-in/code/", {"code": code}, follow=True)
    return answer.request["PATH_INFO"]


@pytest.mark.parametrize("zero", ["٠", "۰", "०"])
def test_a_code_can_be_typed_on_a_keyboard_without_latin_letters(
    hospital: Program, zero: str
) -> None:
    browser = Client()
    code = asked(browser, "amina@usra.example")
    typed = code.translate({ord("0") + each: ord(zero) + each for each in range(10)})
    assert typed != code
    answer = browser.post("/sign-in/code/", {"code": typed[:4] + " " + typed[4:]}, follow=True)
    assert answer.request["PATH_INFO"].startswith("/my/")


def test_a_code_of_the_app_counts_once_in_whatever_digits(hospital: Program) -> None:
    staff = person("grace@harbour.example", "coordinator")
    TOTP.activate(staff, SECRET)
    code = totp()
    arabic = code.translate({ord("0") + each: ord("٠") + each for each in range(10)})
    for given, leads in ((arabic, "/desk/"), (code, "/sign-in/factor/")):
        browser = Client()
        follow(browser, staff.email)
        answer = browser.post("/sign-in/factor/", {"code": given}, follow=True)
        assert answer.request["PATH_INFO"] == leads


def test_a_family_signs_in_with_a_code(hospital: Program) -> None:
    browser = Client()
    assert follow(browser, "Maria@Familia.example").startswith("/my/")
    made = Person.objects.get(email__iexact="maria@familia.example")
    assert browser.session["_auth_user_id"] == str(made.pk)
    assert not made.has_usable_password()


def test_the_same_address_is_the_same_person(hospital: Program) -> None:
    follow(Client(), "maria@familia.example")
    follow(Client(), "MARIA@familia.example")
    assert Person.objects.filter(email__iexact="maria@familia.example").count() == 1


def test_a_wrong_code_says_so_and_too_many_end_it(hospital: Program) -> None:
    browser = Client()
    code = asked(browser, "maria@familia.example")
    for _try in range(10):
        answer = browser.post("/sign-in/code/", {"code": "WRONGCDE"})
        if answer.status_code == 302:
            break
        assert "_auth_user_id" not in browser.session
    else:
        pytest.fail("a code can be guessed for ever")
    assert "does not work any more" in browser.get(answer["Location"]).content.decode()
    browser.post("/sign-in/code/", {"code": code})
    assert "_auth_user_id" not in browser.session


def test_a_wrong_code_is_told_by_the_words_that_stand_at_its_box(hospital: Program) -> None:
    browser = Client()
    asked(browser, "maria@familia.example")
    shown = browser.post("/sign-in/code/", {"code": "WRONGCDE"}).content.decode()
    assert '<a href="#id_code">Code from the mail – This code is not right.' in shown


def test_a_code_works_once(hospital: Program) -> None:
    browser = Client()
    code = asked(browser, "maria@familia.example")
    browser.post("/sign-in/code/", {"code": code})
    browser.post("/sign-out/")
    browser.post("/sign-in/code/", {"code": code})
    assert "_auth_user_id" not in browser.session


def test_known_and_unknown_addresses_look_the_same(hospital: Program) -> None:
    person("known@familia.example")

    def page(email: str) -> str:
        browser = Client()
        asked(browser, email)
        text = browser.get("/sign-in/code/").content.decode().replace(email, "")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)

    assert page("known@familia.example") == page("other@familia.example")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "no-address",
        "maria@familia.example\nBcc: all@example.org",
        "a@b",
        "x" * 250 + "@b.example",
    ],
)
def test_what_is_no_address_is_told_and_nobody_is_made(email: str, hospital: Program) -> None:
    browser = Client()
    answer = browser.post("/sign-in/", {"email": email})
    assert answer.status_code == 200
    assert "id_email-error" in answer.content.decode()
    jobs.run_all()
    assert not mail.outbox
    assert not Person.objects.exists()


def test_an_address_is_not_flooded_with_codes(hospital: Program) -> None:
    for _try in range(12):
        Client().post("/sign-in/", {"email": "maria@familia.example"})
    jobs.run_all()
    assert len(mail.outbox) <= 6


def test_a_closed_account_is_not_opened(hospital: Program) -> None:
    closed = person("closed@familia.example")
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    assert asked(Client(), "closed@familia.example") == ""


@pytest.mark.parametrize(
    "following", ["//evil.example/", "https://evil.example/", "/\\evil.example"]
)
def test_nobody_is_sent_to_another_site(following: str, hospital: Program) -> None:
    browser = Client()
    code = asked(browser, "maria@familia.example", following)
    answer = browser.post("/sign-in/code/", {"code": code})
    while answer.status_code == 302:
        where = urlparse(answer["Location"])
        assert not where.netloc
        assert not answer["Location"].startswith(("//", "/\\"))
        answer = browser.get(answer["Location"])


def test_one_goes_on_where_one_was_stopped(hospital: Program) -> None:
    browser = Client()
    code = asked(browser, "maria@familia.example", "/my/start/")
    answer = browser.post("/sign-in/code/", {"code": code}, follow=True)
    assert answer.request["PATH_INFO"] == "/my/start/"


def test_the_mail_says_the_code_and_nothing_else(hospital: Program) -> None:
    accounts.ensure_person(email="maria@familia.example", full_name="María López")
    asked(Client(), "maria@familia.example")
    assert "López" not in mail.outbox[0].subject + mail.outbox[0].body


def test_staff_give_their_second_factor(hospital: Program) -> None:
    coordinator = person("grace@harbour.example", "coordinator")
    TOTP.activate(coordinator, SECRET)
    browser = Client()
    assert follow(browser, coordinator.email or "") == "/sign-in/factor/"
    assert "_auth_user_id" not in browser.session
    browser.post("/sign-in/factor/", {"code": "000000"})
    assert "_auth_user_id" not in browser.session
    answer = browser.post("/sign-in/factor/", {"code": totp()}, follow=True)
    assert answer.request["PATH_INFO"] == "/desk/"


def test_staff_without_a_second_factor_set_one_up_first(hospital: Program) -> None:
    person("grace@harbour.example", "coordinator")
    browser = Client()
    assert follow(browser, "grace@harbour.example") == "/account/factor/set-up/"
    for address in ("/desk/", "/home/", "/my/"):
        answer = browser.get(address, follow=True)
        assert answer.request["PATH_INFO"] == "/account/factor/set-up/"


def test_a_second_factor_is_set_up(hospital: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator = person("grace@harbour.example", "coordinator")
    browser = Client()
    follow(browser, "grace@harbour.example")
    page = browser.get("/account/factor/set-up/").content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page)
    assert secret
    code = format_hotp_value(hotp_value(secret[1], int(time.time()) // 30))
    shown = browser.post("/account/factor/set-up/", {"code": code}, follow=True)
    assert Authenticator.objects.filter(user=coordinator, type="totp").exists()
    assert shown.request["PATH_INFO"] == "/account/codes/", "the code was given just now"
    assert "Go to my page" in shown.content.decode()
    assert browser.get("/desk/").status_code == 200


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_counts_once_though_a_clock_is_half_a_minute_wrong(
    hospital: Program, steps: int
) -> None:
    coordinator = person("grace@harbour.example", "coordinator")
    factor = TOTP.activate(coordinator, SECRET)
    if time.time() % 30 > 24:  # so that all happens in one step
        time.sleep(6)
    code = totp(steps)
    browser = Client()
    follow(browser, coordinator.email or "")
    browser.post("/sign-in/factor/", {"code": code})
    assert browser.session.get("_auth_user_id") == str(coordinator.pk)
    cache.delete(factor._get_used_cache_key(code))  # allauth forgets it after thirty seconds
    other = Client()
    follow(other, coordinator.email or "")
    assert other.post("/sign-in/factor/", {"code": code}).status_code == 200
    assert "_auth_user_id" not in other.session


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_minute_does_not_count(hospital: Program, steps: int) -> None:
    coordinator = person("grace@harbour.example", "coordinator")
    TOTP.activate(coordinator, SECRET)
    browser = Client()
    follow(browser, coordinator.email or "")
    browser.post("/sign-in/factor/", {"code": totp(steps)})
    assert "_auth_user_id" not in browser.session


def test_the_session_of_staff_is_shorter(hospital: Program) -> None:
    coordinator = person("grace@harbour.example", "coordinator")
    TOTP.activate(coordinator, SECRET)
    browser = Client()
    follow(browser, coordinator.email or "")
    browser.post("/sign-in/factor/", {"code": totp()})
    assert browser.session.get_expiry_age() <= settings.STAFF_SESSION_SECONDS


def test_signing_out_takes_a_post(hospital: Program) -> None:
    browser = sign_in(person("maria@familia.example"))
    assert browser.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in browser.session
    browser.post("/sign-out/")
    assert "_auth_user_id" not in browser.session


def test_the_language_is_kept_with_the_person(hospital: Program) -> None:
    maria = person("maria@familia.example")
    browser = sign_in(maria)
    browser.post("/language/", {"language": "ar", "next": "/"})
    maria.refresh_from_db()
    assert maria.language == "ar"
    page = browser.get("/").content.decode()
    assert 'lang="ar" dir="rtl"' in page
    elsewhere = sign_in(maria).get("/").content.decode()
    assert 'dir="rtl"' in elsewhere


def test_a_language_that_is_not_offered_changes_nothing(hospital: Program) -> None:
    browser = Client()
    browser.post("/language/", {"language": "xx", "next": "//evil.example/"})
    assert 'lang="en"' in browser.get("/").content.decode()


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("coordinator", "/desk/"), ("specialist", "/expert/"), ("director", "/director/"),
        ("privacy", "/privacy/"), ("referral_coordinator", "/referrals/"),
        ("translator", "/translations/"), ("translation_reviewer", "/translations/"),
    ],
)  # fmt: skip
def test_home_is_where_ones_work_is(role: str, page: str, hospital: Program) -> None:
    answer = sign_in(person("somebody@harbour.example", role)).get("/home/", follow=True)
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"].endswith(page)


def test_times_are_those_of_the_readers_device(hospital: Program) -> None:
    maria = person("maria@familia.example")
    browser = sign_in(maria)
    browser.cookies["zone"] = "Nowhere/Else"
    browser.get("/my/start/")
    maria.refresh_from_db()
    assert maria.timezone == "UTC"
    browser.cookies["zone"] = "America/Mexico_City"
    browser.get("/my/start/")
    maria.refresh_from_db()
    assert maria.timezone == "America/Mexico_City"


def test_who_was_signed_out_gets_back_what_they_wrote(maria: Client) -> None:
    case = start(maria)
    page = f"/my/cases/{case.reference}/"
    maria.cookies.clear()  # the session has ended
    sent = maria.post(
        page + "message/", {"text": "Sofía had another seizure."},
        headers={"accept": "text/html", "referer": f"http://testserver{page}"},
    )  # fmt: skip
    assert sent.status_code == 404
    shown = sent.content.decode()
    assert "Sofía had another seizure." in shown
    assert f"?next={page}" in shown, "to the page with the form, not to where forms are sent"
    elsewhere = maria.post(page + "message/", {}, headers={"referer": "https://evil.example/x/"})
    assert "evil" not in elsewhere.content.decode()


def test_an_address_that_takes_forms_is_a_page_for_who_looks_at_it(maria: Client) -> None:
    case = start(maria)
    address = f"/my/cases/{case.reference}/message/"
    shown = maria.get(address, headers={"accept": "text/html,*/*"})
    assert shown.status_code == 404
    assert "Go to my page" in shown.content.decode()
    assert maria.get(address).status_code == 405  # what programs expect
