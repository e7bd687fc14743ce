"""Copies without names of a case: who may, why, what is in the zip, and that they end."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pydicom
import pytest
import time_machine
from django.test import Client

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases import actions as cases
from secondopinion.cases.models import Case
from secondopinion.core import clock, jobs, vault
from secondopinion.core.errors import NotYours, Refused
from secondopinion.imaging import copies, copy_making, queries
from secondopinion.imaging.models import DeidentifiedCopy
from tests.imaging.test_images import send, slices
from tests.web.conftest import draft, person, sign_in

WISH = {"shift": True, "characteristics": True, "scaling": False}


@pytest.fixture
def grace(hospital: object) -> Person:
    """A coordinator."""
    return person("grace@harbour.example", "coordinator", name="Grace Okafor")


@pytest.fixture
def head(grace: Person) -> Case:
    """A case of hers with 24 slices of a head."""
    family = person("maria@familia.example", name="María López")
    case = draft(family)
    files = {}
    for name, data in slices(180, 204).items():
        row = pydicom.dcmread(io.BytesIO(data))
        row.PatientName, row.PatientID = "Fernández^Camila", "PX-KWJQZ"
        row.SequenceName = "t1 camila"
        out = io.BytesIO()
        row.save_as(out)
        files[name] = out.getvalue()
    send(case, family, files)
    cases.submit(by=family, case=case)
    cases.take(by=grace, case=case)
    return case


def page(case: Case) -> str:
    return f"/desk/cases/{case.reference}/copies/"


def test_from_the_page_to_the_zip_and_its_end(
    head: Case, grace: Person, django_capture_on_commit_callbacks: Any
) -> None:
    browser = sign_in(grace)
    [series] = queries.series_with_frames(head)
    before = {str(row.uid): vault.read(row.blob) for row in queries.shown(head)}
    assert "Shows a face" in browser.get(page(head)).content.decode()
    wish = {"series": [str(series.pk)], "reason": "Round of May", "dates": "shift"}
    assert browser.post(f"{page(head)}ask/", wish).status_code == 400  # nobody accepted the face
    assert not DeidentifiedCopy.objects.exists()
    answer = browser.post(f"{page(head)}ask/", wish | {"face": "1"})
    assert answer.status_code == 302
    jobs.run_all()
    copy = DeidentifiedCopy.objects.get()
    assert copy.state == "made", copy.report
    shown = browser.get(page(head)).content.decode()
    assert "Round of May" in shown
    assert "(0010,0010)" in shown
    data = b"".join(browser.get(f"{page(head)}{copy.pk}.zip"))
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        names = pack.namelist()
        rows = [pydicom.dcmread(io.BytesIO(pack.read(n))) for n in names if n.endswith(".dcm")]
        report = json.loads(pack.read("report.json"))
        everything = b"".join(map(pack.read, names)).lower()
    assert len(rows) == 24
    for word in (b"camila", b"fern", b"kwjqz", b"grace", head.reference.lower().encode()):
        assert word not in everything
    assert not {row.SOPInstanceUID for row in rows} & set(before)
    assert len({row.PatientID for row in rows}) == 1
    assert report == copy.report
    assert {str(row.uid): vault.read(row.blob) for row in queries.shown(head)} == before
    verbs = {entry.verb for entry in entries_for(head.pk)}
    assert {"copy-asked", "copy-made", "copy-downloaded"} <= verbs
    blob, name = copy.blob, vault.name_of(copy.blob.space, copy.blob.digest)
    with time_machine.travel(clock.now() + copies.LASTS + timedelta(minutes=1)):
        with pytest.raises(Refused):
            copies.open_copy(by=grace, copy=copies.copy_for(head, copy.pk))
        with django_capture_on_commit_callbacks(execute=True):
            copy_making.end_expired()
    copy.refresh_from_db()
    assert (copy.state, copy.blob) == ("ended", None)
    assert blob is not None
    assert not vault.storage().exists(name)


def test_only_the_coordinator_of_the_case_makes_and_opens_one(head: Case, grace: Person) -> None:
    [series] = queries.series_with_frames(head)
    family = Person.objects.get(email="maria@familia.example")
    colleague = person("tom@harbour.example", "coordinator")
    officer = person("paul@harbour.example", "privacy")
    for somebody in (family, colleague, officer):
        with pytest.raises(NotYours):
            copies.ask(
                by=somebody, case=head, series=[str(series.pk)], reason="x", face_accepted=True,
                **WISH,
            )  # fmt: skip
    for reason, chosen in (("", [str(series.pk)]), ("x", []), ("x", ["elsewhere"])):
        with pytest.raises(Refused):
            copies.ask(
                by=grace, case=head, series=chosen, reason=reason, face_accepted=True, **WISH
            )
    copy = copies.ask(
        by=grace, case=head, series=[str(series.pk)], reason="x", face_accepted=True, **WISH
    )
    with pytest.raises(Refused):  # not made yet
        copies.open_copy(by=grace, copy=copy)
    assert sign_in(family).get(page(head)).status_code == 404
    assert sign_in(colleague).get(f"{page(head)}{copy.pk}.zip").status_code == 404
    overseer: Client = sign_in(officer)
    assert head.reference in overseer.get("/privacy/copies/").content.decode()
    overseer.post("/privacy/copies/", {"copy": str(copy.pk)})
    jobs.run_all()  # the job finds that it was ended
    copy.refresh_from_db()
    assert (copy.state, copy.ended_by) == ("ended", officer)
