"""The pages of the program and of the staff: who opens them, what they save, what they refuse."""

import io
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.program.models import Change, DeliveryRule, Disclaimer, Program
from secondopinion.program.sections import SECTIONS
from secondopinion.web.admin.parts import PARTS
from tests.web.conftest import expert, person, sign_in

ROLES = ("coordinator", "specialist", "referral_coordinator", "director", "privacy",
         "administrator")  # fmt: skip


@pytest.fixture
def ada(hospital: Program) -> Client:
    """An administrator who has signed in."""
    return sign_in(person("ada@harbour.example", "administrator", name="Ada Byron"))


def filled(browser: Client, address: str) -> dict[str, object]:
    """Return what a form would send as it is shown."""
    form = browser.get(address).context["form"]
    return {
        name: value
        for name, field in form.fields.items()
        if (value := form.get_initial_for_field(field, name)) is not None
    }


@pytest.mark.parametrize("role", ROLES)
def test_who_opens_what(hospital: Program, role: str) -> None:
    browser = sign_in(person("somebody@harbour.example", role))
    pages = ["/program/", "/program/changes/"]
    for key, part in PARTS.items():
        pages += [f"/program/{key}/"]
        pages += [f"/program/{key}/new/"] if part.rows else []
        pages += [f"/program/{key}/0/"] if part.rows and SECTIONS[key].read() else []
    for address in pages:
        expected = 200 if role in {"director", "administrator"} else 404
        assert browser.get(address).status_code == expected, address
    for address in ("/staff/", "/staff/new/"):
        assert browser.get(address).status_code == (200 if role == "administrator" else 404)


@pytest.mark.parametrize("key", [key for key, part in PARTS.items() if not part.rows])
def test_a_form_sent_as_it_is_shown_changes_nothing(ada: Client, key: str) -> None:
    before = SECTIONS[key].read()
    answer = ada.post(f"/program/{key}/", filled(ada, f"/program/{key}/"))
    assert answer.status_code == 302, answer.context["form"].errors
    assert SECTIONS[key].read() == before
    assert not Change.objects.exists()


@pytest.mark.parametrize("key", ["specialties", "rules", "checklists", "templates", "glossary"])
def test_a_row_sent_as_it_is_shown_changes_nothing(ada: Client, key: str) -> None:
    before = SECTIONS[key].read()
    for number in range(len(before)):
        address = f"/program/{key}/{number}/"
        answer = ada.post(address, filled(ada, address))
        assert answer.status_code == 302, answer.context["form"].errors
    assert SECTIONS[key].read() == before


def test_the_name_is_changed_everywhere_and_put_back(ada: Client) -> None:
    values = filled(ada, "/program/identity/")
    values |= {"hospital-en": "St Mary", "hospital-ar": "سانت ماري"}
    assert ada.post("/program/identity/", values).status_code == 302
    caches["memory"].clear()
    assert "St Mary" in Client().get("/").content.decode()
    assert "سانت ماري" in Client().get("/", headers={"Accept-Language": "ar"}).content.decode()
    page = ada.get("/program/changes/").content.decode()
    assert "Ada Byron" in page
    assert "Harbour Children" in page
    assert ada.post("/program/changes/", {"number": "1", "revision": "0"}).status_code == 409
    assert ada.post("/program/changes/", {"number": "1", "revision": "1"}).status_code == 302
    assert Program.objects.get().hospital == "Harbour Children's Hospital"


def test_who_opened_the_page_earlier_is_told(ada: Client) -> None:
    values = filled(ada, "/program/terms/")
    assert ada.post("/program/terms/", values | {"fee_amount": "700"}).status_code == 302
    answer = ada.post("/program/terms/", values | {"fee_amount": "1"})
    assert answer.status_code == 409
    assert "Somebody else has changed" in answer.content.decode()
    assert Program.objects.get().fee_amount == 700


def test_what_is_refused_stands_beside_its_field(ada: Client) -> None:
    values = filled(ada, "/program/look/") | {"action_colour": "#9fc5e8"}
    answer = ada.post("/program/look/", values)
    assert answer.status_code == 400
    assert "too light" in str(answer.context["form"].errors["action_colour"])
    address = "/program/templates/0/"
    answer = ada.post(address, filled(ada, address) | {"bodies-es": "Falta {cosa}"})
    assert "{cosa}" in str(answer.context["form"].errors["bodies-es"])
    hours = filled(ada, "/program/hours/") | {"closures": "2026-12-24 2027-01-01\nsoon"}
    assert "closures" in ada.post("/program/hours/", hours).context["form"].errors
    for line in ("2026-12-01 Staff day", "2026-12-01 Christmas", "soon"):
        [said] = (
            ada.post("/program/hours/", hours | {"closures": line})
            .context["form"]
            .errors["closures"]
        )
        assert said.startswith(f"“{line}” is not understood. Write one day, like 2026-12-01, or")


def test_rules_are_added_and_taken_away(ada: Client) -> None:
    count = DeliveryRule.objects.count()
    values = {
        "country": "KE", "specialty": "", "mode": "through_provider", "legal_basis": "Act 1",
        "reasons-en": "Your doctor explains it.", "checked_on": "2026-11-20", "checked_by": "Legal",
        "revision": "0",
    }  # fmt: skip
    assert ada.post("/program/rules/new/", values).status_code == 302
    assert DeliveryRule.objects.get(country="KE").checked_by == "Legal"
    number = next(n for n, row in enumerate(SECTIONS["rules"].read()) if row["country"] == "KE")
    address = f"/program/rules/{number}/"
    assert ada.post(address, {"remove": "1", "revision": "1"}).status_code == 302
    assert DeliveryRule.objects.count() == count
    assert ada.get("/program/rules/99/").status_code == 404
    assert ada.get("/program/nonsense/").status_code == 404
    assert ada.get("/program/terms/new/").status_code == 404


