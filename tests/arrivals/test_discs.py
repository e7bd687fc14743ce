"""Discs as they come: ISO images, zips, polyglots, good files among bad ones."""

import io
import os
import random
import warnings
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondopinion.accounts.models import Person
from secondopinion.arrivals import words
from secondopinion.cases.models import Case
from secondopinion.core import vault
from secondopinion.findings.models import Finding
from secondopinion.findings.queries import limitations_for
from secondopinion.imaging.models import Instance
from tests.arrivals.disc import slices
from tests.arrivals.test_bad_input import send, zipped
from tests.imaging.test_disk import image

LETTER = b"She had two seizures in August."


def disc(count: int = 2) -> dict[str, bytes]:
    """Return a disc with images without endings, a viewer beside them, and a letter."""
    images = {f"images/im {number}": data for number, data in enumerate(slices(count))}
    return images | {
        "autorun.inf": b"[autorun]", "viewer.exe": b"MZ" + os.urandom(900),
        "viewer.dll": b"MZ" + os.urandom(90), "letter.txt": LETTER,
    }  # fmt: skip


IMAGE, LITTER = ("image", ""), ("ignored", "litter")
WANTED = {
    "images/im 0": IMAGE, "images/im 1": IMAGE, "autorun.inf": LITTER, "viewer.exe": LITTER,
    "viewer.dll": LITTER, "letter.txt": ("record", ""),
}  # fmt: skip


@pytest.mark.parametrize("how", ["iso", "zip", "zip in zip", "iso in zip"])
def test_a_disc_is_the_same_however_it_comes(how: str, case: Case, maria: Person) -> None:
    files = disc()
    data = image(files) if how.startswith("iso") else zipped(**files)
    inside = {"iso in zip": "disc.iso", "zip in zip": "disc.zip"}.get(how, "")
    if inside:
        data = zipped(**{inside: data})
    outcomes = send(case, maria, "disc", data)
    prefix = f"{inside}/" if inside else ""
    assert outcomes == {prefix + name: outcome for name, outcome in WANTED.items()}
    assert Instance.objects.count() == 2


def test_a_file_is_what_its_bytes_say(case: Case, maria: Person) -> None:
    """A program with DICM inside, a picture with a zip behind it, a page that is also a program."""
    images = list(slices(1))
    bait = io.BytesIO()
    with zipfile.ZipFile(bait, "w") as pack:
        pack.writestr("evil.exe", b"MZ")
    files = {
        "program.dcm": b"MZ" + bytes(126) + b"DICM" + os.urandom(400),
        "picture.jpg": b"\xff\xd8\xff\xe0" + os.urandom(300) + bait.getvalue(),
        "letter.pdf": b"MZ" + os.urandom(100) + b"%PDF-1.4",
        "photo.zip": b"\x89PNG\r\n\x1a\n" + os.urandom(50),
        "IM1": images[0],
        "letter.txt": LETTER,
        "empty.dcm": b"",
        "noise.dcm": os.urandom(3000),
    }
    outcomes = send(case, maria, "disc.zip", zipped(**files))
    assert set(outcomes) == set(files), "nothing of what is packed in a picture is opened"
    assert outcomes["program.dcm"] == ("refused", "unreadable-dicom")
    assert outcomes["letter.pdf"] == ("ignored", "litter")
    assert outcomes["IM1"] == ("image", "")
    assert outcomes["letter.txt"] == ("record", "")
    assert outcomes["empty.dcm"] == ("refused", "empty")
    assert outcomes["noise.dcm"][0] == "refused"
    for outcome, code in outcomes.values():
        assert outcome != "refused" or str(words.say(code))


def test_links_in_an_image_are_refused_and_siblings_kept(case: Case, maria: Person) -> None:
    import pycdlib

    made = pycdlib.PyCdlib()
    made.new(rock_ridge="1.09")
    made.add_fp(io.BytesIO(LETTER), len(LETTER), "/LETTER.;1", rr_name="letter.txt")
    made.add_symlink("/LINK.;1", "link", rr_path="/etc/passwd")
    out = io.BytesIO()
    made.write_fp(out)
    made.close()
    assert send(case, maria, "disc.iso", out.getvalue()) == {
        "letter.txt": ("record", ""), "link": ("refused", "unsafe-name"),
    }  # fmt: skip


def test_an_image_cut_off_keeps_what_is_whole(case: Case, maria: Person) -> None:
    files = {"a.txt": LETTER, "z.txt": os.urandom(200_000).hex().encode()}
    outcomes = send(case, maria, "disc.iso", image(files)[:-150_000])
    assert outcomes == {"a.txt": ("record", ""), "z.txt": ("refused", "broken-disc")}
    assert str(words.say("broken-disc"))


def test_an_image_without_files_is_said(case: Case, maria: Person) -> None:
    assert send(case, maria, "disc.iso", image({})) == {"disc.iso": ("refused", "nothing-inside")}
    assert str(words.say("nothing-inside"))


