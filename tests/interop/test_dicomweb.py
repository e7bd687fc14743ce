"""DICOMweb as programs use it: the public dicomweb-client against a real server."""

import http.client
import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from pydicom.uid import generate_uid

from tests.interop import servers
from tests.interop.servers import Peer

pytestmark = pytest.mark.any_database

DATA = Path(pydicom.__file__).parent / "data" / "test_files"
NAMES = ["CT_small.dcm", "MR_small.dcm", "SC_rgb_rle_2frame.dcm", "693_J2KI.dcm"]


@pytest.fixture(scope="module")
def us(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """This product, with a case, a key, and some objects."""
    with servers.house(tmp_path_factory.mktemp("house")) as peer:
        yield peer


@pytest.fixture(scope="module")
def client(us: Peer) -> DICOMwebClient:
    """A public client that has stored the samples."""
    made = DICOMwebClient(us.url, headers=us.headers)
    answer = made.store_instances([pydicom.dcmread(DATA / name) for name in NAMES])
    assert len(answer.ReferencedSOPSequence) == len(NAMES)
    return made


def uids(name: str) -> tuple[str, str, str]:
    """Return study, series and instance of a sample."""
    row = pydicom.dcmread(DATA / name, stop_before_pixels=True)
    return row.StudyInstanceUID, row.SeriesInstanceUID, row.SOPInstanceUID


def test_studies_are_found_by_what_clients_ask(client: DICOMwebClient) -> None:
    study = uids("CT_small.dcm")[0]

    def found(**filters: object) -> set[str]:
        rows = client.search_for_studies(**filters)  # type: ignore[arg-type]
        return {row["0020000D"]["Value"][0] for row in rows}

    everything = found()
    assert len(everything) == len({uids(name)[0] for name in NAMES})
    assert found(search_filters={"StudyInstanceUID": study}) == {study}
    assert found(search_filters={"00100020": "1CT1"}) == {study}
    assert found(search_filters={"PatientName": "compressedsamples^c*"}) >= {study}
    assert found(search_filters={"PatientName": "CT1"}, fuzzymatching=True) >= {study}
    assert found(search_filters={"PatientName": "CT1"}) == set()
    assert found(search_filters={"StudyDate": "20040101-20041231"}) >= {study}
    assert study not in found(search_filters={"StudyDate": "-20031231"})
    assert found(search_filters={"ModalitiesInStudy": "CT"}) >= {study}
    assert len(found(limit=1, offset=0) | found(limit=1, offset=1)) == 2
    [row] = client.search_for_studies(
        search_filters={"StudyInstanceUID": study}, fields=["Manufacturer", "StudyTime"]
    )
    assert row["00201206"]["Value"] == [1]
    assert "00080030" in row


def test_series_and_instances_at_every_level(client: DICOMwebClient) -> None:
    study, series, instance = uids("MR_small.dcm")
    assert len(client.search_for_series()) == len({uids(name)[1] for name in NAMES})
    [row] = client.search_for_series(study, search_filters={"Modality": "MR"})
    assert row["0020000E"]["Value"] == [series]
    for rows in (
        client.search_for_instances(study, series),
        client.search_for_instances(study),
        client.search_for_instances(search_filters={"SOPInstanceUID": instance}),
        client.search_for_instances(search_filters={"RepetitionTime": "4000"}),
    ):
        assert [each["00080018"]["Value"][0] for each in rows] == [instance]
    [row] = client.search_for_instances(study, series, fields=["SliceThickness"])
    assert row["00180050"]["Value"] == [0.8]


def test_headers_are_those_of_the_object(client: DICOMwebClient) -> None:
    for name in NAMES:
        row = client.retrieve_instance_metadata(*uids(name))
        wanted = pydicom.dcmread(DATA / name, stop_before_pixels=True)
        found = pydicom.Dataset.from_json(
            {tag: each for tag, each in row.items() if tag != "7FE00010"}
        )
        assert found.PatientID == wanted.PatientID
        assert found.Rows == wanted.Rows
        assert row["7FE00010"]["BulkDataURI"].endswith("/bulkdata/7FE00010")
    pixels = client.retrieve_bulkdata(
        client.retrieve_instance_metadata(*uids("CT_small.dcm"))["7FE00010"]["BulkDataURI"]
    )
    assert pixels[0] == pydicom.dcmread(DATA / "CT_small.dcm").PixelData


@pytest.mark.parametrize("name", NAMES)
def test_objects_and_frames_are_true(client: DICOMwebClient, name: str) -> None:
    wanted = pydicom.dcmread(DATA / name)
    assert client.retrieve_instance(*uids(name)).PixelData == wanted.PixelData
    [series] = [client.retrieve_series(*uids(name)[:2])]
    assert [each.SOPInstanceUID for each in series] == [wanted.SOPInstanceUID]
    numbers = list(range(1, int(wanted.get("NumberOfFrames", 1)) + 1))
    raw = client.retrieve_instance_frames(*uids(name), numbers)
    array = wanted.pixel_array
    joined = np.frombuffer(b"".join(raw), array.dtype.newbyteorder("<"))
    assert np.array_equal(joined, array.ravel())


def test_compressed_frames_are_sent_as_they_are_to_who_takes_them(
    us: Peer, client: DICOMwebClient
) -> None:
    study, series, uid = uids("693_J2KI.dcm")
    dataset = pydicom.dcmread(DATA / "693_J2KI.dcm")
    [encoded] = pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=1)
    path = f"/studies/{study}/series/{series}/instances/{uid}"
    for accept in (
        'multipart/related; type="image/jp2"; transfer-syntax=1.2.840.10008.1.2.4.91',
        'multipart/related; type="application/octet-stream"; transfer-syntax=*',
    ):
        status, headers, body = us.ask("GET", f"{path}/frames/1", Accept=accept)
        assert status == 200
        told = {name.lower(): value for name, value in dict(headers).items()}
        assert "Accept" in told["vary"], "a browser keeps each form apart"
        assert encoded in body
        assert b"image/jp2; transfer-syntax=1.2.840.10008.1.2.4.91" in body
    plain = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1'
    body = us.ask("GET", path, Accept=plain)[2]
    assert dataset.pixel_array.tobytes() in body
    assert us.ask("GET", f"{path}/frames/1", Accept="image/tiff")[0] == 406


