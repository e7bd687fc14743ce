"""Legibility: real scans are readable, blurred and pale ones are said with their reason."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from secondopinion.records import legibility, pdfs, reading
from tests.conftest import DOCUMENTS

SCANS = sorted(path.name for path in DOCUMENTS.iterdir() if path.suffix != ".txt")


def judged(picture: Image.Image) -> tuple[str, list[str]]:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return legibility.judge(reading.picture_pages(out.getvalue())[0])


def scan() -> Image.Image:
    with Image.open(DOCUMENTS / "carta-de-alta-es.jpg") as picture:
        return picture.convert("L")


@pytest.mark.parametrize("name", SCANS)
def test_a_scan_that_people_can_read_is_good(name: str) -> None:
    data = (DOCUMENTS / name).read_bytes()
    read = pdfs.pages(data, 0, 1) if name.endswith(".pdf") else reading.picture_pages(data)
    assert legibility.judge(read[0]) == ("good", [])


def test_a_blurred_one_is_said() -> None:
    page = scan()
    small = page.resize((page.width // 6, page.height // 6))
    verdict, reasons = judged(small.resize(page.size))
    assert verdict != "good"
    assert "blur" in reasons


def test_a_pale_one_is_said() -> None:
    pale = Image.eval(scan(), lambda value: 200 + value // 8)
    assert judged(pale) == ("hard", ["low-contrast"]), "it is sharp: one sign alone"
    small = pale.resize((pale.width // 6, pale.height // 6)).resize(pale.size)
    assert judged(small)[0] == "unreadable"


def test_a_small_one_is_said() -> None:
    page = scan()
    _verdict, reasons = judged(page.resize((350, 495)))
    assert "low-resolution" in reasons


def test_an_empty_page_is_no_trouble() -> None:
    assert judged(Image.new("L", (1200, 1600), 250)) == ("good", [])


def test_a_blurred_letter_is_not_blank_and_an_empty_sheet_is() -> None:
    letter = scan()
    letter.thumbnail((1600, 1600))
    assert not reading.page(letter.filter(ImageFilter.GaussianBlur(16)))["blank"]
    noise = np.random.default_rng(1).normal(235, 8, (1600, 1130)).clip(0, 255)
    assert reading.page(Image.fromarray(noise.astype(np.uint8)))["blank"]
