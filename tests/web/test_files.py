"""Files sent with a request, without JavaScript: taken, refused by name, taken out again."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from secondopinion.arrivals.models import ArrivedFile
from secondopinion.cases.actions import decline
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.program.models import Program
from tests.conftest import DOCUMENTS
from tests.web.conftest import page, person, sign_in, start, taken


def send(browser: Client, case: Case, *files: SimpleUploadedFile, **more: str) -> Any:
    """Send files by the form without JavaScript, and have them looked at."""
    answer = browser.post(
        f"/my/cases/{case.reference}/files/add/",
        {"files": list(files), "back": page(case, "files"), **more},
    )
    jobs.run_all()
    return answer


def test_files_are_sent_without_javascript(maria: Client) -> None:
    case = start(maria)
    letter = (DOCUMENTS / "typewritten-page.png").read_bytes()
    answer = send(maria, case, SimpleUploadedFile("carta médica.png", letter))
    assert answer["Location"] == page(case, "files")
    shown = maria.get(page(case, "files")).content.decode()
    assert "carta médica.png" in shown
    assert f"/files/{case.reference}/records/" in shown


def test_what_was_sent_is_downloaded_after_the_request_has_ended_too(hospital: Program) -> None:
    mother = person("maria@familia.example")
    case, grace = taken(mother)
    browser, text = sign_in(mother), b"A letter that the next hospital needs."
    send(browser, case, SimpleUploadedFile("to-take-along.txt", text))
    record = case.records.get(title__startswith="to-take-along")
    place = reverse("original", args=[case.reference, record.pk])
    here = reverse("my-what", args=[case.reference])
    assert "This is needed, and it has not come" in browser.get(here).content.decode()
    decline(by=grace, case=case, reason="Not ours.", instead="Ask at home.")
    shown = browser.get(here).content.decode()
    assert f'href="{place}"' in shown
    assert "This is needed, and it has not come" not in shown, "nothing is asked for any more"
    answer = browser.get(place)
    assert b"".join(answer.streaming_content) == text  # type: ignore[attr-defined]


def test_what_becomes_of_every_file_is_said(maria: Client) -> None:
    case = start(maria)
    letter = SimpleUploadedFile("a.txt", b"a letter")
    send(maria, case, letter, SimpleUploadedFile("again.txt", b"a letter"))
    shown = maria.get(page(case, "files")).content.decode()
    assert "2 files have arrived" in shown
    assert "again.txt</bdi>: You have sent this one before" in shown
    send(maria, case)
    assert "Choose at least one file first." in maria.get(page(case, "files")).content.decode()


def test_a_page_that_cannot_be_read_is_sent_again_by_itself(maria: Client) -> None:
    case = start(maria)
    letter = (DOCUMENTS / "typewritten-page.png").read_bytes()
    send(maria, case, SimpleUploadedFile("letter.png", letter))
    record = case.records.get()
    found = Found("unreadable", "blocker", "Too blurred.", "Send it again.", where={"page": 1})
    replace(case=case, subject=record, check="legibility@1", found=[found])
    place = reverse("my-again", args=[case.reference, record.pk, 1])
    assert place in maria.get(page(case, "files")).content.decode()
    shown = maria.get(place).content.decode()
    assert "Too blurred." in shown
    assert reverse("page", args=[case.reference, record.pk, 1]) in shown
    assert "Choose at least one file first." in maria.post(place).content.decode()
    photo = SimpleUploadedFile("photo.jpg", (DOCUMENTS / "tahlil-ar.jpg").read_bytes())
    assert maria.post(place, {"photo": photo})["Location"] == page(case, "files")
    jobs.run_all()
    assert record.pages.get(aside="").number == 1
    assert "letter.png" in maria.get(page(case, "files")).content.decode()
    assert maria.get(place).status_code == 200, "the new page can be sent again too"
    assert sign_in(person("amina@usra.example")).get(place).status_code == 404


def zip_bomb() -> bytes:
    """Return a small zip that unpacks to a lot."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.txt", b"0" * 30_000_000)
    return made.getvalue()


def path_traversal() -> bytes:
    """Return a zip that tries to leave its folder."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../../letter.txt", "hello")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.pdf", b""),
        ("letter.pdf", b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200),
        ("letter.xyz", bytes(range(256)) * 4),
        ("records.zip", zip_bomb()),
        ("records.zip", path_traversal()),
    ],
    ids=["empty", "program", "unknown", "zip bomb", "path traversal"],
)
def test_a_file_that_cannot_be_used_is_told_by_its_name(
    maria: Client, name: str, data: bytes
) -> None:
    case = start(maria)
    send(maria, case, SimpleUploadedFile(name, data))
    refused = ArrivedFile.objects.get(upload__case=case)
    assert refused.outcome == "refused"
    shown = maria.get(page(case, "files")).content.decode()
    assert "Files that we could not use" in shown
    status = maria.get(f"/my/cases/{case.reference}/files/status/").json()
    assert status["waiting"] == 0
    assert shown.count(f"<bdi>{refused.name}</bdi>") == 1, "and once only"


def test_after_sending_files_nobody_is_led_to_another_site(maria: Client) -> None:
    case = start(maria)
    answer = send(maria, case, SimpleUploadedFile("a.txt", b"a"), back="https://evil.example/")
    assert answer["Location"].startswith("/my/")