def test_a_version_of_the_disclaimer_is_added_and_not_edited(ada: Client) -> None:
    before = Disclaimer.objects.get(language="en").text
    address = "/program/disclaimers/0/"
    ada.post(address, filled(ada, address) | {"text-en": "Nothing"})
    ada.post(address, {"remove": "1", "revision": "0"})
    assert Disclaimer.objects.get(language="en").text == before
    fresh = {"version": "2027-01", "in_force_from": "2027-01-01", "revision": "0"}
    texts = {f"text-{code}": f"New {code}" for code in ("en", "es", "ar")}
    assert ada.post("/program/disclaimers/new/", fresh | texts).status_code == 302
    assert Disclaimer.objects.filter(version="2027-01").count() == 3


def test_a_language_that_is_not_offered_is_not_shown(ada: Client) -> None:
    answer = ada.post("/program/languages/", {"languages": ["es", "en"], "revision": "0"})
    assert answer.status_code == 302
    caches["memory"].clear()
    page = Client().get("/", headers={"Accept-Language": "ar"})
    assert 'lang="en"' in page.content.decode()
    assert "العربية" not in page.content.decode()


def test_logo_and_colours_are_served(ada: Client) -> None:
    made = io.BytesIO()
    Image.new("RGB", (64, 64), "#123456").save(made, "PNG")
    file = SimpleUploadedFile("logo.png", made.getvalue())
    assert ada.post("/program/logo/", {"logo": file, "revision": "0"}).status_code == 302
    values = filled(ada, "/program/look/") | {"action_colour": "#6a1b4d"}
    ada.post("/program/look/", values)
    caches["memory"].clear()
    page = Client().get("/").content.decode()
    assert "/brand/logo?2" in page
    picture = Client().get("/brand/logo")
    assert picture["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).size == (64, 64)
    style = Client().get("/brand.css")
    assert style["Content-Type"].startswith("text/css")
    assert "--action:#6a1b4d" in style.content.decode()
    wrong = SimpleUploadedFile("logo.svg", b"<svg onload='alert(1)'/>")
    assert ada.post("/program/logo/", {"logo": wrong, "revision": "2"}).status_code == 400
    assert ada.post("/program/logo/", {"revision": "2"}).status_code == 400
    assert ada.post("/program/logo/", {"remove": "1", "revision": "2"}).status_code == 302


def test_a_specialist_is_added_and_described(ada: Client) -> None:
    values = {"email": "sam@harbour.example", "full_name": "Sam Lee", "language": "en",
              "roles": ["specialist"]}  # fmt: skip
    answer = ada.post("/staff/new/", values)
    assert answer.status_code == 302
    sam = Person.objects.get(email="sam@harbour.example")
    assert "profile is not complete" in ada.get("/staff/").content.decode()
    profile = {"what": "specialist", "title": "Pediatric cardiologist", "registration": "MA-7",
               "specialties": ["heart"], "languages": ["en"], "conditions": "tetralogy\n",
               "capacity": "2"}  # fmt: skip
    assert ada.post(answer["Location"], profile).status_code == 302
    assert sam.expert.conditions == ["tetralogy"]
    assert "profile is not complete" not in ada.get("/staff/").content.decode()
    assert ada.post(answer["Location"], profile | {"title": ""}).status_code == 400
    assert ada.post("/staff/new/", values | {"email": "nobody"}).status_code == 400
    assert ada.post("/staff/new/", {**values, "roles": []}).status_code == 400


def test_nobody_takes_their_own_role_of_administrator(ada: Client) -> None:
    me = Person.objects.get(email="ada@harbour.example")
    other = person("bo@harbour.example", "administrator")
    same = {"what": "member", "full_name": "Ada Byron", "language": "en"}
    same["shown"] = "administrator"
    answer = ada.post(f"/staff/{me.pk}/", same | {"roles": ["director"]})
    assert answer.status_code == 400
    assert staff_roles(me) == {"administrator"}
    answer = ada.post(f"/staff/{other.pk}/", same | {"full_name": "Bo", "roles": []})
    assert answer.status_code == 302
    assert staff_roles(other) == set()
    assert "none any more" in ada.get("/staff/").content.decode()


def test_a_page_that_was_opened_before_gives_no_role_back(ada: Client) -> None:
    bo = person("bo@harbour.example", "coordinator", "director", name="Bo")
    page = ada.get(f"/staff/{bo.pk}/").content.decode()
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    stale = {"what": "member", "full_name": "Bo Lind", "language": "en", "shown": found[1],
             "roles": found[1].split()}  # fmt: skip
    accounts.end_role(by=None, person=bo, role="coordinator")
    assert ada.post(f"/staff/{bo.pk}/", stale).status_code == 409
    assert staff_roles(bo) == {"director"}
    bo.refresh_from_db()
    assert bo.full_name == "Bo", "nothing of it is kept"
    fresh = stale | {"shown": "director", "roles": ["director"]}
    assert ada.post(f"/staff/{bo.pk}/", fresh).status_code == 302


def test_a_lost_factor_is_taken_away(ada: Client) -> None:
    other = expert("mei@harbour.example")
    sign_in(other)
    assert Authenticator.objects.filter(user=other).exists()
    assert ada.post(f"/staff/{other.pk}/", {"what": "factor"}).status_code == 302
    assert not Authenticator.objects.filter(user=other).exists()
    me = Person.objects.get(email="ada@harbour.example")
    ada.post(f"/staff/{me.pk}/", {"what": "factor"})
    assert Authenticator.objects.filter(user=me).exists()
    family = person("maria@familia.example")
    assert ada.get(f"/staff/{family.pk}/").status_code == 404
