"""Every kind of document becomes pages; every hostile one ends with a sentence."""

import io
import json
import os
import threading
import zipfile
from pathlib import Path

import pillow_heif
import pypdfium2 as pdfium
import pytest
from django.test import Client
from django.urls import reverse
from PIL import ExifTags, Image

from secondopinion import cli
from secondopinion.accounts.actions import ensure_person
from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.audit.models import Entry
from secondopinion.cases.models import Case
from secondopinion.core import jobs, vault
from secondopinion.core.errors import Refused
from secondopinion.findings.models import Finding
from secondopinion.records import paging, queries
from secondopinion.records.models import Record
from tests.conftest import DOCUMENTS
from tests.records import files


def sent(case: Case, by: Person, name: str, data: bytes) -> dict[str, tuple[str, str]]:
    upload = arrivals.receive_file(by=by, case=case, name=name, source=data)
    jobs.run_all()
    return {each.name: (each.outcome, each.code) for each in upload.files.all()}


def the_text(record: Record) -> str:
    return " ".join(queries.text_of(record).split())


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.docx", files.word("Weight 12 kg"), "Hospital Central Weight 12 kg 9.8 g/dL"),
        ("a.odt", files.odt(), "Discharge letter Weight 12 kg Hb 9.8 g/dL"),
        ("a.rtf", files.RTF, "Hb 9,8 g/dL После operation"),
        ("a.html", b"<html><script>run()</script><body><h1>Hb</h1><p>9.8</p>", "Hb 9.8"),
        ("a.txt", "Вес 12 кг, температура 38,2 после операции".encode("cp1251"),
         "Вес 12 кг, температура 38,2 после операции"),
        ("b.txt", "الوزن ١٢ كغ".encode("utf-16"), "الوزن ١٢ كغ"),
    ],
)  # fmt: skip
def test_a_written_document_is_text_and_a_page_to_see(
    name: str, data: bytes, words: str, case: Case, maria: Person
) -> None:
    assert sent(case, maria, name, data) == {name: ("record", "")}
    record = Record.objects.get()
    assert record.state == "read"
    assert the_text(record) == words
    page = record.pages.get()
    assert page.image
    with Image.open(io.BytesIO(vault.read(page.image))) as shown:
        assert (shown.format, shown.height) == ("JPEG", 1600)
    assert vault.read(record.blob) == data


def test_what_no_font_prints_is_words_without_a_picture(case: Case, maria: Person) -> None:
    sent(case, maria, "a.txt", "ལུས་ལྗིད་12".encode())
    page = Record.objects.get().pages.get()
    assert (page.image, page.text) == (None, "ལུས་ལྗིད་12")


def test_a_sign_that_no_font_prints_costs_no_page_its_picture(case: Case, maria: Person) -> None:
    words = (
        "Discharge letter\n\uf0b7 Weight 12 kg \u2611 agreed 😀\n" + "The child slept well. " * 9
    )
    sent(case, maria, "a.docx", files.word(*words.split("\n")))
    page = Record.objects.get().pages.get()
    assert page.image
    assert "\uf0b7 Weight 12 kg \u2611 agreed 😀" in page.text  # kept as it came


