"""A real Orthanc as a client of ours: it stores by STOW-RS, asks by QIDO-RS and fetches by WADO-RS,
with the key of a site and the settings that its manual gives."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from tests.interop import servers
from tests.interop.servers import Peer
from tests.interop.test_beside_orthanc import made

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def us(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """This product, with a case and a key that may read too."""
    with servers.house(tmp_path_factory.mktemp("house")) as peer:
        yield peer


@pytest.fixture(scope="module")
def clinic(us: Peer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Orthanc at a clinic that knows our address and its key; its own root."""
    known = {"house": {"Url": f"{us.url}/", "HttpHeaders": us.headers}}
    folder: Path = tmp_path_factory.mktemp("clinic")
    with servers.orthanc(folder, DicomWeb={"Servers": known}) as peer:
        yield Peer(f"http://{urlparse(peer.url).netloc}", peer.process)


def told(clinic: Peer, path: str, body: Any) -> Any:
    """Tell Orthanc to do something, and return its answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, _headers, answer = clinic.ask("POST", path, data)
    assert status == 200, (status, answer[:500])
    return json.loads(answer)


def test_it_sends_asks_and_fetches(us: Peer, clinic: Peer) -> None:
    study, series, _uid, first = made()
    rows = [first, *(made(study, series)[3] for _image in range(11))]
    here = [told(clinic, "/instances", data) for data in rows]
    kept = {clinic.ask("GET", f"/instances/{each['ID']}/file")[2] for each in here}
    [ident] = {each["ParentStudy"] for each in here}

    told(clinic, "/dicom-web/servers/house/stow", {"Resources": [ident], "Synchronous": True})
    ours = us.json(f"/studies/{study}/instances")
    assert len(ours) == len(rows)
    folder = f"/studies/{study}/series/{series}/instances"
    stored = {
        us.ask("GET", f"{folder}/{each['00080018']['Value'][0]}", Accept="application/dicom")[2]
        for each in ours
    }
    assert stored == kept, "byte for byte what Orthanc holds"

    asked = {"Uri": "/studies", "Arguments": {"StudyInstanceUID": study}}
    [found] = told(clinic, "/dicom-web/servers/house/qido", asked)
    assert study in json.dumps(found)

    assert clinic.ask("DELETE", f"/studies/{ident}")[0] == 200
    assert json.loads(clinic.ask("GET", "/instances")[2]) == []
    wanted = {"Resources": [{"Study": study}], "Synchronous": True}
    told(clinic, "/dicom-web/servers/house/retrieve", wanted)
    back = json.loads(clinic.ask("GET", "/instances")[2])
    assert {clinic.ask("GET", f"/instances/{each}/file")[2] for each in back} == kept


def test_without_the_key_it_gets_nothing(us: Peer, tmp_path: Path) -> None:
    known = {"house": {"Url": f"{us.url}/"}}
    with servers.orthanc(tmp_path / "stranger", DicomWeb={"Servers": known}) as peer:
        root = Peer(f"http://{urlparse(peer.url).netloc}", peer.process)
        body = json.dumps({"Uri": "/studies"}).encode()
        status, _headers, answer = root.ask("POST", "/dicom-web/servers/house/qido", body)
        assert status != 200 or json.loads(answer) == []
