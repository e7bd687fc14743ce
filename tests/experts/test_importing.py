"""Specialists from a table: looked at first, wrong lines named, read again without a change."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from secondopinion.accounts.models import Person, StaffRole
from secondopinion.audit.models import Entry
from secondopinion.core.errors import NotYours, Refused
from secondopinion.experts.models import ExpertProfile
from secondopinion.messaging.models import Message
from secondopinion.program.models import Program
from secondopinion.staffing.importing import bring_in, rows_of
from tests.experts.test_matching import profile
from tests.web.conftest import person, sign_in

pytestmark = pytest.mark.django_db

HEAD = "email,full_name,title,specialties,languages,not_in,codes,capacity,fee\n"
MEI = "mei@harbour.example,Mei Tanaka,Pediatric neurologist,brain-and-nerves,en|es,ru,icd-10-cm:Q21.0,4,250\n"  # noqa: E501 - one line of a table
OMAR = "omar@harbour.example,Omar Haddad,Cardiologist,heart,ar,,,2,\n"


def admin() -> Person:
    """Return an administrator."""
    return person("paul@harbour.example", "administrator")


def test_what_is_only_looked_at_is_not_kept(hospital: Program) -> None:
    by, before = admin(), Entry.objects.count()
    lines = bring_in(by=by, text=HEAD + MEI + OMAR, only_look=True)
    assert [(each.number, each.outcome) for each in lines] == [(2, "new"), (3, "new")]
    assert not ExpertProfile.objects.exists()
    assert not Person.objects.filter(email="mei@harbour.example").exists()
    assert (Entry.objects.count(), Message.objects.count()) == (before, 0)


def test_a_table_is_written_once_however_often_it_is_read(hospital: Program) -> None:
    by = admin()
    bring_in(by=by, text=HEAD + MEI + OMAR, only_look=False)
    mei = ExpertProfile.objects.get(person__email="mei@harbour.example")
    assert (mei.capacity, mei.languages, mei.not_in) == (4, ["en", "es"], ["RU"])
    assert mei.fee == 250
    assert mei.codes[0]["label"] == "Ventricular septal defect"
    assert [each.key for each in mei.specialties.all()] == ["brain-and-nerves"]
    entries, roles = Entry.objects.count(), StaffRole.objects.count()
    again = bring_in(by=by, text=HEAD + MEI + OMAR, only_look=False)
    assert {each.outcome for each in again} == {"same"}
    assert (Entry.objects.count(), StaffRole.objects.count()) == (entries, roles)
    changed = bring_in(by=by, text=HEAD + MEI.replace(",4,", ",6,") + OMAR, only_look=False)
    assert [each.outcome for each in changed] == ["changed", "same"]
    mei.refresh_from_db()
    assert mei.capacity == 6


def test_an_empty_cell_changes_nothing(hospital: Program) -> None:
    someone = profile("dan@harbour.example", conditions=["epilep"], capacity=7)
    text = (
        "email;full_name;title;specialties;capacity;conditions\n"
        f"dan@harbour.example;Dan Roy;{someone.title};brain-and-nerves;;\n"
    )
    [line] = bring_in(by=None, text=text, only_look=False)
    assert line.outcome == "changed", "the name"
    someone.refresh_from_db()
    assert (someone.conditions, someone.capacity) == (["epilep"], 7)


def test_with_one_wrong_line_nothing_is_written_and_each_is_named(hospital: Program) -> None:
    wrong = (
        "no address,Ana,Neurologist,brain-and-nerves,,,,,\n"
        "ana@harbour.example,Ana,Neurologist,no-field,,,,,\n"
        "bo@harbour.example,Bo,Neurologist,heart,xx,,,,\n"
        "cy@harbour.example,Cy,Neurologist,heart,,,,many,\n"
        "di@harbour.example,Di,Neurologist,heart,,,,99,\n"
        f"dan@harbour.example,Dan,Neurologist,heart,,,,{'9' * 5000},\n"
        "ed@harbour.example,Ed,Neurologist,heart,,XX,,,\n"
        "fay@harbour.example,Fay,Neurologist,heart,,,icd-10-cm:none,,\n"
        "gus@harbour.example,Gus,Neurologist,heart,,,,,cheap\n"
        "MEI@harbour.example,Mei,Neurologist,heart,,,,,\n"
    )
    lines = bring_in(by=admin(), text=HEAD + MEI + wrong, only_look=False)
    assert [each.outcome for each in lines] == ["new", *["wrong"] * 10]
    assert [[column for column, _why in each.wrong] for each in lines[1:]] == [
        ["email"], ["specialties"], ["languages"], ["capacity"], ["capacity"], ["capacity"],
        ["not_in"], ["codes"], ["fee"], ["email"],
    ]  # fmt: skip
    assert not ExpertProfile.objects.exists()


def test_all_that_is_wrong_with_a_line_is_told(hospital: Program) -> None:
    wrong = "no address,,,no-field,ja|xx|zz,XX,icd-10-cm:none|icd-10-cm:G40.9|orphanet:0,x,y\n"
    [line] = bring_in(by=admin(), text=HEAD + wrong, only_look=True)
    assert [column for column, _why in line.wrong] == [
        "capacity", "fee", "email", "full_name", "title", "specialties", "languages", "not_in",
        "codes", "codes",
    ]  # fmt: skip
    assert "xx and zz" in str(dict(line.wrong)["languages"])
    page = sign_in(admin()).post("/staff/import/", {"what": "look", "text": HEAD + wrong})
    assert str(dict(line.wrong)["title"]) in page.content.decode()
    ages = "email,full_name,title,specialties,youngest,oldest\n"
    for years, column in (("9,3", "oldest"), ("99,3", "youngest")):
        row = f"ana@harbour.example,Ana,Neurologist,heart,{years}\n"
        [line] = bring_in(by=admin(), text=ages + row, only_look=True)
        assert [each for each, _why in line.wrong] == [column]


def test_the_keys_stand_beside_the_columns(hospital: Program) -> None:
    page = sign_in(admin()).get("/staff/import/").content.decode()
    assert '<bdi dir="ltr">brain-and-nerves</bdi></dt><dd>Brain, nerves, seizures</dd>' in page
    assert '<bdi dir="ltr">urgent</bdi>' in page


def test_an_expert_reads_any_language_that_has_a_name(hospital: Program) -> None:
    bring_in(by=admin(), text=HEAD + MEI.replace("en|es", "en|JA|fil"), only_look=False)
    mei = ExpertProfile.objects.get(person__email="mei@harbour.example")
    assert mei.languages == ["en", "ja", "fil"]
    browser = sign_in(mei.person)
    page = browser.get("/expert/profile/").content.decode()
    assert "English\nJapanese\nFilipino" in page
    told = {
        "what": "profile", "languages": "Japanese\nuk\n\nSpanish", "youngest": 0, "oldest": 12,
        "capacity": 4, "weekly": 2, "kinds": ["opinion"],
    }  # fmt: skip
    assert browser.post("/expert/profile/", told).status_code == 302
    mei.refresh_from_db()
    assert mei.languages == ["ja", "uk", "es"]
    refused = browser.post("/expert/profile/", told | {"languages": "Klingonese"})
    assert refused.status_code == 400
    assert "We do not know the language “Klingonese”" in refused.content.decode()


@pytest.mark.parametrize(
    "text",
    ["", "email\n", "name,email\nx,y\n", HEAD, HEAD.replace("fee", "price") + MEI,
     f'"{"x" * 200_000}"\n' + MEI],
)  # fmt: skip
def test_what_is_no_table_of_specialists_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        rows_of(text)


def test_nobody_but_an_administrator_brings_in(hospital: Program) -> None:
    with pytest.raises(NotYours):
        bring_in(by=person("grace@harbour.example", "coordinator"), text=HEAD, only_look=True)


def test_the_page_shows_first_and_writes_then(hospital: Program) -> None:
    browser, page = sign_in(admin()), "/staff/import/"
    file = SimpleUploadedFile("experts.csv", ("\ufeff" + HEAD + MEI).encode())
    shown = browser.post(page, {"what": "look", "table": file})
    assert "is added" in shown.content.decode()
    assert not ExpertProfile.objects.exists()
    assert browser.post(page, {"what": "write", "text": HEAD + MEI}).status_code == 302
    assert ExpertProfile.objects.count() == 1
    again = browser.post(page, {"what": "look", "text": HEAD + MEI}).content.decode()
    assert "there already" in again
    wrong = browser.post(page, {"what": "write", "text": HEAD + MEI.replace(",4,", ",x,")})
    assert wrong.status_code == 400
    assert "Write a whole number" in wrong.content.decode()
    assert browser.post(page, {"what": "look", "text": "x"}).status_code == 400