def test_pictures_are_windowed_scaled_and_of_the_kind_that_is_asked_for(
    us: Peer, client: DICOMwebClient
) -> None:
    name = uids("CT_small.dcm")
    path = "/studies/{}/series/{}/instances/{}".format(*name)
    picture = client.retrieve_instance_rendered(*name, media_types=("image/jpeg",))
    assert Image.open(io.BytesIO(picture)).format == "JPEG"

    def shown(query: str, accept: str = "image/png") -> Image.Image:
        status, headers, body = us.ask("GET", f"{path}/rendered?{query}", Accept=accept)
        assert status == 200
        assert headers["Content-Type"] == accept
        return Image.open(io.BytesIO(body))

    assert shown("viewport=64,32").size == (32, 32)
    assert shown("viewport=50,50,10,10,20,20").size == (50, 50)
    dataset = pydicom.dcmread(DATA / "CT_small.dcm")
    values = dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)
    wanted = np.clip(((values - 39.5) / 399 + 0.5) * 255, 0, 255)
    assert np.abs(np.asarray(shown("window=40,400,linear")).astype(float) - wanted).max() <= 1
    low = us.ask("GET", f"{path}/rendered?quality=5", Accept="image/jpeg")[2]
    assert len(low) < len(us.ask("GET", f"{path}/rendered?quality=100", Accept="image/jpeg")[2])
    for bad in ("window=a,b", "window=1,0", "viewport=0,0", "quality=200", "window=1,2,cubic"):
        assert us.ask("GET", f"{path}/rendered?{bad}")[0] == 400
    assert us.ask("GET", f"{path}/thumbnail", Accept="image/png")[0] == 200


def test_what_is_not_there_or_not_understood(us: Peer, client: DICOMwebClient) -> None:
    study, series, uid = uids("CT_small.dcm")
    path = f"/studies/{study}/series/{series}/instances/{uid}"
    assert us.ask("GET", f"/studies/{generate_uid()}")[0] == 404
    assert us.ask("GET", f"{path}/frames/2")[0] == 404
    assert us.ask("GET", f"{path}/frames/x")[0] == 400
    assert us.ask("GET", "/studies?limit=many")[0] == 400
    assert us.ask("GET", "/studies", Accept="text/html")[0] == 406
    assert us.ask("GET", f"{path}/bulkdata/00990099")[0] == 404
    status, headers, body = us.ask("GET", "/studies?Unheard=1&limit=1")
    assert status == 200
    assert len(json.loads(body)) == 1
    assert headers["Warning"].startswith("299")


def test_only_the_key_opens_the_case(us: Peer) -> None:
    stranger = Peer(us.url, us.process, {"Authorization": "Bearer nonsense"})
    nobody = Peer(us.url, us.process)
    end = "22" if us.url.endswith("ZZ") else "ZZ"
    other = Peer(us.url[:-2] + end, us.process, us.headers)
    kind, body = servers.multipart([(DATA / "CT_small.dcm").read_bytes()])
    for peer in (stranger, nobody, other):
        assert peer.ask("GET", "/studies")[0] == 404
        assert peer.ask("POST", "/studies", body, Content_Type=kind)[0] == 404


def test_a_chunked_body_is_read_whole(us: Peer) -> None:
    kind, body = servers.multipart([(DATA / "CT_small.dcm").read_bytes()])
    parts = urlparse(us.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    with closing(connection):
        connection.request(
            "POST", parts.path + "/studies", iter([body[:1000], body[1000:]]),
            {**us.headers, "Content-Type": kind}, encode_chunked=True,
        )  # fmt: skip
        answer = connection.getresponse()
        assert answer.status == 200
        assert len(json.loads(answer.read())["00081199"]["Value"]) == 1


def test_the_viewer_is_told_what_it_opens_first(us: Peer, client: DICOMwebClient) -> None:
    rows = us.json("/summary")["series"]
    # The samples have one object each: the first of them is opened, and it alone tells its image.
    first, *others = rows
    assert [each["opening"] for each in others] == [None] * len(others)
    opening = first["opening"]
    # The case's child has no name yet: a name that is none is told, and no other is compared.
    marks = {each["study"]: each["other"] for each in rows}
    assert marks[uids("CT_small.dcm")[0]] == ["nobody"]
    assert marks[uids("SC_rgb_rle_2frame.dcm")[0]] == []
    path = f"/studies/{first['study']}/series/{first['series']}/instances/{opening['instance']}"
    [header] = us.json(f"{path}/metadata")
    name = header["00100010"]["Value"][0]["Alphabetic"].replace("^", " ").split()
    assert opening["whose"][0].split() == name
    assert opening["frame"] == int(header.get("00280008", {}).get("Value", [1])[0]) // 2 + 1
    assert us.ask("GET", f"{path}/frames/{opening['frame']}/rendered", Accept="image/png")[0] == 200
