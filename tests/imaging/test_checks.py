"""Every check: a clean series says nothing; with one defect it says so, and where."""

import io
import zipfile
from datetime import date

import numpy as np
import pydicom
import pytest

from secondopinion.findings import film
from secondopinion.findings.codes import RISK_OF
from secondopinion.findings.found import BLOCKER, INFO
from secondopinion.imaging import dicomdir
from secondopinion.imaging.checks import disk, geometry, identity, roles
from secondopinion.imaging.checks.examine import Asked, everything
from secondopinion.imaging.checks.identity import Child
from tests.conftest import DOCUMENTS, MR_HEAD
from tests.imaging import injections
from tests.imaging.injections import INJECTIONS, Rows, read, written
from tests.imaging.people import SAME

TODAY = date(2013, 8, 1)  # two weeks after the head was imaged


@pytest.fixture(scope="module")
def head() -> Rows:
    """Sixteen slices of the head, numbered from 1."""
    with zipfile.ZipFile(MR_HEAD) as pack:
        named = sorted(each for each in pack.namelist() if each.endswith(".dcm"))[190:206]
        rows = [pydicom.dcmread(io.BytesIO(pack.read(each))) for each in named]
    rows.sort(key=lambda row: float(row.ImagePositionPatient[2]))
    for number, row in enumerate(rows, 1):
        row.InstanceNumber = number
        assert row.pixel_array.any()
    return rows


def found(rows: Rows, asked: Asked | None = None) -> dict[str, list]:  # type: ignore[type-arg]
    _studies, said = everything(read([written(row) for row in rows]), asked or Asked(TODAY))
    by_code: dict[str, list] = {}  # type: ignore[type-arg]
    for check, each in said:
        name, _at, version = check.partition("@")
        assert name
        assert version
        assert each.code in RISK_OF
        assert each.message
        assert each.advice
        by_code.setdefault(each.code, []).append(each)
    return by_code


def test_a_clean_series_says_nothing(head: Rows) -> None:
    assert found(head) == {}
    assert found(injections.times(head)) == {}
    assert found(injections.times(head, labelled=False)) == {}


@pytest.mark.parametrize("code", INJECTIONS)
@pytest.mark.parametrize("strength", injections.STRENGTHS)
def test_one_defect_is_found(head: Rows, code: str, strength: int) -> None:
    changed = INJECTIONS[code](head, strength)
    said = found(changed)
    assert code in said
    listed = {str(row.SOPInstanceUID) for row in changed}
    for each in said[code]:
        assert set(each.where.get("instances", [])) <= listed
        assert 0 < each.confidence <= 1


def test_the_slices_beside_a_gap_are_named(head: Rows) -> None:
    [gap] = found(head[:5] + head[8:])["missing-slices"]
    assert gap.where["instances"] == [head[4].SOPInstanceUID, head[8].SOPInstanceUID]
    assert gap.measured["missing"] == 3
    assert gap.measured["max_mm"] == pytest.approx(4 * gap.measured["median_mm"], rel=0.01)


def test_series_that_are_no_volume_get_no_findings_of_geometry(head: Rows) -> None:
    rows = injections.copied(injections.missing_slices(head, 2))
    for row in rows:
        row.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    assert "missing-slices" not in found(rows)


def test_steps_that_grow_with_the_thickness_are_no_gap(head: Rows) -> None:
    """A head CT of 2.5 mm at its base and 5 mm above is irregular; nothing is missing."""
    rows = injections.copied(head[:8] + head[8::2])
    for row in rows[8:]:
        row.SliceThickness = f"{2 * float(row.SliceThickness):.6g}"
    said = found(rows)
    assert "missing-slices" not in said
    assert {"irregular-spacing", "variable-thickness"} <= set(said)


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_the_same_child_in_another_script_is_the_same(
    head: Rows, ours: str, theirs: tuple[str, ...]
) -> None:
    rows = injections.copied(head[:1])
    rows[0].SpecificCharacterSet = "ISO_IR 192"
    rows[0].PatientName = "=".join(theirs)
    rows[0].PatientBirthDate = "20100409"
    assert found(rows, Asked(TODAY, Child((ours,), date(2010, 4, 9), "F"))) == {}


