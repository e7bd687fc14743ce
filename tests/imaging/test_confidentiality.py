"""Copies without names: every attribute of the profile's table is treated, no name is left in any
byte, numbers and dates go together, and pixels change under masks only."""

import io
import json
import warnings
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from dicomanonymizer.dicomfields_selector import dicom_anonymization_database_selector
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from pydicom.datadict import DicomDictionary, dictionary_has_tag, dictionary_VR
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import pixel_array
from pydicom.sequence import Sequence
from pydicom.uid import JPEG2000Lossless, generate_uid

from secondopinion.cli import main
from secondopinion.imaging import deidentifying
from secondopinion.imaging.confidentiality import attributes, masking, profile, text
from secondopinion.imaging.confidentiality.attributes import Options
from secondopinion.imaging.confidentiality.report import Report, as_lines
from secondopinion.imaging.deidentifying import Wish
from tests.conftest import MR_HEAD
from tests.imaging.syntaxes import every_syntax

NAME = "Kowalczyk"
SECRET = b"s" * 32
VALUES: dict[str, Any] = {
    "DA": "20190312", "DT": "20190312101500", "TM": "101500", "AS": "007Y", "DS": "1.5", "IS": "7",
    "UI": "1.2.3.4.5", "FD": 1.5, "FL": 1.5, "US": 7, "UL": 7, "SS": 7, "SL": 7, "AT": 0x00100010,
    "OB": NAME.encode() + b" ", "OW": NAME.encode() + b" ", "UN": NAME.encode() + b" ",
    "UR": f"urn:{NAME}",
}  # fmt: skip


def value_for(vr: str) -> Any:
    if vr == "SQ":
        item = Dataset()
        item.PatientName, item.StudyDate = NAME, "20190312"
        return Sequence([item])
    return deepcopy(VALUES.get(vr, NAME.upper() if vr in {"CS", "AE"} else NAME))


def a_slice(number: int = 190) -> Dataset:
    with zipfile.ZipFile(MR_HEAD) as pack:
        names = sorted(each for each in pack.namelist() if each.endswith(".dcm"))
        return pydicom.dcmread(io.BytesIO(pack.read(names[number])))


def written(dataset: Dataset) -> bytes:
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def here(function: Callable[[list[bytes]], list[Any]], files: list[bytes]) -> list[Any]:
    """Run what the sandbox runs in this process: its children are tested with the command."""
    return function(files)


def copied(*files: bytes, **wish: Any) -> tuple[list[Dataset], dict[str, Any]]:
    """Return copies of files, and the report."""
    objects = [(str(number), data) for number, data in enumerate(files)]
    wanted = Wish(secret=SECRET, **wish)
    report = Report(wanted.said())
    seen = deidentifying.look(objects, run=here)
    made = deidentifying.make(objects, seen, wanted, report, run=here)
    rows = [pydicom.dcmread(io.BytesIO(data)) for _path, data in made]
    return rows, report.as_dict()


def wanted_actions() -> dict[int, str]:
    """Return what the standard's table asks for, as the library carries it."""
    rows = dicom_anonymization_database_selector(f"dicomfields_{profile.EDITION}")
    return {
        (tag[0] << 16) | tag[1]: name.removesuffix("_TAGS")
        for name in rows if name != "ALL_TAGS"
        for tag in rows[name] if len(tag) == 2 and tag[0] > 2  # the file's own header is made anew
    }  # fmt: skip