def hurt(data: bytes, seed: int) -> bytes:
    chance, out = random.Random(seed), bytearray(data)
    for _hit in range(chance.randrange(1, 40)):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out[: chance.randrange(len(out) // 2, len(out) + 1)])


@pytest.mark.parametrize("how", [zipped, image])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
def test_every_file_of_a_damaged_disc_ends_with_a_sentence(
    how: Any, seed: int, case: Case, maria: Person
) -> None:
    files = {"a.txt": LETTER, "b.exe": b"MZ1", "c": b"\0" * 500}
    whole = how(**files) if how is zipped else how(files)
    outcomes = send(case, maria, "disc", hurt(whole, seed))
    assert outcomes
    for name, (outcome, code) in outcomes.items():
        assert outcome in {"record", "duplicate", "ignored"} or str(words.say(code)), name


def test_what_a_viewer_brings_along_is_no_record(case: Case, maria: Person) -> None:
    """Of a disc, what belongs to its viewer is listed and kept from the records; reports stay."""
    [slice_] = slices(1)
    viewer = {
        "READ ME.txt": b"To see the images, start the viewer.", "Lies mich.txt": b"Bitte starten.",
        "AUTORUN.html": b"<html><body>Start</body></html>",
        "INDEX.HTM": b"<html><body>Your images</body></html>",
        "viewer/help.txt": b"How to zoom.", "viewer/img/zoom.png": b"\x89PNG\r\n\x1a\n" + bytes(40),
        "Viewer/help/start.html": b"<html><body>Help</body></html>",
    }  # fmt: skip
    records = {"REPORT.TXT": LETTER, "reports/report.html": b"<html><body>Seizures</body></html>"}
    files = {"IM1.dcm": slice_, **viewer, **records}
    outcomes = send(case, maria, "disc.zip", zipped(**files))
    assert outcomes == {
        "IM1.dcm": IMAGE, **dict.fromkeys(viewer, LITTER),
        **dict.fromkeys(records, ("record", "")),
    }  # fmt: skip


def test_a_page_that_opens_no_disc_is_a_record(case: Case, maria: Person) -> None:
    page = b"<html><body>She had two seizures.</body></html>"
    assert send(case, maria, "letters.zip", zipped(**{"index.html": page})) == {
        "index.html": ("record", "")
    }


def test_two_files_of_one_name_are_both_said(case: Case, maria: Person) -> None:
    """A zip may hold a name twice, and long names may end alike: nothing is lost, nor unsaid."""
    first, second = slices(2)
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as made:
        for name, data in (("IM1", first), ("IM1", second)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the name stands there twice: that is the point
                made.writestr(name, data)
        for start in "ab":
            made.writestr(f"{start}/{'x' * 497}.txt", start.encode() * 40)
    outcomes = send(case, maria, "disc.zip", pack.getvalue())
    assert len(outcomes) == 4
    assert outcomes["IM1"] == outcomes["IM1 (2)"] == IMAGE
    assert Instance.objects.count() == 2


def test_an_image_whose_name_begins_like_a_directory_is_an_image(case: Case, maria: Person) -> None:
    [slice_] = slices(1)
    assert send(case, maria, "disc.zip", zipped(**{"DICOMDIR_1.dcm": slice_})) == {
        "DICOMDIR_1.dcm": IMAGE
    }


def test_image_files_that_cannot_be_opened_are_a_finding_until_they_come_whole(
    case: Case, maria: Person
) -> None:
    """Whoever reads the case knows that something is missing, not only who sent it."""
    files = disc(3)
    whole = files["images/im 1"]
    other = files["images/im 2"]
    files["images/im 1"], files["images/im 2"] = whole[:300], other[:300]

    def said() -> list[int]:
        rows = Finding.objects.filter(case=case, code="unreadable-file", state="open")
        return [row.measured["files"] for row in rows]

    send(case, maria, "disc.zip", zipped(**files))
    assert said() == [2]
    finding = Finding.objects.get(code="unreadable-file")
    assert finding.advice
    assert finding in limitations_for(case)
    send(case, maria, "im 1", whole)  # by itself
    assert said() == [1]
    send(case, maria, "again.zip", zipped(**disc(3)))
    assert said() == []


def test_a_program_in_front_of_an_image_is_said_and_the_image_kept(
    case: Case, maria: Person
) -> None:
    files = {f"IM{number}": data for number, data in enumerate(slices(6))}
    files["IM3"] = b"MZ" + files["IM3"][2:]
    send(case, maria, "disc.zip", zipped(**files))
    finding = Finding.objects.get(case=case, code="unsafe-file", state="open")
    [uid] = finding.where["instances"]
    row = Instance.objects.select_related("blob__space").get(uid=uid)
    assert vault.read(row.blob) == files["IM3"], "the original is unaltered"
    assert Instance.objects.count() == 6