@pytest.mark.parametrize(
    ("name", "born", "severity"),
    [
        ("Petrova^Anna", "20140302", BLOCKER),  # neither name nor day
        ("Lopez^Maria", "20140302", BLOCKER),  # another day
        ("Lopez^Maria", "20170415", "warning"),  # day and month exchanged is 20171504: one digit
        ("Petrova^Anna", "20170414", "warning"),
        ("Lopez^Juan", "", "warning"),  # a brother, perhaps
        ("Lopez^Juan", "20170414", INFO),
    ],
)
def test_another_child_is_said_by_how_much_it_differs(
    head: Rows, name: str, born: str, severity: str
) -> None:
    rows = injections.copied(head[:1])
    rows[0].PatientName, rows[0].PatientBirthDate = name, born
    rows[0].StudyDate = "20250717"
    [said] = found(rows, Asked(TODAY, Child(("María López",), date(2017, 4, 14))))["not-this-child"]
    assert said.severity == severity


def test_images_without_a_name_are_nobody_elses(head: Rows) -> None:
    rows = injections.copied(head[:1])
    rows[0].PatientBirthDate = "19000101"
    assert found(rows, Asked(TODAY, Child(("María López",), date(2011, 4, 14), "F"))) == {}


@pytest.mark.parametrize(
    ("theirs", "born", "other"),
    [
        ("19660101", date(2010, 1, 1), True),
        ("20120101", date(2010, 5, 9), False),  # a year may be off by two
        ("20130101", date(2010, 5, 9), True),
        ("19660101", None, True),  # an adult on the day of the study
        ("19000101", date(2010, 5, 9), False),  # nobody's: it was put there with the name
        ("20100101", None, False),
    ],
)
def test_the_year_is_left_where_name_and_day_were_taken_away(
    head: Rows, theirs: str, born: date | None, other: bool
) -> None:
    rows = injections.copied(head[:1])
    rows[0].PatientName, rows[0].PatientBirthDate = "Jane_Doe", theirs
    rows[0].StudyDate = "20180301"
    said = found(rows, Asked(TODAY, Child((), born)))
    assert [each.severity for each in said.get("not-this-child", [])] == ["warning"] * other


@pytest.mark.parametrize(
    ("born", "codes"),
    [
        (date(2013, 7, 1), []),
        (date(2014, 4, 1), []),  # before its birth a child is imaged in its mother
        (date(2014, 9, 1), ["not-this-child"]),
    ],
)
def test_images_from_long_before_the_birth_are_said(
    head: Rows, born: date, codes: list[str]
) -> None:
    rows = injections.copied(head[:1])
    rows[0].PatientBirthDate = ""
    said = found(rows, Asked(TODAY, Child((), born)))
    assert list(said) == codes
    assert all(each.severity == "blocker" for [each] in said.values())


def test_names_of_several_character_sets_are_read(head: Rows) -> None:
    """PS3.5, annex H: one name in three groups by ISO 2022."""
    rows = injections.copied(head[:1])
    rows[0].SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    rows[0].PatientName = "Yamada^Tarou=山田^太郎=やまだ^たろう"
    rows[0].PatientBirthDate = ""
    [image] = read([written(rows[0])])
    assert image.patient.name == ("Yamada^Tarou", "山田^太郎", "やまだ^たろう")
    assert found(rows, Asked(TODAY, Child(("山田 太郎",)))) == {}


def test_a_disk_with_two_patients_names_the_images_of_the_fewer(head: Rows) -> None:
    rows = injections.copied(head)
    for row in rows[:3]:
        row.PatientName, row.PatientID, row.PatientSex = "Garcia^Luis", "9", "M"
    [said] = found(rows)["more-than-one-patient"]
    assert set(said.where["instances"]) == {row.SOPInstanceUID for row in rows[:3]}
    assert said.measured["images"] == [3, 13]


