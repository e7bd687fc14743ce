"""Images: indexed once, shown with true values, checked as they arrive, served over DICOMweb."""

import html
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.fileset import FileSet

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.core import jobs, vault
from secondopinion.findings.models import Finding
from secondopinion.findings.queries import limitations_for
from secondopinion.imaging import headers, judging, pixels, queries
from secondopinion.imaging.models import Instance, Measurement
from tests.conftest import MR_HEAD


def slices(start: int, stop: int) -> dict[str, bytes]:
    with zipfile.ZipFile(MR_HEAD) as pack:
        names = sorted(name for name in pack.namelist() if name.endswith(".dcm"))
        return {name: pack.read(name) for name in names[start:stop]}


def send(case: Case, by: Person, files: dict[str, bytes]) -> None:
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    arrivals.receive_file(by=by, case=case, name="disc.zip", source=pack.getvalue())
    jobs.run_all()


@pytest.fixture
def head(case: Case, maria: Person) -> Case:
    """A case with 24 slices of the head."""
    send(case, maria, slices(180, 204))
    return case


def test_originals_are_unaltered_and_frames_are_true(head: Case) -> None:
    wanted = {pydicom.dcmread(io.BytesIO(data)).SOPInstanceUID: data
              for data in slices(180, 204).values()}  # fmt: skip
    rows = list(Instance.objects.select_related("blob__space"))
    assert {row.uid for row in rows} == set(wanted)
    for row in rows[::6]:
        data = wanted[row.uid]
        assert vault.read(row.blob) == data
        frame, colours = pixels.frame(row)
        array = np.frombuffer(frame, "<u2").reshape(row.rows, row.columns)
        assert colours == "MONOCHROME2"
        assert np.array_equal(array, pydicom.dcmread(io.BytesIO(data)).pixel_array)


def test_they_lie_in_the_order_of_their_places(head: Case) -> None:
    study = queries.studies_for_case(head).get()
    places = [row.position for row in queries.instances(head, study=study.uid)]
    assert places == sorted(places)


def test_sent_again_they_are_duplicates(head: Case, maria: Person) -> None:
    send(head, maria, slices(180, 184))
    assert Instance.objects.count() == 24


def test_other_bytes_under_the_same_number_are_kept_and_said(head: Case, maria: Person) -> None:
    name, data = next(iter(slices(190, 191).items()))
    send(head, maria, {name: data[:-2] + b"\x01\x01"})
    assert Instance.objects.count() == 25
    assert Finding.objects.filter(code="conflict", state="open").count() == 1


def test_a_whole_copy_takes_the_place_of_a_damaged_image(case: Case, maria: Person) -> None:
    files = slices(190, 193)
    name = min(files)
    send(case, maria, files | {name: files[name][:-5000]})
    [damaged] = Finding.objects.filter(code="undecodable", state="open")
    send(case, maria, {"again.dcm": files[name]})
    damaged.refresh_from_db()
    assert damaged.state == "fixed"
    assert not Finding.objects.filter(code="conflict", state="open").exists(), "it is one image"
    [kept] = queries.conflicts(case)
    assert vault.read(kept.blob) == files[name][:-5000], "kept as it came"
    [shown] = Instance.objects.filter(uid=kept.uid, aside=False).select_related("blob__space")
    assert vault.read(shown.blob) == files[name]
    assert [each.verb for each in entries_for(case.pk)].count("image-mended") == 1


def test_missing_slices_are_measured_and_mended(case: Case, maria: Person) -> None:
    files = slices(180, 204)
    ordered = sorted(files, key=lambda name: headers.parse(files[name])["position"])
    send(case, maria, {name: files[name] for name in ordered if name not in ordered[10:13]})
    finding = Finding.objects.get(code="missing-slices")
    assert finding.measured["max_mm"] == pytest.approx(4 * finding.measured["median_mm"], rel=0.01)
    send(case, maria, {name: files[name] for name in ordered[10:13]})
    finding.refresh_from_db()
    assert finding.state == "fixed"


def test_another_patients_day_of_birth_is_said(case: Case, maria: Person) -> None:
    dataset = pydicom.dcmread(io.BytesIO(next(iter(slices(190, 191).values()))))
    dataset.PatientBirthDate = "20150623"
    out = io.BytesIO()
    dataset.save_as(out)
    child = case.child
    child.birth_date = "2017-05-14"
    child.save()
    send(case, maria, {"x.dcm": out.getvalue()})
    assert Finding.objects.filter(code="not-this-child", severity="blocker").exists()


