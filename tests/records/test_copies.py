"""Pages under one letterhead are told apart by their words; copies are found however they look."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.core.glyphs import FONTS
from secondopinion.findings.models import Finding
from secondopinion.records import arranging, looks
from tests.records.test_arranging import ids, sent, tiff
from tests.web.conftest import taken

HEAD = (
    "HOSPITAL INFANTIL SAN JOSÉ",
    "Av. Reforma 1250, 44100 Guadalajara · Tel. 33 3614 5500 ext. 214",
    "Paciente: Camila Fernández    Nacimiento: 14/03/2019    Expediente 204417",
)
FOOT = "Dra. Lucía Ortega · Cédula 4471920 · Prohibida su reproducción sin autorización"
FIRST = (
    "INDICACIONES AL ALTA",
    "Levetiracetam 250 mg cada 12 horas.",
    "Clobazam 5 mg en la noche.",
)
DOSE = (FIRST[0], FIRST[1].replace("250", "350"), FIRST[2])
OTHER = ("INDICACIONES AL ALTA", "Lacosamida 250 mg cada 12 horas.", "Clobazam 5 mg en la noche.")


def text(*body: str) -> str:
    return "\n".join([*HEAD, *body, FOOT])


def letter(*body: str) -> Image.Image:
    made = Image.new("L", (1240, 1754), 252)
    pen = ImageDraw.Draw(made)
    pen.rectangle((80, 60, 200, 180), fill=60)
    for row, line in enumerate((*HEAD, *body)):
        size = 26 if row else 38
        font = ImageFont.truetype(FONTS / "NotoSerif-Regular.ttf", size)
        pen.text((230 if row < 2 else 80, 60 + row * 70), line, 20, font=font)
    pen.text((80, 1600), FOOT, 20, font=ImageFont.truetype(FONTS / "NotoSerif-Regular.ttf", 24))
    return made


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (text(*FIRST), text(*FIRST), True),
        (text(*FIRST), text(*DOSE), False),  # one number
        (text(*FIRST), text(*OTHER), False),  # one medicine
        (text(*FIRST), HEAD[0] + "\n" + FOOT, False),  # half of the page
        (text(*FIRST), text(*FIRST).replace("noche", "noohe").replace("Lucía", "Lucia"), True),
        (text(*FIRST), text(*FIRST).replace(" 214", ""), True),  # a number that was not read
        (text(*FIRST), "", False),
        ("", "", None),
    ],
)
def test_words_tell_pages_apart(one: str, other: str, same: bool | None) -> None:
    assert looks.same_words(one, other) is same


def test_doses_under_one_letterhead_are_no_copy_and_an_undone_copy_is_said_again(
    hospital: Any, maria: Person, settings: Any
) -> None:
    settings.UNDERSTAND_PAGES = True
    case: Case
    case, anna = taken(maria)
    sent(case, "first.tif", tiff(letter(*FIRST)))
    second, photo = sent(case, "other.tif", tiff(letter(*OTHER))), io.BytesIO()
    assert not Finding.objects.filter(code="duplicate").exists()
    letter(*OTHER).rotate(1.5, fillcolor=230).save(photo, "JPEG", quality=60)
    with Image.open(photo) as taken_again:
        both = sent(case, "both.tif", tiff(taken_again.convert("L"), letter(*DOSE)))
    [copy, _dose] = ids(both)
    [like] = ids(second)
    found = Finding.objects.filter(code="duplicate", state="open")
    assert [row.where for row in found] == [{"page": 1, "page_id": str(copy), "like": str(like)}]
    step = arranging.set_aside(by=anna, case=case, pages=[copy], why="copy")
    jobs.run_all()
    assert not found.all().exists()
    arranging.undo(by=anna, case=case, step=step.pk)
    assert found.all().exists(), "at once, not when a job has come round"
    jobs.run_all()
    assert found.all().count() == 1