@pytest.mark.parametrize("line", ["Hb {:06} g/dL", "{:06} " + "wide " * 300], ids=["short", "long"])
def test_a_long_text_is_shown_at_first_and_kept_whole(line: str, case: Case, maria: Person) -> None:
    lines = [line.format(number).strip() for number in range(2_000_000 // len(line))]
    sent(case, maria, "history.txt", "\n".join(lines).encode())
    record = Record.objects.get()
    assert record.state == "read"
    pages = list(record.pages.all())
    pictured = [page for page in pages if page.image_id]
    assert pages[: len(pictured)] == pictured
    assert 40 < len(pictured) < 80
    assert not any(page.reasons for page in pages)
    assert queries.text_of(record).split("\n") == lines


def test_pictures_in_a_word_file_are_pages(case: Case, maria: Person) -> None:
    sent(case, maria, "a.docx", files.word("See below", picture=files.picture(400)))
    assert Record.objects.get().pages.count() == 2


def test_a_mail_and_what_is_clipped_to_it(case: Case, maria: Person) -> None:
    inner = files.mail("<p>earlier</p>", {"scan.png": files.picture(300)})
    data = files.mail(
        "<p>Dear colleague</p><script>run()</script>",
        {"letter.docx": files.word("Weight"), "earlier.eml": inner, "bad.exe": b"MZ\x90\x00"},
    )
    assert sent(case, maria, "m.eml", data) == {
        "m.eml": ("record", ""),
        "m.eml/attachment-1": ("ignored", "mail-picture"),
        "m.eml/letter.docx": ("record", ""),
        "m.eml/earlier.eml": ("record", ""),
        "m.eml/earlier.eml/attachment-1": ("ignored", "mail-picture"),
        "m.eml/earlier.eml/scan.png": ("record", ""),
        "m.eml/bad.exe": ("refused", "executable"),
    }
    mail = Record.objects.get(title="m.eml")
    assert the_text(mail).endswith("Subject Álvaro Dear colleague")


def test_a_tiff_of_many_pages(case: Case, maria: Person) -> None:
    rest = [Image.new("1", (400, 500), 1), Image.new("I;16", (400, 500), 40_000)]
    sent(case, maria, "fax.tif", files.picture(400, "TIFF", save_all=True, append_images=rest))
    assert list(Record.objects.get().pages.values_list("blank", flat=True)) == [False, True, True]


def test_a_photo_stands_upright_and_does_not_say_where_it_was_taken(
    case: Case, maria: Person
) -> None:
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # turned to the right
    exif.get_ifd(ExifTags.IFD.GPSInfo)[2] = (48.0, 8.0, 14.5)
    data = files.picture(400, "HEIF", exif=exif.tobytes())
    assert b"Exif" in data
    sent(case, maria, "IMG_1.HEIC", data)
    record = queries.record_for(maria, case.reference, Record.objects.get().pk)
    page = record.pages.get()
    assert (page.width, page.height) == (300, 400)
    assert page.image
    somebody = ensure_person(email="else@clinic.example", full_name="Dr Else")
    theirs, name = queries.file_for(somebody, record)
    for blob in (page.image, theirs):
        with Image.open(io.BytesIO(vault.read(blob))) as shown:
            assert not shown.getexif()
            assert shown.convert("RGB").getpixel((290, 10))[2] < 90, (
                "the red corner is at the right"
            )
    assert name == "IMG_1.jpg"
    assert vault.read(queries.file_for(maria, record)[0]) == data


def test_a_locked_pdf_is_opened_by_its_password(
    case: Case, maria: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = files.pdf(
        b"<< /Type /Filespec /F (lab.txt) /EF << /F 5 0 R >> >>",
        files.stream(b"Hb 9.8", b"/Type /EmbeddedFile"),
        root=b"/Names << /EmbeddedFiles << /Names [(lab.txt) 4 0 R] >> >>",
    )
    data = files.locked(clip, "sécret-4711")
    sent(case, maria, "a.pdf", data)
    record = Record.objects.get()
    assert (record.state, record.pages.count()) == ("locked", 0)
    assert Finding.objects.get().code == "unreadable-file"
    with pytest.raises(Refused) as refused:
        arrivals.unlock(by=maria, record=record, password="other")
    assert refused.value.code == "password-wrong"
    arrivals.unlock(by=maria, record=record, password="sécret-4711")
    jobs.run_all()
    record.refresh_from_db()
    assert (record.state, record.pages.count()) == ("read", 1)
    assert Finding.objects.get().state == "fixed"
    assert vault.read(record.blob) == data
    assert the_text(Record.objects.get(title="lab.txt")) == "Hb 9.8"
    assert Entry.objects.filter(verb="record-unlocked").exists()
    assert "4711" not in caplog.text
    kept = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert not [each for each in kept if b"4711" in each.read_bytes()]


XFA = files.pdf(
    b"<< /Fields [] /XFA 5 0 R >>", files.stream(b"<xdp/>", b""),
    root=b"/AcroForm 4 0 R /NeedsRendering true",
)  # fmt: skip
SCRIPT = files.pdf(
    b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", root=b"/OpenAction 4 0 R",
)  # fmt: skip
HUGE = files.pdf(
    files.stream(b"q 300 0 0 400 0 0 cm /I Do Q", b""),
    files.stream(bytes(100_000), b"/Type /XObject /Subtype /Image /Width 100000 /Height 100000 "
                 b"/ColorSpace /DeviceRGB /BitsPerComponent 8"),
    page=b"/Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >>",
)  # fmt: skip
WIDE = files.pdf(root=b"", page=b"/UserUnit 75000").replace(b"[0 0 300 400]", b"[0 0 9e7 9e7]")
SCAN = (DOCUMENTS / "typewritten-page.png").read_bytes()
VIRUS = {"word/vbaProject.bin": b"Auto_Open"}
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY e "{}">]>'.format("&a;" * 3)


@pytest.mark.parametrize(
    ("name", "data", "state", "codes"),
    [
        ("form.pdf", XFA, "unreadable", ["unreadable-file"]),
        ("script.pdf", SCRIPT, "read", ["unsafe-file"]),
        ("huge.pdf", HUGE, "read", ["unreadable"]),
        ("wide.pdf", WIDE, "read", []),
        ("macro.docx", files.word("Weight", more=VIRUS), "read", ["unsafe-file"]),
        ("both.pdf", files.pdf() + files.zipped({"a.html": b"<script>"}), "read", ["unsafe-file"]),
        ("both.png", SCAN + files.zipped({"a.html": b"x"}), "read", ["unsafe-file"]),
        ("entity.odt", files.odt(ENTITY, "&e;"), "read", []),
        ("laughs.odt", files.odt(LAUGHS, "&e;"), "read", []),
        ("bomb.docx", files.word("a", more={"word/x.xml": bytes(80_000_000)}), "unreadable",
         ["unreadable-file"]),
    ],
)  # fmt: skip
def test_what_means_harm_ends_with_a_word(
    name: str, data: bytes, state: str, codes: list[str], case: Case, maria: Person
) -> None:
    assert sent(case, maria, name, data) == {name: ("record", "")}
    record = Record.objects.get()
    found = sorted(Finding.objects.filter(state="open").values_list("code", flat=True))
    assert (record.state, found) == (state, codes)
    assert "root:" not in queries.text_of(record)
    assert vault.read(record.blob) == data


def test_an_entity_in_a_word_file_is_not_followed(case: Case, maria: Person) -> None:
    with zipfile.ZipFile(io.BytesIO(files.word("Weight"))) as whole:
        body = whole.read("word/document.xml").decode()
    evil = body.replace("<w:document", f"{ENTITY}<w:document", 1).replace("Weight", "Weight &e;")
    sent(case, maria, "a.docx", files.word(more={"word/document.xml": evil.encode()}))
    assert "root:" not in queries.text_of(Record.objects.get())


@pytest.mark.parametrize("part", ["xl/workbook.xml", "ppt/presentation.xml"])
def test_tables_and_slides_are_told_apart_from_a_zip(part: str, case: Case, maria: Person) -> None:
    data = files.zipped({part: b"<x/>", "docProps/app.xml": b"<x/>"})
    assert sent(case, maria, "a.xlsx", data) == {"a.xlsx": ("refused", "office")}


def test_of_ten_thousand_pages_the_first_are_read(
    case: Case, maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    document, out = pdfium.PdfDocument.new(), io.BytesIO()
    for _page in range(10_000):
        document.new_page(100, 140).close()
    document.save(out)
    document.close()
    sent(case, maria, "long.pdf", out.getvalue())
    assert (Record.objects.get().state, Record.objects.get().pages.count()) == ("read", 3)
    assert Finding.objects.get(code="page-missing").measured == {"pages": 10_000}


TRUNCATED = {
    "a.pdf": files.pdf(),
    "a.docx": files.word("Weight 12 kg"),
    "a.odt": files.odt(),
    "a.jpg": files.picture(600, "JPEG"),
    "a.png": files.picture(600),
    "a.tif": files.picture(600, "TIFF"),
    "a.heic": b"",
}


@pytest.mark.parametrize("name", TRUNCATED)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_broke_off_is_kept_and_said_or_read(
    name: str, share: float, case: Case, maria: Person
) -> None:
    pillow_heif.register_heif_opener()
    whole = TRUNCATED[name] or files.picture(600, "HEIF")
    data = whole[: int(share * len(whole))]
    [(_name, (outcome, code))] = sent(case, maria, name, data).items()
    assert outcome in {"record", "refused"}
    if outcome == "refused":
        assert code
        return
    record = Record.objects.get()
    told = Finding.objects.filter(state="open").values_list("code", flat=True)
    assert record.state == "read" or "unreadable-file" in told
    assert vault.read(record.blob) == data


def test_a_file_is_what_its_bytes_are_and_is_never_shown_in_place(
    case: Case, maria: Person, client: Client
) -> None:
    """Name, check and use rest on the same sealed bytes."""
    evil = b"<!doctype html><script>alert(1)</script><p>Weight 12 kg and some more words.</p>"
    sent(case, maria, "letter.pdf", files.picture(400))
    sent(case, maria, "scan.png", evil)
    kinds_ = dict(Record.objects.values_list("title", "media_type"))
    assert kinds_ == {"letter.pdf": "image/png", "scan.png": "text/html"}
    client.force_login(maria)
    for record in Record.objects.all():
        answer = client.get(reverse("original", args=[case.reference, record.pk]))
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_command_reads_a_file_once_and_so_cannot_be_given_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "letter.txt"  # what comes out of it comes once
    os.mkfifo(pipe)
    words = b"Discharge summary. The child went home after two calm nights on the ward."
    writer = threading.Thread(target=pipe.write_bytes, args=(words,))
    writer.start()
    assert cli.main(["records", "check", str(pipe), "--json"]) == 0
    writer.join()
    [page] = json.loads(capsys.readouterr().out)["pages"]
    assert page["text"] == words.decode()
