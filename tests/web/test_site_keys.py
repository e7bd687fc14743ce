"""Keys of sites: made on a page, shown once, good for pushing images, ended on the same page."""

import re
from pathlib import Path

import pydicom
import pytest
from django.test import Client
from django.urls import reverse

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.imaging import queries as imaging
from secondopinion.interop.models import SiteKey
from secondopinion.program.models import Program
from tests.web.conftest import person, sign_in, submitted, taken

SAMPLE = Path(pydicom.__file__).parent / "data" / "test_files" / "MR_small.dcm"


@pytest.fixture
def held(hospital: Program) -> tuple[Case, Person]:
    """A case with its coordinator."""
    return taken(person("maria@familia.example"))


def address_of(case: Case) -> str:
    """Return the page of the case's keys."""
    return reverse("site-keys", args=[case.reference])


def token_in(page: str) -> str:
    """Return the token that a page shows."""
    [_address, token] = re.findall(r'<code dir="ltr">([^<]*)</code></dd>', page)
    return token


def push(case: Case, token: str) -> int:
    """Send an object as a PACS does; return the status of the answer."""
    body = (
        b"--part\r\nContent-Type: application/dicom\r\n\r\n"
        + SAMPLE.read_bytes()
        + b"\r\n--part--\r\n"
    )
    answer = Client().post(
        f"/dicomweb/{case.reference}/studies", data=body,
        content_type='multipart/related; type="application/dicom"; boundary=part',
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip
    return answer.status_code


@pytest.mark.parametrize("who", ["coordinator", "provider"])
def test_a_key_is_shown_once_pushes_images_and_ends(held: tuple[Case, Person], who: str) -> None:
    case, coordinator = held
    maker = coordinator if who == "coordinator" else case.local_provider.person
    browser, address = sign_in(maker), address_of(case)
    made = browser.post(address, {"label": "Orthanc of San Rafael", "days": "30"})
    token = token_in(made.content.decode())
    assert f"/dicomweb/{case.reference}" in made.content.decode()
    again = browser.get(address).content.decode()
    assert token not in again
    assert "Orthanc of San Rafael" in again
    key = SiteKey.objects.get()
    assert not key.may_read

    assert push(case, token) == 200
    assert imaging.series_for_case(case).count() == 1
    asked = Client().get(
        f"/dicomweb/{case.reference}/studies", headers={"authorization": f"Bearer {token}"}
    )
    assert asked.status_code == 404, "reading is off until it is asked for"
    key.refresh_from_db()
    assert key.used_at

    ended = browser.post(reverse("site-key-revoke", args=[case.reference, key.pk]))
    assert ended["Location"] == address
    assert push(case, token) == 404
    verbs = {entry.verb for entry in entries_for(case.pk)}
    assert {"site-keys-opened", "site-key-made", "site-key-revoked"} <= verbs


@pytest.mark.parametrize("wrong", [{"label": " "}, {"days": "91"}, {"days": "soon"}])
def test_what_is_wrong_stands_at_its_field(
    held: tuple[Case, Person], wrong: dict[str, str]
) -> None:
    case, coordinator = held
    given = {"label": "Orthanc of San Rafael", "days": "30"} | wrong
    answer = sign_in(coordinator).post(address_of(case), given)
    assert f'id="id_{next(iter(wrong))}-error"' in answer.content.decode()
    assert not SiteKey.objects.exists()


def test_only_the_coordinator_and_the_local_provider_of_the_case_have_the_page(
    held: tuple[Case, Person],
) -> None:
    case, coordinator = held
    sign_in(coordinator).post(address_of(case), {"label": "PACS", "days": "1"})
    key = SiteKey.objects.get()
    amina = person("amina@usra.example")
    other = submitted(amina)
    outsiders = [
        person("maria@familia.example"), amina, other.local_provider.person,
        person("tom@harbour.example", "coordinator"),
    ]  # fmt: skip
    for outsider in outsiders:
        browser = sign_in(outsider)
        assert browser.get(address_of(case)).status_code == 404
        assert browser.post(address_of(case), {"label": "x", "days": "1"}).status_code == 404
        end = browser.post(reverse("site-key-revoke", args=[case.reference, key.pk]))
        assert end.status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_local_provider_neither_sees_nor_ends_the_coordinators_key(
    held: tuple[Case, Person],
) -> None:
    case, coordinator = held
    sign_in(coordinator).post(address_of(case), {"label": "Our own PACS", "days": "1"})
    browser = sign_in(case.local_provider.person)
    assert "Our own PACS" not in browser.get(address_of(case)).content.decode()
    key = SiteKey.objects.get()
    end = browser.post(reverse("site-key-revoke", args=[case.reference, key.pk]))
    assert end.status_code == 404