def test_of_two_patients_the_child_is_the_one_who_belongs_here(head: Rows) -> None:
    rows = injections.copied(head)
    for row in rows[:3]:
        row.PatientName, row.PatientID, row.PatientSex = "Garcia^Luis", "9", "M"
    child = Asked(TODAY, Child(("Luis García",)))
    [said] = found(rows, child)["more-than-one-patient"]
    assert set(said.where["instances"]) == {row.SOPInstanceUID for row in rows[3:]}


def test_one_patient_under_two_spellings_is_one(head: Rows) -> None:
    rows = injections.copied(head)
    for at, row in enumerate(rows):
        row.PatientName = ("SHEVCHENKO^OLENA", "Schewtschenko^Olena")[at % 2]
        row.PatientID = ("17", "A-4")[at % 2]
        row.PatientBirthDate = "20160409"
    assert found(rows) == {}


def test_a_directory_lists_what_is_missing_by_uid(head: Rows, tmp_path: object) -> None:
    from pathlib import Path

    from pydicom.fileset import FileSet

    folder = Path(str(tmp_path))
    made = FileSet()
    for row in injections.copied(head):
        row.StudyID, row.StudyTime, row.AccessionNumber = "1", "120000", ""
        made.add(row)
    made.write(folder)
    made._stage["t"].cleanup()
    listed = dicomdir.listed((folder / "DICOMDIR").read_bytes())
    present = {str(row.SOPInstanceUID) for row in head}
    assert disk.missing_from_disk(listed, present) == []
    [said] = disk.missing_from_disk(listed, present - {str(head[3].SOPInstanceUID)})
    assert said.where["instances"] == [head[3].SOPInstanceUID]
    assert dicomdir.listed(b"no directory") == []


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (disk.Wanted(modalities=("CT",)), "modality-missing"),
        (disk.Wanted(body=("chest",)), "body-part-missing"),
        (disk.Wanted(contrast=True), "contrast-missing"),
    ],
)
def test_what_the_question_calls_for_is_compared(
    head: Rows, wanted: disk.Wanted, code: str
) -> None:
    rows = injections.copied(head[:2])
    for row in rows:
        row.BodyPartExamined = "BRAIN"
    assert set(found(rows, Asked(TODAY, wanted=wanted))) == {code}
    good = disk.Wanted(("MR", "CT"), ("head",))
    assert found(rows, Asked(TODAY, wanted=good)) == {}
    rows[0].ContrastBolusAgent = "GADOBUTROL"
    assert found(rows, Asked(TODAY, wanted=disk.Wanted(contrast=True))) == {}


@pytest.mark.parametrize(
    ("sop_class", "modality", "image_type", "description", "role"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", "CT", ("ORIGINAL", "PRIMARY", "AXIAL"), "", roles.VOLUME),
        ("1.2.840.10008.5.1.4.1.1.2", "CT", ("ORIGINAL", "LOCALIZER"), "", roles.LOCALIZER),
        ("1.2.840.10008.5.1.4.1.1.4", "MR", (), "3 Plane Localizer", roles.LOCALIZER),
        ("1.2.840.10008.5.1.4.1.1.88.67", "SR", (), "", roles.DOSE),
        ("1.2.840.10008.5.1.4.1.1.7", "CT", (), "Dose Report", roles.DOSE),
        ("1.2.840.10008.5.1.4.1.1.7", "OT", (), "", roles.CAPTURE),
        ("1.2.840.10008.5.1.4.1.1.2", "CT", ("DERIVED", "SCREEN SAVE"), "", roles.CAPTURE),
        ("1.2.840.10008.5.1.4.1.1.88.11", "SR", (), "", roles.REPORT),
        ("1.2.840.10008.5.1.4.1.1.104.1", "DOC", (), "", roles.REPORT),
        ("1.2.840.10008.5.1.4.1.1.88.59", "KO", (), "", roles.OTHER),
        ("1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT", (), "", roles.OTHER),
    ],
)
def test_what_a_series_is_for(
    sop_class: str, modality: str, image_type: tuple[str, ...], description: str, role: str
) -> None:
    has_pixels = not sop_class.startswith(("1.2.840.10008.5.1.4.1.1.88", "1.2.840.10008.5.1.4.1.1.4"
                                           "81"))  # fmt: skip
    given = roles.role_of(
        sop_class=sop_class, modality=modality, image_type=image_type, description=description,
        count=3, has_pixels=has_pixels,
    )  # fmt: skip
    assert given == role