@pytest.mark.parametrize("nested", [False, True])
def test_every_attribute_of_the_table_is_treated(nested: bool) -> None:
    dataset, inner = Dataset(), Dataset()
    place = inner if nested else dataset
    actions = wanted_actions()
    assert len(actions) > 640
    for tag in actions:
        vr = dictionary_VR(tag) if dictionary_has_tag(tag) else "LO"
        vr = vr.split(" ")[0]
        place.add_new(tag, vr, value_for(vr))
    place.add_new(0x60003000, "OW", b"\1\0")
    place.add_new(0x60024000, "LT", NAME)
    place.add_new(0x50003000, "OW", b"\1\0")
    place.add_new(0x00090010, "LO", "SOMEBODY")
    place.add_new(0x00091001, "LO", NAME)
    if nested:
        dataset.SharedFunctionalGroupsSequence = Sequence([inner])
    attributes.clean(dataset, Options(SECRET))
    place = dataset.SharedFunctionalGroupsSequence[0] if nested else dataset
    for tag, action in actions.items():
        if not nested and tag in {0x00100010, 0x00100020}:
            assert str(dataset[tag].value).startswith("COPY-")
        elif action == "X" or not dictionary_has_tag(tag):
            assert tag not in place, hex(tag)
        elif action in {"Z", "X_Z"}:
            assert not place[tag].value, hex(tag)
        elif action in {"U", "X_Z_U_STAR"} and place[tag].VR == "UI":
            assert str(place[tag].value) == attributes.new_uid("1.2.3.4.5", SECRET)
        elif place[tag].VR not in {"UI", "SQ"}:  # a dummy, not what was there
            vr = place[tag].VR
            assert place[tag].value != value_for(vr), hex(tag)
            assert place[tag].value not in {None, ""}, hex(tag)
    groups = {each.tag.group for each in place}
    assert not {each for each in groups if each % 2 or 0x5000 <= each <= 0x60FF}
    assert NAME.casefold() not in str(dataset).casefold()


# What may hold words: every attribute of the dictionary whose values are texts or bytes.
WORDY = sorted(
    tag for tag, row in DicomDictionary.items()
    if row[0] in {"LO", "SH", "LT", "ST", "UT", "UC", "PN", "CS", "OB", "UN"} and tag >> 16 > 2
    and tag >> 16 < 0x7FE0 and tag not in {0x00080005, 0x00080060, 0x00280004, 0x00080008}
)  # fmt: skip


@settings(max_examples=60)
@given(
    places=st.lists(st.sampled_from(WORDY), min_size=1, max_size=12, unique=True),
    name=st.sampled_from(["Kowalczyk^Ana Li", "Müller^Jürgen", "Nguyễn^Văn An"]),
    deep=st.booleans(),
)
def test_no_name_is_left_in_any_byte(places: list[int], name: str, deep: bool) -> None:
    with (
        warnings.catch_warnings()
    ):  # pydicom has something to say about values that are not allowed
        warnings.simplefilter("ignore")
        data = _with_names(places, name, deep)
    for word in (*attributes.folded(name).replace("^", " ").split(), "kwjqz"):
        if len(word) > 3:
            assert word not in data


def _with_names(places: list[int], name: str, deep: bool) -> str:
    """Return the bytes of a copy, as words are compared, of an object with a name in places."""
    dataset = Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", generate_uid()
    place = Dataset() if deep else dataset
    whole = name.replace("^", " ")
    for tag in places:
        vr = DicomDictionary[tag][0]
        place.add_new(tag, vr, whole.encode() + b" " * (len(whole.encode()) % 2) if vr in
                      {"OB", "UN"} else whole)  # fmt: skip
    dataset.PatientName, dataset.PatientID = name, "PX-KWJQZ"
    if deep:
        dataset.SharedFunctionalGroupsSequence = Sequence([place])
    attributes.clean(dataset, Options(SECRET))
    return attributes.folded(written(dataset).decode("utf-8", "replace"))


def test_words_are_found_by_what_the_caller_knows() -> None:
    dataset = a_slice()
    dataset.SequenceName = "t1 for kowalczyk"
    attributes.clean(dataset, Options(SECRET, names=("Ana Kowalczyk",)))
    assert not dataset.get("SequenceName")


