"""A phone beside the computer: one case, one phone, for minutes, and nothing else."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from secondopinion.arrivals.models import Capture
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.core import clock, jobs
from secondopinion.program.models import Program
from secondopinion.records import edges
from secondopinion.records.models import Record
from tests.web.conftest import DOCUMENTS, draft, person, sign_in

LETTER = DOCUMENTS / "carta-de-alta-es.jpg"
SEND = "/scan/photos/"


@pytest.fixture
def opened(hospital: Program) -> tuple[Case, Client, str]:
    """A case, its family's browser, and the address in the square code."""
    family = person("maria@familia.example")
    case, browser = draft(family), sign_in(family)
    answer = browser.post(f"/my/cases/{case.reference}/files/phone/")
    found = re.search(r"/scan/[\w-]{43}/", answer.content.decode())
    assert found
    return case, browser, found[0]


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", LETTER.read_bytes(), "image/jpeg")


def test_a_phone_sends_photos_and_sees_nothing(opened: tuple[Case, Client, str]) -> None:
    case, browser, address = opened
    phone = Client()
    assert phone.get(SEND).status_code == 404
    shown = phone.get(address)
    assert shown.status_code == 200
    for secret in (case.reference, case.child.full_name, "maria@"):
        assert secret not in shown.content.decode()
    assert phone.post(address)["Location"] == SEND
    assert phone.get(SEND).status_code == 200
    assert phone.post(SEND, {"photos": [photo()]}).status_code == 302
    jobs.run_all()
    record = Record.objects.get(case=case)
    assert (record.title, record.source, record.pages.count()) == ("photo.jpg", "family", 1)
    listed = browser.get(f"/my/cases/{case.reference}/files/").content.decode()
    assert "photo.jpg" in listed
    for page in (f"/my/cases/{case.reference}/", f"/my/cases/{case.reference}/files/", "/my/"):
        assert phone.get(page).status_code in {302, 404}
    assert phone.post("/scan/done/").status_code == 200
    assert phone.post(SEND, {"photos": [photo()]}).status_code == 404
    verbs = [entry.verb for entry in entries_for(case.pk)]
    assert [each for each in verbs if each.startswith("capture-")] != []
    assert {"capture-opened", "capture-claimed", "capture-ended", "upload-received"} <= set(verbs)


def test_the_code_opens_one_phone_once(opened: tuple[Case, Client, str]) -> None:
    _case, _browser, address = opened
    first, second = Client(), Client()
    assert first.post(address).status_code == 302
    assert second.post(address).status_code == 400
    assert second.get(SEND).status_code == 404


def test_it_ends_by_itself_by_hand_and_with_the_next(opened: tuple[Case, Client, str]) -> None:
    case, browser, address = opened
    base = f"/my/cases/{case.reference}/files/phone/"
    phone = Client()
    phone.post(address)
    browser.post(base)  # another square: the earlier phone is shut out
    assert phone.get(SEND).status_code == 404
    capture = Capture.objects.get(ended_at=None)
    Capture.objects.filter(pk=capture.pk).update(claimed_at=clock.now())
    session = phone.session
    session["capture"] = str(capture.pk)
    session.save()
    assert phone.get(SEND).status_code == 200
    browser.post(f"{base}end/")
    assert phone.get(SEND).status_code == 404
    Capture.objects.filter(pk=capture.pk).update(ended_at=None, expires_at=clock.now())
    assert phone.get(SEND).status_code == 404


def test_the_other_screen_knows_what_the_phone_does(opened: tuple[Case, Client, str]) -> None:
    case, browser, address = opened
    base = f"/my/cases/{case.reference}/files/phone/"

    def said() -> str:
        return browser.get(f"{base}state/").content.decode()

    phone = Client()
    assert said().strip() == "", "the square is shown on"
    phone.post(address)
    assert "The page is open on the phone." in said()
    phone.post(SEND, {"photos": [photo()]})
    phone.post("/scan/done/")
    for shown in (said(), browser.get(base).content.decode()):
        assert "The phone has finished" in shown
        assert "Files sent: 1." in shown
        assert "data:image/svg" not in shown, "no square that is used up"


def test_on_the_phone_itself_no_square_is_needed(opened: tuple[Case, Client, str]) -> None:
    case, browser, address = opened
    files = f"/my/cases/{case.reference}/request/files/"
    answer = browser.post(f"/my/cases/{case.reference}/files/phone/here/", {"back": files})
    assert answer["Location"] == SEND
    assert Client().post(address).status_code == 400, "the square is of no use any more"
    assert browser.post(SEND, {"photos": [photo()]}).status_code == 302
    assert browser.post("/scan/done/")["Location"] == files
    assert browser.get(SEND).status_code == 404
    jobs.run_all()
    assert Record.objects.get(case=case).title == "photo.jpg"


def test_only_who_sends_opens_one(opened: tuple[Case, Client, str]) -> None:
    case, _browser, _address = opened
    other = sign_in(person("amina@usra.example"))
    assert other.post(f"/my/cases/{case.reference}/files/phone/").status_code == 404


def on_a_table(corners: list[tuple[int, int]]) -> bytes:
    """Return a photo of a white sheet on a dark table, its corners at these places."""
    made, out = Image.new("RGB", (900, 1200), (70, 55, 45)), io.BytesIO()
    pen = ImageDraw.Draw(made)
    pen.polygon(corners, fill=(236, 234, 228))
    for row in range(12):
        pen.line((260, 330 + row * 50, 640, 320 + row * 50), fill=(40, 40, 40), width=6)
    made.save(out, "JPEG", quality=90)
    return out.getvalue()


def test_the_corners_of_a_sheet_are_suggested() -> None:
    shadow = on_a_table([(0, 0), (899, 1199), (899, 1190), (0, 1199)])
    assert edges.corners(shadow) == edges.WHOLE  # no sheet has such corners
    made, out = Image.new("RGB", (900, 1200), (236, 234, 228)), io.BytesIO()
    pen = ImageDraw.Draw(made)
    for row in range(16):  # a block of letters on a sheet that fills the photo
        pen.line((150, 250 + row * 40, 700, 240 + row * 40), fill=(40, 40, 40), width=14)
    made.save(out, "JPEG", quality=90)
    assert edges.corners(out.getvalue()) == edges.WHOLE
    corners = [(150, 160), (760, 210), (820, 1050), (90, 980)]
    found = edges.corners(on_a_table(corners))
    for (x, y), (u, v) in zip(corners, found, strict=True):
        assert abs(x / 900 - u) < 0.03
        assert abs(y / 1200 - v) < 0.03


def test_without_a_sheet_the_whole_picture_is_suggested(opened: tuple[Case, Client, str]) -> None:
    phone = Client()
    phone.post(opened[2])
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "grey").save(out, "JPEG")
    answer = phone.post("/scan/look/", {"photo": SimpleUploadedFile("a.jpg", out.getvalue())})
    assert answer.json() == {"corners": edges.WHOLE}
    broken = phone.post("/scan/look/", {"photo": SimpleUploadedFile("a.jpg", b"\xff\xd8nothing")})
    assert broken.json() == {"corners": edges.WHOLE}
