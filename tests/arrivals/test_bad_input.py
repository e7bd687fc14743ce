"""What strangers send: each file ends with a sentence, and nothing unsafe is opened."""

import io
import os
import random
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import BinaryIO

import pypdfium2 as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions, queries, words
from secondopinion.arrivals.models import ArrivedFile, Upload
from secondopinion.cases.models import Case
from secondopinion.core import jobs, kinds, unpack, vault
from secondopinion.core.errors import Refused
from secondopinion.findings.models import Finding
from secondopinion.imaging import disk
from secondopinion.records.models import Record
from tests.conftest import DOCUMENTS


def send(case: Case, by: Person, name: str, data: bytes) -> dict[str, tuple[str, str]]:
    """Send a file, have it sorted, and return what became of each file in it."""
    upload = actions.receive_file(by=by, case=case, name=name, source=data)
    jobs.run_all()
    upload.refresh_from_db()
    assert upload.state == "sorted"
    assert upload.blob
    assert vault.read(upload.blob) == data, "what came is kept as it came"
    return {each.name: (each.outcome, each.code) for each in upload.files.all()}


def zipped(**files: bytes) -> bytes:
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return pack.getvalue()


def pdf(pages: int) -> bytes:
    document = pdfium.PdfDocument.new()
    for _page in range(pages):
        document.new_page(200, 300).close()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("letter.pdf", b"MZ\x90\x00" + os.urandom(500), "executable"),
        ("photo.jpg", b"\x7fELF" + os.urandom(500), "executable"),
        ("letter.docx", b"#!/bin/sh\nrm -rf /\n", "executable"),
        ("sound.mp3", b"ID3\x04\x00" + bytes(range(256)) * 3, "unknown"),
    ],
)
def test_what_cannot_be_used_is_said(
    name: str, data: bytes, code: str, case: Case, maria: Person
) -> None:
    assert send(case, maria, name, data) == {name: ("refused", code)}
    assert str(words.say(code))
    assert not Record.objects.exists()


def test_a_zip_bomb_is_not_unpacked(case: Case, maria: Person) -> None:
    bomb = zipped(**{"big.txt": b"0" * 60_000_000, "letter.txt": b"a letter"})
    assert send(case, maria, "disc.zip", bomb) == {
        "big.txt": ("refused", "zip-bomb"),
        "letter.txt": ("record", ""),
    }


def test_entries_that_overlap_are_a_bomb(case: Case, maria: Person) -> None:
    """Many names for the same bytes: each looks small, all together are huge."""
    data = bytearray(zipped(a=os.urandom(5000), b=os.urandom(10)))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)
    assert send(case, maria, "disc.zip", bytes(data)) == {"disc.zip": ("refused", "zip-bomb")}


def crowded(entries: int) -> bytes:
    """Return a zip whose directory holds `entries` records and whose end declares one."""
    one = zipped(a=b"x")
    begin, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    directory = one[begin:end] * entries
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), begin, 0)
    return one[:begin] + directory + tail


def test_a_zip_of_millions_of_entries_is_not_even_listed(case: Case, maria: Person) -> None:
    """Its directory is weighed before an object is made of each of its records."""
    data = io.BytesIO(crowded(300_000))
    tracemalloc.start()
    assert _walk(data) == "too-many-files"
    assert not unpack.document_in(data)
    assert tracemalloc.get_traced_memory()[1] < 2.5 * data.getbuffer().nbytes
    tracemalloc.stop()
    assert send(case, maria, "disc.zip", data.getvalue()) == {
        "disc.zip": ("refused", "too-many-files")
    }


def test_a_directory_that_is_declared_huge_is_not_read(tmp_path: Path) -> None:
    """A file of 200 MB of nothing, all of which its end calls the directory."""
    with (tmp_path / "disc.zip").open("w+b") as file:
        file.write(b"PK\x03\x04")
        file.truncate(200_000_000)
        file.seek(0, 2)
        end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, 200_000_000, 0, 0)
        file.write(end)
        tracemalloc.start()
        assert _walk(file) == "too-many-files"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
        tracemalloc.stop()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a/../../b.txt", "C:\\windows\\x.txt", "..\\x.txt"]
)
def test_a_path_out_of_the_zip_is_refused_and_the_rest_is_kept(
    name: str, case: Case, maria: Person
) -> None:
    outcome = send(case, maria, "disc.zip", zipped(**{name: b"x", "letter.txt": b"a letter"}))
    assert outcome["letter.txt"] == ("record", "")
    assert [each for each in outcome.values() if each == ("refused", "unsafe-name")]


def test_a_link_in_a_zip_is_refused(case: Case, maria: Person) -> None:
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as made:
        link = zipfile.ZipInfo("link.txt")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert send(case, maria, "disc.zip", pack.getvalue()) == {
        "link.txt": ("refused", "unsafe-name")
    }


def test_a_zip_in_a_zip_is_opened_once(case: Case, maria: Person) -> None:
    inner = zipped(**{"letter.txt": b"a letter"})
    deeper = zipped(**{"inner.zip": zipped(**{"deep.zip": inner})})
    outcome = send(case, maria, "disc.zip", zipped(**{"inner.zip": inner}))
    assert outcome == {"inner.zip/letter.txt": ("record", "")}
    assert ("refused", "nested-zip") in send(case, maria, "deeper.zip", deeper).values()


@pytest.mark.parametrize("cut", [10, 100, 300])
def test_a_damaged_zip_is_said(cut: int, case: Case, maria: Person) -> None:
    outcome = send(case, maria, "disc.zip", zipped(a=os.urandom(400))[:cut])
    assert outcome == {"disc.zip": ("refused", "broken-zip")}