def test_numbers_go_together_within_a_copy_and_differ_between_copies() -> None:
    first, second = a_slice(190), a_slice(191)
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = (
        second.SOPClassUID, second.SOPInstanceUID,
    )  # fmt: skip
    first.ReferencedImageSequence = Sequence([reference])
    old = {first.SOPInstanceUID, second.SOPInstanceUID, first.StudyInstanceUID}
    (one, two), _report = copied(written(first), written(second))
    assert one.StudyInstanceUID == two.StudyInstanceUID
    assert one.FrameOfReferenceUID == two.FrameOfReferenceUID
    assert one.ReferencedImageSequence[0].ReferencedSOPInstanceUID == two.SOPInstanceUID
    assert one.ReferencedImageSequence[0].ReferencedSOPClassUID == second.SOPClassUID
    assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID
    assert not old & {one.SOPInstanceUID, two.SOPInstanceUID, one.StudyInstanceUID}
    assert one.SOPInstanceUID.is_valid
    assert attributes.new_uid("1.2", SECRET) != attributes.new_uid("1.2", b"t" * 32)


def test_dates_are_removed_or_moved_together() -> None:
    rows = []
    for day, born in (("20260901", "20200301"), ("20260911", "20200301")):
        row = a_slice()
        row.StudyDate, row.AcquisitionDateTime, row.PatientBirthDate = day, f"{day}101500.5", born
        row.PatientID, row.PatientAge, row.PatientSex = "A1", "", "F"
        rows.append(written(row))
    gone, report = copied(*rows)
    assert {row.StudyDate for row in gone} == {""}
    assert {row.LongitudinalTemporalInformationModified for row in gone} == {"REMOVED"}
    assert {row.PatientSex for row in gone} == {""}
    assert not report["options"]["dates_shifted"]
    moved, report = copied(*rows, shift=True, characteristics=True)
    days = [pydicom.valuerep.DA(row.StudyDate) for row in moved]
    assert (days[1] - days[0]).days == 10
    assert all(str(row.StudyDate) < "20260801" for row in moved)
    times = [row.AcquisitionDateTime for row in moved]
    assert times == [f"{row.StudyDate}101500.5" for row in moved]
    assert {row.PatientBirthDate for row in moved} == {""}
    assert {(row.PatientSex, row.PatientAge) for row in moved} == {("F", "006Y")}
    codes = [item.CodeValue for item in moved[0].DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113107", "113108"]
    assert moved[0].PatientIdentityRemoved == "YES"


@pytest.mark.parametrize("keep", [False, True])
def test_philips_numbers_are_noticed_and_kept_where_wanted(keep: bool) -> None:
    row = a_slice()
    block = row.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
    block.add_new(0x0E, "FL", 0.25)
    block.add_new(0x10, "LO", NAME)
    [copy], report = copied(written(row), scaling=keep)
    assert "philips-scaling" in report["series"][0]["notices"]
    private = [each for each in copy if each.tag.is_private]
    assert [str(each.value) for each in private] == (
        ["Philips MR Imaging DD 001", "0.25"] if keep else []
    )


def painted(row: Dataset, *words: tuple[str, tuple[int, int], int]) -> Dataset:
    """Return an object with words drawn into its pixels."""
    made = deepcopy(row)
    array = made.pixel_array.copy()
    picture = Image.fromarray(np.zeros(array.shape, np.uint8))
    for word, place, size in words:
        ImageDraw.Draw(picture).text(place, word, fill=255, font=ImageFont.load_default(size))
    array[np.asarray(picture) > 127] = array.max()
    made.PixelData = array.tobytes()
    return made


def test_text_is_covered_markers_stay_and_nothing_else_changes() -> None:
    row = a_slice()
    written_on = painted(row, ("LOPEZ MARIA 2019", (8, 4), 12), ("R", (4, 100), 20))
    [copy], report = copied(written(written_on))
    before, after = written_on.pixel_array, copy.pixel_array
    changed = np.argwhere(before != after)
    told = report["series"][0]["text"]
    assert told["images"] == 1
    assert told["files"] == ["STUDY01/SERIES001/IM00001.dcm"]
    assert "LOOK: is it text" in "\n".join(as_lines(report))
    assert told["certainty"] < 1
    assert changed[:, 0].max() < 40  # the marker lies lower
    assert (before[:24, 8:100] == before.max()).any()
    assert not (after[:24, 8:100] == before.max()).any()
    assert text.boxes(row.pixel_array) == []


def test_text_that_stands_in_several_slices_is_covered_in_all() -> None:
    rows = [painted(a_slice(number), ("LOPEZ MARIA", (8, 4), 12)) for number in range(190, 194)]
    hidden = rows[3].pixel_array.copy()
    hidden[:30] //= 4  # too dim to be found alone
    rows[3].PixelData = hidden.tobytes()
    copies, report = copied(*[written(row) for row in rows])
    assert report["series"][0]["text"]["images"] == 4
    last = next(each for each in copies if each.InstanceNumber == rows[3].InstanceNumber)
    assert (last.pixel_array[6:14, 12:60] == last.pixel_array.min()).all()


def test_pixels_are_as_they_were_in_every_syntax() -> None:
    covered = set()
    for name, data in every_syntax().items():
        [copy], report = copied(data, captures=True)
        before, after = pixel_array(pydicom.dcmread(io.BytesIO(data))), pixel_array(copy)
        if report["series"][0]["text"]["regions"]:
            covered.add(name)
            assert before.shape == after.shape
        else:
            assert np.array_equal(before, after), name
    assert covered == {"rgb", "rgb-jpeg-2000", "palette"}  # ultrasound with text around


def test_comments_inside_compressed_frames_go() -> None:
    row = a_slice()
    row.compress(JPEG2000Lossless, generate_instance_uid=False)
    [frame] = generate_frames(row.PixelData, number_of_frames=1)
    said = NAME.encode()
    comment = b"\xff\x64" + (len(said) + 4).to_bytes(2, "big") + b"\0\1" + said
    at = 2 + 2 + int.from_bytes(frame[4:6], "big")  # behind the sizes
    row.PixelData = encapsulate([frame[:at] + comment + frame[at:]])
    data = written(row)
    assert said in data
    [copy], _report = copied(data)
    assert copy.file_meta.TransferSyntaxUID == JPEG2000Lossless
    assert said not in copy.PixelData
    assert np.array_equal(copy.pixel_array, a_slice().pixel_array)


def test_bits_that_are_no_pixels_are_cleared() -> None:
    row = a_slice()
    row.BitsStored, row.HighBit = 12, 11
    values = row.pixel_array.astype("<u2") & 0x0FFF
    row.PixelData = (values | 0x8000).astype("<u2").tobytes()
    row.add_new(0x60000102, "US", 15)
    row.add_new(0x60000100, "US", 16)
    [copy], _report = copied(written(row))
    assert not (np.frombuffer(copy.PixelData, "<u2") & 0xF000).any()
    assert masking.frames_of(copy) == 1


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "disc", tmp_path / "out"
    folder.mkdir()
    files = {}
    for number in range(180, 202):
        row = a_slice(number)
        row.PatientName, row.PatientID, row.BodyPartExamined = "Kowalczyk^Ana", "PX-KWJQZ", "HEAD"
        files[f"IM{number}"] = written(row)
    report = Dataset()
    report.update({each.tag: each for each in a_slice() if each.tag.group < 0x28})
    report.file_meta = a_slice().file_meta
    report.SOPInstanceUID = generate_uid()
    files["REPORT"] = written(report)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    given = ["imaging", "deidentify", str(folder), str(out), "--json"]
    assert main(given) == 2  # a face
    assert "face" in capsys.readouterr().err
    assert not out.exists()
    assert main([*given, "--faces-accepted"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["instances"] == 22
    assert said["left_out"] == {"no-picture": 1}
    [series] = said["series"]
    assert "face" in series["notices"]
    names = {each["name"]: each["action"] for each in series["tags"]}
    assert names["Patient's Name"] == "Z"
    made = sorted(out.rglob("*.dcm"))
    assert len(made) == 22
    for path in made:
        assert b"owalczyk" not in path.read_bytes()
        assert pydicom.dcmread(path).RecognizableVisualFeatures == "YES"
    assert json.loads((out / "report.json").read_text()) == said
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    assert main([*given, "--faces-accepted"]) == 2  # never over something
