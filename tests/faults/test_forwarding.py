"""A worker killed while it forwards a case into a real Orthanc: all of it comes, whole."""

import signal
import threading
import zipfile
from pathlib import Path

import pytest

from tests.faults.conftest import Machine
from tests.interop import servers
from tests.interop.test_beside_orthanc import made
from tests.pacs.passing import Answer, passing
from tests.pacs.test_forwarding import read_back

pytestmark = pytest.mark.faults
COUNT, BATCH = 50, 20  # of the images, and of those that one request holds


def test_a_worker_killed_in_the_middle_of_forwarding(machine: Machine, tmp_path: Path) -> None:
    """It dies when the archive has stored a batch and the answer has not come."""
    objects: dict[tuple[str, str, str], bytes] = {}
    study = series = ""
    for _number in range(COUNT):
        study, series, uid, data = made(study, series, PatientName="Camila")
        objects[study, series, uid] = data
    disc = tmp_path / "disc.zip"
    with zipfile.ZipFile(disc, "w") as pack:
        for number, data in enumerate(objects.values()):
            pack.writestr(f"{number}.dcm", data)
    stored: list[str] = []
    stalled, killed = threading.Event(), threading.Event()

    def spoil(method: str, path: str, answer: Answer) -> Answer | int:
        if method != "POST" or not path.endswith("/studies"):
            return answer
        stored.append(path)
        if len(stored) != 2:
            return answer
        stalled.set()
        return len(answer[2]) // 2

    with (
        servers.orthanc(tmp_path / "pacs") as archive,
        passing(archive.url, spoil, killed) as url,
    ):
        machine.environment |= {
            "DICOMWEB_SERVERS": "pacs", "DICOMWEB_PACS_URL": url, "DICOMWEB_FORWARD_TO": "pacs",
        }  # fmt: skip
        reference, _draft = machine.do("prepare").split()
        machine.do("complete_case", reference, str(disc))
        first = machine.start("impatient_worker")
        assert stalled.wait(180), "it has begun to forward"
        first.send_signal(signal.SIGKILL)
        first.communicate()
        killed.set()
        assert machine.state(reference)["forwarded"] == BATCH, "what was answered is known"
        machine.start("impatient_worker")
        machine.wait(reference, lambda found: found["forwarded"] == COUNT)
        assert len(stored) == 4, "only the batch without an answer was sent again"
        assert len(archive.json("/studies")) == 1
        for uids, data in objects.items():
            assert data in read_back(archive, uids)
