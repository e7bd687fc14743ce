"""A worker killed while it fetches a study from a real Orthanc: nothing is lost, nothing twice."""

import hashlib
import io
import re
import signal
import threading
import zipfile
from pathlib import Path

import pydicom
import pytest

from tests.conftest import MR_HEAD
from tests.faults.conftest import Machine
from tests.interop import servers
from tests.pacs.passing import Answer, passing

pytestmark = pytest.mark.faults
COUNT = 150  # more than a batch of what a worker keeps at once


def test_a_worker_killed_in_the_middle_of_a_fetch(machine: Machine, tmp_path: Path) -> None:
    with zipfile.ZipFile(MR_HEAD) as source:
        names = [name for name in source.namelist() if name.endswith(".dcm")]
        objects = [source.read(name) for name in names[:COUNT]]
    study = pydicom.dcmread(io.BytesIO(objects[0]), stop_before_pixels=True).StudyInstanceUID
    killed = threading.Event()

    def spoil(_method: str, path: str, answer: Answer) -> Answer | int:
        stalls = re.search(r"/series/[\d.]+$", path) and not killed.is_set()
        return len(answer[2]) * 4 // 5 if stalls else answer

    with (
        servers.orthanc(tmp_path / "orthanc") as archive,
        passing(archive.url, spoil, killed) as url,
    ):
        for at in range(0, COUNT, 50):
            assert archive.store(objects[at : at + 50])[0] == 200
        machine.environment |= {"DICOMWEB_SERVERS": "archive", "DICOMWEB_ARCHIVE_URL": url}
        reference, _draft = machine.do("prepare").split()
        machine.do("fetch", reference, study)
        first = machine.start("impatient_worker")
        halfway = machine.wait(reference, lambda found: found["images"] > 0)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        killed.set()
        assert 0 < halfway["images"] < COUNT
        assert halfway["open_jobs"] > 0
        machine.start("impatient_worker")
        done = machine.wait(reference, lambda found: found["open_jobs"] == 0)
    assert (done["images"], done["files"]) == (COUNT, COUNT)
    wanted = sorted(hashlib.sha256(data).hexdigest() for data in objects)
    assert machine.do("fetched", reference).split() == wanted
