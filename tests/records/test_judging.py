"""Stored pages are understood by a job, and what follows is said where people look."""

import io
from datetime import date
from typing import Any

import cv2
import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from secondopinion.accounts.models import Child, Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.findings.models import Finding, State
from secondopinion.records import inspecting, queries
from secondopinion.records.models import Kind, Record
from tests.conftest import DOCUMENTS


@pytest.fixture(autouse=True)
def understanding(settings: Any) -> None:
    """Pages are read here."""
    settings.UNDERSTAND_PAGES = True


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_letter_is_understood_and_shown_upright(case: Case, maria: Person) -> None:
    Child.objects.filter(pk=case.child_id).update(
        full_name="Anna Kowalska", birth_date=date(2011, 6, 2)
    )
    with Image.open(DOCUMENTS / "carta-de-alta-es.jpg") as picture:
        turned = jpeg(picture.rotate(180))
    arrivals.receive_file(by=maria, case=case, name="letter.jpg", source=turned)
    jobs.run_all()
    [record] = Record.objects.all()
    [page] = record.pages.all()
    assert "convulsivas" in page.text
    assert (page.turn, page.legibility) == (180, "good")
    assert record.kind == Kind.OTHER  # nobody has said it yet
    assert (record.likely["kind"], record.likely["language"]) == ("discharge_letter", "es")
    finding = Finding.objects.get(code="not-this-child")
    assert queries.place_of(queries.placed([finding])[0]) == "letter.jpg, page 1"


def test_a_blurred_page_is_told_to_the_family(case: Case, maria: Person, client: Client) -> None:
    with Image.open(DOCUMENTS / "carta-de-alta-es.jpg") as picture:
        blurred = cv2.GaussianBlur(np.asarray(picture.convert("L")), (0, 0), 7)
    sent = jpeg(Image.fromarray(blurred))
    arrivals.receive_file(by=maria, case=case, name="letter.jpg", source=sent)
    jobs.run_all()
    finding = Finding.objects.get(code="unreadable", state=State.OPEN)
    assert finding.check_version == "4"
    assert finding.measured["reasons"][0] == "blur"
    maria.language = "en"
    maria.save()
    client.force_login(maria)
    shown = client.get(reverse("files-list", args=[case.reference])).content.decode()
    place = "\u2068letter.jpg\u2069, page 1</a></strong><br>"
    assert f"{place}This page is too blurred to read." in shown
    [page] = Record.objects.get().pages.all()
    assert reverse("page-look", args=[case.reference, page.record_id, 1]) in shown


def test_a_page_that_comes_later_closes_a_gap(case: Case, maria: Person) -> None:
    words = "Discharge summary of the hospital, with enough letters to tell its language. "
    for number in (1, 3, 2):
        arrivals.receive_file(
            by=maria, case=case, name=f"{number}.txt",
            source=f"{words * number}\nPage {number} of 3".encode(),
        )  # fmt: skip
        jobs.run_all()
    assert set(Finding.objects.filter(code="page-missing").values_list("state", flat=True)) == {
        State.FIXED
    }


@pytest.mark.parametrize(
    ("limit", "reasons"), [({"WALL_S": 0.05}, {"time"}), ({"MEMORY_MB": 24}, {"memory", "error"})]
)
def test_a_reading_that_runs_away_is_ended_and_the_page_is_still_shown(
    limit: dict[str, float],
    reasons: set[str],
    case: Case,
    maria: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Image.open(DOCUMENTS / "carta-de-alta-es.jpg") as picture:
        sent = jpeg(picture)
    for name, value in limit.items():
        monkeypatch.setattr(inspecting, name, value)
    arrivals.receive_file(by=maria, case=case, name="letter.jpg", source=sent)
    jobs.run_all()
    record = Record.objects.get()
    [page] = record.pages.all()
    assert (record.state, page.legibility, page.image_id is not None) == ("read", "good", True)
    assert page.reading.answer["source"] == "failed"
    assert page.reading.answer["reason"] in reasons