def test_dicomweb_serves_the_case_and_only_to_who_has_a_part(head: Case, maria: Person) -> None:
    mine, other = Client(), Client()
    mine.force_login(maria)
    other.force_login(accounts.ensure_person(email="other@familia.example"))
    base = f"/dicomweb/{head.reference}"
    [study] = json.loads(mine.get(f"{base}/studies").content)
    uid = study["0020000D"]["Value"][0]
    [series] = json.loads(mine.get(f"{base}/studies/{uid}/series").content)
    folder = f"{base}/studies/{uid}/series/{series['0020000E']['Value'][0]}"
    listed = json.loads(mine.get(f"{folder}/instances?limit=5&offset=20").content)
    assert len(listed) == 4
    described = json.loads(mine.get(f"{folder}/metadata").content)
    assert len(described) == 24
    instance = described[0]["00080018"]["Value"][0]
    answer = mine.get(f"{folder}/instances/{instance}/frames/1")
    body = answer.content
    row = Instance.objects.select_related("blob__space").get(uid=instance)
    assert pixels.frame(row)[0] in body
    picture = mine.get(f"{folder}/instances/{instance}/rendered?window=40,80")
    assert Image.open(io.BytesIO(picture.content)).size[0] == row.columns
    assert mine.get(f"{folder}/instances/{instance}/frames/2").status_code == 404
    assert mine.get(f"{folder}/instances/{instance}/frames/1,1").status_code == 400
    assert other.get(f"{folder}/metadata").status_code == 404
    assert Client().get(f"{base}/studies").status_code == 404
    assert [row for row in entries_for(head.pk) if row.verb == "images-opened"]


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(), hits=st.integers(1, 40))
def test_damaged_headers_end_in_an_answer(seed: int, hits: int) -> None:
    import random

    chance = random.Random(seed)
    data = bytearray(next(iter(slices(190, 191).values()))[:2500])
    for _hit in range(hits):
        data[chance.randrange(len(data))] = chance.randrange(256)
    assert isinstance(headers.parse(bytes(data)), dict)


def test_deeply_nested_sequences_end_in_an_answer() -> None:
    dataset = pydicom.dcmread(io.BytesIO(next(iter(slices(190, 191).values()))))
    inner = pydicom.Dataset()
    for _level in range(60):
        outer = pydicom.Dataset()
        outer.ReferencedStudySequence = [inner]
        inner = outer
    dataset.ReferencedStudySequence = inner.ReferencedStudySequence
    out = io.BytesIO()
    dataset.save_as(out)
    assert isinstance(headers.parse(out.getvalue()), dict)


def test_a_directory_says_what_is_missing_until_it_comes(
    case: Case, maria: Person, tmp_path: Path
) -> None:
    files = slices(180, 186)
    made = FileSet()
    for data in files.values():
        row = pydicom.dcmread(io.BytesIO(data))
        row.StudyID, row.AccessionNumber = "1", ""
        made.add(row)
    made.write(tmp_path / "disc")
    made._stage["t"].cleanup()
    listed = {"DICOMDIR": (tmp_path / "disc" / "DICOMDIR").read_bytes()}
    names = sorted(files)
    send(case, maria, listed | {name: files[name] for name in names[:4]})
    finding = Finding.objects.get(code="missing-from-disk")
    gone = {pydicom.dcmread(io.BytesIO(files[name])).SOPInstanceUID for name in names[4:]}
    assert set(finding.where["instances"]) == gone
    send(case, maria, {name: files[name] for name in names[4:]})
    finding.refresh_from_db()
    assert finding.state == "fixed"


def test_pixels_are_measured_once_and_said(head: Case, maria: Person) -> None:
    assert Measurement.objects.count() == 24
    assert judging.measure(head) == 0, "what was measured is not measured again"
    assert not Finding.objects.filter(check_name="pixels").exists()
    row = Measurement.objects.first()
    assert row is not None
    row.numbers = {"error": "truncated"}
    row.save()
    judging.judge(head)
    [finding] = Finding.objects.filter(code="undecodable", state="open")
    assert finding.where["instances"] == [row.instance.uid]
    judging.judge(head)
    assert Finding.objects.filter(code="undecodable").count() == 1


def test_a_checklist_item_says_what_its_images_must_show(head: Case) -> None:
    head.checklist.create(key="tumour-images", kind="images", labels={"en": "MRI with contrast"})
    judging.judge(head)
    found = Finding.objects.filter(state="open", check_name="wanted")
    assert [each.code for each in found] == ["contrast-missing"]


def test_the_family_is_told_in_plain_words(case: Case, maria: Person) -> None:
    files = slices(180, 204)
    ordered = sorted(files, key=lambda name: headers.parse(files[name])["position"])
    send(case, maria, {name: files[name] for name in ordered if name not in ordered[10:13]})
    site = Client()
    site.force_login(maria)
    page = site.get(reverse("files-list", args=[case.reference])).content.decode()
    finding = Finding.objects.get(code="missing-slices")
    with translation.override("es"):
        assert translation.gettext(finding.message) in html.unescape(page)
        assert translation.gettext(finding.advice) in html.unescape(page)
    assert finding in limitations_for(case)
    assert f'href="#series-{finding.subject_id}"' in page, "it leads to the images that it is about"
    assert f'id="series-{finding.subject_id}"' in page
    assert "tag good" not in page
