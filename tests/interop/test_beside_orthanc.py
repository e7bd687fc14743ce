"""What comes in, side by side with a real Orthanc: nothing is dropped, nothing is merged, each part
has its answer."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.uid import generate_uid

from tests.interop import servers
from tests.interop.servers import Peer

pytestmark = pytest.mark.any_database

DATA = Path(pydicom.__file__).parent / "data" / "test_files"


def made(study: str = "", series: str = "", **changes: Any) -> tuple[str, str, str, bytes]:
    """Return a CT image as study, series, UID and bytes."""
    dataset = pydicom.dcmread(DATA / "CT_small.dcm")
    del dataset.DataSetTrailingPadding  # what ends the file are pixels
    dataset.StudyInstanceUID = study or generate_uid()
    dataset.SeriesInstanceUID = series or generate_uid()
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    for name, value in changes.items():
        setattr(dataset, name, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    out = io.BytesIO()
    dataset.save_as(out)
    return (
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID, out.getvalue(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def us(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """This product, with a case and a key."""
    with servers.house(tmp_path_factory.mktemp("house")) as peer:
        yield peer


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Orthanc from Debian's packages."""
    with servers.orthanc(tmp_path_factory.mktemp("orthanc")) as peer:
        yield peer


def items(answer: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    """Return the items of a sequence of an answer."""
    found: list[dict[str, Any]] = answer.get(tag, {}).get("Value", [])
    return found


def frame(peer: Peer, study: str, series: str, instance: str) -> bytes:
    """Return the answer with the first frame."""
    path = f"/studies/{study}/series/{series}/instances/{instance}/frames/1"
    kind = 'multipart/related; type="application/octet-stream"'
    return peer.ask("GET", path, Accept=kind)[2]


def test_the_same_uid_with_other_pixels_is_kept_aside_and_said(us: Peer, orthanc: Peer) -> None:
    study, series, uid, first = made()
    other = first[:-400] + bytes(200) + first[-200:]
    for peer in (us, orthanc):
        assert peer.store([first])[0] == 200
    status, answer = us.store([other])
    [item] = items(answer, "00081199")
    assert status == 202
    assert item["00081196"]["Value"] == [0xB000]
    assert "aside" in item["00000902"]["Value"][0]
    assert us.store([other])[1]["00081199"]["Value"][0]["00000902"]["Value"][0].startswith("dup")
    assert first[-400:] in frame(us, study, series, uid)
    assert len(us.json(f"/studies/{study}/series/{series}/instances")) == 1
    # Orthanc says that it has stored the other one, and has not.
    status, answer = orthanc.store([other])
    assert status == 200
    assert not items(answer, "00081198")
    assert first[-400:] in frame(orthanc, study, series, uid)


def test_one_study_number_under_two_patients_is_two_studies(us: Peer, orthanc: Peer) -> None:
    study = generate_uid()
    one = made(study, PatientID="A", PatientName="Ana")
    two = made(study, PatientID="B", PatientName="Berta")
    for peer in (us, orthanc):
        assert peer.store([one[3]])[0] == 200
        assert peer.store([two[3]])[0] == 200
    rows = us.json(f"/studies?StudyInstanceUID={study}")
    assert sorted(row["00100020"]["Value"][0] for row in rows) == ["A", "B"]
    assert [row["0020000E"]["Value"][0] for row in us.json(f"/studies/{study}/series")] == [one[1]]
    named = us.json(f"/studies/{study}/series?PatientID=B")
    assert [row["0020000E"]["Value"][0] for row in named] == [two[1]]
    assert two[3][-200:] in frame(us, *two[:3])
    [only] = us.json(f"/studies/{study}/metadata")
    assert only["00100020"]["Value"] == ["A"]
    # Orthanc answers the series of both children together.
    assert len(orthanc.json(f"/studies/{study}/series")) == 2


def test_a_mixed_request_answers_for_each_part(us: Peer, orthanc: Peer) -> None:
    good, directory = made(), (DATA / "dicomdirtests" / "DICOMDIR").read_bytes()
    parts = [good[3], b"this is no image", directory, good[3][:400]]
    status, answer = us.store(parts)
    assert status == 202
    [stored] = items(answer, "00081199")
    assert stored["00081155"]["Value"] == [good[2]]
    failed = {
        each["00000902"]["Value"][0].partition(":")[0]: each["00081197"]["Value"][0]
        for each in items(answer, "00081198") + items(answer, "0008119A")
    }
    assert failed == {"part 2": 0xC000, "part 3": 0x0122, "part 4": 0xC000}
    assert us.json(f"/studies?StudyInstanceUID={good[0]}")
    # Orthanc stores the good part and answers 400 for all of it.
    status, _answer = orthanc.store(parts)
    assert status == 400
    assert orthanc.json(f"/studies?StudyInstanceUID={good[0]}")


def test_nothing_good_is_409_and_nothing_at_all_is_400(us: Peer) -> None:
    status, answer = us.store([b"junk", b""])
    assert status == 409
    assert len(items(answer, "0008119A")) == 2
    assert us.store([])[0] == 400
    kind, body = servers.multipart([made()[3]])
    assert us.ask("POST", "/studies", body[:-40], Content_Type=kind)[0] == 400
    assert us.ask("POST", "/studies", body, Content_Type="application/json")[0] == 415


def test_an_object_of_another_study_than_the_address_is_refused(us: Peer) -> None:
    mine, other = made(), made()
    status, answer = us.store([mine[3], other[3]], f"/studies/{mine[0]}")
    assert status == 202
    assert items(answer, "00081198")[0]["00081197"]["Value"] == [0xA900]
    assert items(answer, "00081199")[0]["00081155"]["Value"] == [mine[2]]


def test_originals_come_back_byte_for_byte(us: Peer) -> None:
    study, series, uid, data = made()
    us.store([data])
    path = f"/studies/{study}/series/{series}/instances/{uid}"
    assert us.ask("GET", path, Accept="application/dicom")[2] == data
    for address in (path, f"/studies/{study}/series/{series}", f"/studies/{study}"):
        status, headers, body = us.ask("GET", address)
        assert status == 200
        assert headers["Content-Type"].startswith('multipart/related; type="application/dicom"')
        assert data in body