def test_papers_are_no_films() -> None:
    for path in sorted(DOCUMENTS.glob("*.jpg")):
        assert film.found({}, film.look(path.read_bytes())) is None


def test_a_photograph_of_a_film_is_one(head: Rows) -> None:
    said = film.found({"file": "film.jpg"}, film.look(injections.film_jpeg(head)))
    assert said is not None
    assert said.code == "film-photograph"
    assert film.look(b"no picture") == {"error": "damaged"}


def test_what_a_scanner_made_is_no_film_whatever_else_it_says(head: Rows) -> None:
    rows = injections.copied(head, *range(len(head)))
    for row in rows:
        row.ImageType, row.ConversionType = ["ORIGINAL", "PRIMARY", "M"], "DV"
    assert found(rows) == {}
    rows[0].ImageType = ["DERIVED", "SECONDARY"]
    assert "film-photograph" in found(rows)


@pytest.mark.filterwarnings("ignore:Invalid value for VR DS")
def test_odd_places_and_spacings_are_nobodys(head: Rows) -> None:
    rows = injections.copied(head)
    rows[2].ImagePositionPatient = ["nan", "-1e308", "1e308"]
    rows[3].PixelSpacing = ["0", "0"]
    rows[4].ImageOrientationPatient = ["0"] * 6
    del rows[5].ImagePositionPatient
    images = read([written(row) for row in rows])
    assert images[3].planes[0].spacing is None
    studies, _said = everything(images, Asked(TODAY))
    assert isinstance(geometry.check(studies[0].series[0]), list)


def test_days_are_read_or_not() -> None:
    assert identity.day("20160409") == date(2016, 4, 9)
    assert identity.day("2016") is None
    assert identity.day("20169999") is None


@pytest.fixture(scope="module")
def coronal() -> Rows:
    """Six coronal planes of the head: the neck leaves them at their lower edge."""
    with zipfile.ZipFile(MR_HEAD) as pack:
        named = sorted(each for each in pack.namelist() if each.endswith(".dcm"))
        rows = [pydicom.dcmread(io.BytesIO(pack.read(each))) for each in named]
    rows.sort(key=lambda row: float(row.ImagePositionPatient[2]), reverse=True)
    volume = np.stack([row.pixel_array for row in rows])
    planes = injections.copied(rows[:6])
    for row, values in zip(planes, volume.transpose(1, 0, 2)[160:184:4], strict=True):
        injections.put(row, values)
    return planes


@pytest.mark.parametrize("phase", ["COL", "ROW"])
def test_a_neck_that_leaves_the_image_is_no_ghost(coronal, phase):
    planes = injections.copied(coronal)
    for row in planes:
        row.InPlanePhaseEncodingDirection = phase
    assert "motion" not in found(planes)
    for change in (injections.motion, injections.breathing):
        assert "motion" in found(change(coronal, 1, phase))


@pytest.mark.parametrize("strength", injections.STRENGTHS)
def test_ghosts_brighter_than_the_object_is_dim_are_ghosts(strength):
    with zipfile.ZipFile(MR_HEAD) as pack:
        named = [each for each in pack.namelist() if each.endswith(".dcm")]
        rows = [pydicom.dcmread(io.BytesIO(pack.read(each))) for each in named]
    rows.sort(key=lambda row: float(row.ImagePositionPatient[2]))
    assert "motion" in found(injections.motion(rows[48:72:4], strength))
