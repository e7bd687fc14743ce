"""Walking disks: folders, zips, ISO images; what is unsafe is named and never opened."""

import io
import os
import random
import zipfile
from pathlib import Path

import pycdlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.core import kinds
from secondopinion.imaging import disk
from tests.conftest import MR_HEAD


def dicom() -> bytes:
    with zipfile.ZipFile(MR_HEAD) as pack:
        return pack.read(next(name for name in pack.namelist() if name.endswith(".dcm")))


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    return out.getvalue()


def image(
    files: dict[str, bytes], *, joliet: int | None = 3, rock_ridge: str | None = None
) -> bytes:
    """Return an ISO 9660 image with files in at most one folder each."""
    made = pycdlib.PyCdlib()
    made.new(joliet=joliet, rock_ridge=rock_ridge)
    folders: set[str] = set()
    for number, (path, data) in enumerate(files.items()):
        folder, _slash, base = path.rpartition("/")
        short = f"/{folder.upper()}" if folder else ""
        if folder and folder not in folders:
            folders.add(folder)
            made.add_directory(
                short, joliet_path=f"/{folder}" if joliet else None,
                rr_name=folder if rock_ridge else None,
            )  # fmt: skip
        made.add_fp(
            io.BytesIO(data), len(data), f"{short}/F{number}.;1",
            joliet_path=f"/{path}" if joliet else None, rr_name=base if rock_ridge else None,
        )  # fmt: skip
    out = io.BytesIO()
    made.write_fp(out)
    made.close()
    return out.getvalue()


def walked(data: bytes, name: str = "disk") -> dict[str, disk.Member]:
    return {each.path: each for each in disk.walk_file(name, io.BytesIO(data))}


FILES = {
    "DICOMDIR": b"\0" * 128 + b"DICM" + b"\0" * 200,
    "images/im 1": b"\0" * 128 + b"DICM" + os.urandom(5000),
    "images/im 2": b"\0" * 128 + b"DICM" + os.urandom(5000),
    "autorun.inf": b"[autorun]",
    "viewer.exe": b"MZ" + os.urandom(3000),
    "letter.pdf": b"%PDF-1.4 letter",
    "empty": b"",
}
KINDS = {
    "DICOMDIR": "dicomdir", "images/im 1": "dicom", "images/im 2": "dicom", "letter.pdf":
    "application/pdf", "autorun.inf": "ignored", "viewer.exe": "ignored", "empty": "empty",
}  # fmt: skip


@pytest.mark.parametrize(
    "pack", [zipped, image, lambda files: image(files, joliet=None, rock_ridge="1.09")]
)
def test_a_disk_is_the_same_however_it_is_packed(pack: object) -> None:
    found = walked(pack(FILES))  # type: ignore[operator]
    assert {path: each.kind for path, each in found.items()} == KINDS
    for each in disk.walk_file("disk", io.BytesIO(pack(FILES))):  # type: ignore[operator]
        assert each.read() == FILES[each.path]


def test_a_folder_is_walked_and_links_are_not_followed(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "way out").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    found = {each.path: (each.kind, each.refused) for each in disk.walk(tmp_path)}
    for name in ("link", "way out", "pipe"):
        assert found.pop(name) == ("unknown", "unsafe-name")
    assert found == {name: (kind, "") for name, kind in KINDS.items()}


def test_one_more_zip_or_image_inside_is_opened_and_a_third_is_not() -> None:
    inner = zipped({"a.dcm": FILES["images/im 1"]})
    found = walked(zipped({"in.zip": inner, "in.iso": image({"b.dcm": FILES["images/im 2"]})}))
    assert {path: each.kind for path, each in found.items()} == {
        "in.zip/a.dcm": "dicom", "in.iso/b.dcm": "dicom",
    }  # fmt: skip
    [third] = walked(zipped({"in.zip": zipped({"in.zip": inner})})).values()
    assert third.refused == "nested-zip"
    [on_image] = walked(image({"in.zip": inner})).values()
    assert on_image.kind == kinds.DICOM


def test_names_that_lead_out_are_refused() -> None:
    found = walked(zipped({"../../etc/x": b"x", "ok.txt": b"plain"}))
    assert found["../../etc/x"].refused == "unsafe-name"
    assert not found["ok.txt"].refused


def test_a_word_document_is_not_unpacked() -> None:
    [found] = walked(zipped({"word/document.xml": b"<x/>"}), "letter.docx").values()
    assert found.kind == kinds.WORD


def test_an_image_that_ends_too_early_keeps_what_is_whole() -> None:
    data = image({f"im{number}": os.urandom(50_000) for number in range(8)})
    found = walked(data[: len(data) * 2 // 3])
    assert len(found) == 8
    kept = [each for each in found.values() if not each.refused]
    assert 0 < len(kept) < 8
    assert {each.refused for each in found.values()} == {"", "broken-disc"}


def test_a_folder_that_holds_itself_ends() -> None:
    data = bytearray(image({"a/x": b"1234"}, joliet=None))
    root = int.from_bytes(data[16 * 2048 + 158 : 16 * 2048 + 162], "little")
    at = data.index(b"\x01A", root * 2048) - 32
    data[at + 2 : at + 6] = root.to_bytes(4, "little")
    assert walked(bytes(data)) == {}


def test_an_image_that_declares_far_too_much_is_refused() -> None:
    data = bytearray(image({f"f{n}": b"1234" for n in range(8)}, joliet=None))
    root = int.from_bytes(data[16 * 2048 + 158 : 16 * 2048 + 162], "little") * 2048
    for number in range(8):
        at = data.index(b"F%d.;1" % number, root) - 33
        data[at + 10 : at + 14] = (4 * 10**9).to_bytes(4, "little")
    [found] = walked(bytes(data)).values()
    assert found.refused == "zip-bomb"


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_a_scratched_image_ends_in_an_answer(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(SCRATCHED)
    for _hit in range(chance.randint(1, 200)):
        data[chance.randrange(16 * 2048, len(data))] = chance.randrange(256)
    for each in disk.walk_file("disk", io.BytesIO(data)):
        if not each.refused:
            assert len(each.read()) == each.length
        else:
            assert each.refused in {"broken-disc", "zip-bomb", "unsafe-name", "too-many-files"}


SCRATCHED = image({"images/im 1": os.urandom(5000), "x": b"1", "images/y": b"2" * 3000})


def test_a_file_without_the_preamble_is_known_by_its_first_element() -> None:
    whole = dicom()
    assert kinds.kind_of("x", whole[132:][: kinds.HEAD]) == kinds.DICOM
    assert kinds.kind_of("x", b"\x08\x00\x05\x00\x0a\x00\x00\x00ISO_IR 100") == kinds.DICOM
    assert kinds.kind_of("x", b"\x00\x08\x00\x05CS\x00\x0aISO_IR 100") == kinds.DICOM