@pytest.mark.parametrize("name", ["letter.docx", "Letter.ODT", "values.xlsx"])
def test_a_damaged_document_is_called_one(name: str, case: Case, maria: Person) -> None:
    outcome = send(case, maria, name, zipped(a=os.urandom(400))[:100])
    assert outcome == {name: ("refused", "broken-document")}
    assert "PDF" in str(words.say("broken-document"))


def test_papers_of_a_disc_are_no_records(case: Case, maria: Person) -> None:
    papers = ["LICENSE", "viewer/LICENCE.txt", "README.md", "readme_first.html", "COPYING",
              "NOTICE.txt", "CHANGELOG"]  # fmt: skip
    letters = ["notice of discharge.txt", "report.txt", "licensed clinic.txt"]
    words = {name: b"Words of " + name.encode() for name in (*papers, *letters)}
    outcome = send(case, maria, "disc.zip", zipped(**words))
    assert {outcome[name] for name in papers} == {("ignored", "litter")}
    assert {outcome[name] for name in letters} == {("record", "")}


@pytest.mark.parametrize("limit", ["MOST_OBJECT", "MOST_DIRECTORY"])
def test_an_object_that_memory_should_not_hold_is_kept_and_said(
    limit: str, case: Case, maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, limit, 600)
    name = "DICOMDIR" if limit == "MOST_DIRECTORY" else "IM1"
    large = bytes(128) + b"DICM" + bytes(800)
    outcome = send(case, maria, "disc.zip", zipped(**{name: large, "letter.txt": b"a letter"}))
    assert outcome == {name: ("refused", "image-too-large"), "letter.txt": ("record", "")}
    assert str(words.say("image-too-large"))


def test_litter_is_ignored_and_said(case: Case, maria: Person) -> None:
    pack = zipped(**{"Thumbs.db": b"x", "__MACOSX/._a": b"x", "autorun.inf": b"[autorun]",
                     "viewer.exe": b"MZ\x90"})  # fmt: skip
    outcome = send(case, maria, "disc.zip", pack)
    assert set(outcome.values()) == {("ignored", "litter")}
    assert len(outcome) == 4


def test_two_hundred_pages_are_read(case: Case, maria: Person) -> None:
    send(case, maria, "long.pdf", pdf(200))
    record = Record.objects.get()
    assert (record.state, record.pages.count()) == ("read", 200)


@pytest.mark.parametrize("damage", [b"%PDF-1.7\nnothing", b"\xff\xd8\xff\xe0" + bytes(100)])
def test_a_damaged_document_is_kept_and_said(damage: bytes, case: Case, maria: Person) -> None:
    send(case, maria, "letter.pdf", damage)
    assert Record.objects.get().state == "unreadable"
    assert Finding.objects.get().code == "unreadable-file"


def test_a_picture_that_grows_too_large_is_not_opened(case: Case, maria: Person) -> None:
    """A PNG of a few bytes that claims 60,000 by 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + bytes(40)
    send(case, maria, "scan.png", data)
    assert Record.objects.get().state == "unreadable"


def test_the_same_file_sent_twice_is_one_record(case: Case, maria: Person) -> None:
    data = (DOCUMENTS / "carta-de-alta-es.jpg").read_bytes()
    assert send(case, maria, "a.jpg", data) == {"a.jpg": ("record", "")}
    assert send(case, maria, "b.jpg", data) == {"b.jpg": ("duplicate", "duplicate")}
    assert Record.objects.count() == 1


def test_a_scan_is_read_and_shown_without_its_original(case: Case, maria: Person) -> None:
    send(case, maria, "a.jpg", (DOCUMENTS / "carta-de-alta-es.jpg").read_bytes())
    page = Record.objects.get().pages.get()
    assert page.image
    assert vault.read(page.image)[:3] == b"\xff\xd8\xff"
    assert max(page.width, page.height) <= 1600


def test_more_than_this_installation_takes_is_refused(
    case: Case, maria: Person, settings: object
) -> None:
    settings.UPLOAD_MAX_BYTES = 100  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        actions.begin(by=maria, case=case, name="big.zip", length=101)
    assert not Upload.objects.exists()


names = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=30)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.dictionaries(names, st.binary(max_size=200), min_size=1, max_size=6))
def test_every_file_of_any_zip_ends_with_an_outcome(
    files: dict[str, bytes], case: Case, maria: Person
) -> None:
    data = zipped(**files)
    upload = actions.receive_file(by=maria, case=case, name="disc.zip", source=data)
    jobs.run_all()
    upload.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        inside = {info.filename[-500:] for info in pack.infolist() if not info.is_dir()}
    told = set(upload.files.values_list("name", flat=True))
    assert told in (inside, {"disc.zip"})
    assert queries.waiting(case) == 0
    ArrivedFile.objects.all().delete()


@given(st.binary(max_size=5000))
def test_any_bytes_have_a_kind(data: bytes) -> None:
    assert kinds.kind_of("x", data[: kinds.HEAD])


def broken(data: bytes, seed: int) -> bytes:
    chance, out = random.Random(seed), bytearray(data)
    for _hit in range(12):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


@settings(max_examples=60, deadline=None)
@given(st.integers())
def test_a_damaged_directory_of_a_zip_is_survived(seed: int) -> None:
    data = io.BytesIO(broken(zipped(a=b"x" * 500, b=b"y" * 500, c=os.urandom(50)), seed))
    assert _walk(data) in {"", *words.WORDS}


def _walk(data: BinaryIO) -> str:
    try:
        with unpack.open_zip(data) as archive:
            for entry in unpack.entries(archive):
                if not entry.refused:
                    assert sum(map(len, unpack.pieces(archive, entry))) <= entry.length
    except unpack.Unsafe as unsafe:
        return unsafe.code
    return ""
