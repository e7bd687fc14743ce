"""Anything can die, and anything can happen twice: real processes, killed for real."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest
from tusclient.client import TusClient

from tests.conftest import MR_HEAD
from tests.faults.conftest import ROOT, Machine
from tests.interop import servers

pytestmark = [pytest.mark.faults, pytest.mark.any_database]


def test_races_and_a_death_in_the_middle(machine: Machine) -> None:
    reference, draft = machine.do("prepare").split()
    dying = machine.start("die_in_the_middle", reference)
    assert "in the middle" in dying.communicate(timeout=180)[0]
    assert dying.returncode == -signal.SIGKILL
    assert machine.state(reference)["state"] == "submitted", "nothing is half done"
    # Four coordinators take one case in the same second; two tabs send one request.
    instant = str(time.time() + 4)
    takers = [machine.start("take", reference, f"{name}@h.example", instant) for name in "abcd"]
    senders = [machine.start("submit", draft, instant) for _tab in range(2)]
    took = sorted(each.communicate(timeout=180)[0].split()[0] for each in takers)
    sent = sorted(each.communicate(timeout=180)[0].split()[0] for each in senders)
    assert took == ["conflict"] * 3 + ["won"]
    assert sent == ["conflict", "won"]
    taken = machine.state(reference)
    assert (taken["state"], taken["accepted"]) == ("collecting", 1)
    assert taken["owner"]
    once = machine.state(draft)
    assert (once["state"], once["submitted"]) == ("submitted", 1)
    assert once["checklist"] > 0
    # Three processes number invoices at once, and a third of their transactions is undone.
    instant = str(time.time() + 4)
    numbering = [machine.start("number", "15", instant) for _each in range(3)]
    given = [line for each in numbering for line in each.communicate(timeout=180)[0].split()]
    year = given[0].split("-")[1]
    assert sorted(given) == [f"INV-{year}-{number:05d}" for number in range(1, 31)], "without a gap"


def test_a_worker_killed_in_the_middle_of_a_job(machine: Machine, tmp_path: Path) -> None:
    """The job is found and done again by another worker, and nothing is there twice."""
    _reference, draft = machine.do("prepare").split()
    disc = tmp_path / "disc.zip"
    with zipfile.ZipFile(MR_HEAD) as source, zipfile.ZipFile(disc, "w") as pack:
        names = [name for name in source.namelist() if name.endswith(".dcm")]
        for name in names[:250]:
            pack.writestr(name, source.read(name))
    machine.do("receive", draft, str(disc))
    first = machine.start("impatient_worker")
    machine.wait(draft, lambda found: found["images"] > 0)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    halfway = machine.state(draft)
    assert halfway["open_jobs"] > 0
    machine.start("impatient_worker")
    done = machine.wait(draft, lambda found: found["open_jobs"] == 0)
    assert (done["images"], done["files"], done["doubled"]) == (250, 250, 0)


def descendants(pid: int) -> list[int]:
    """Return the children of a process, and theirs."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(each) for each in children.read_text().split()] if children.exists() else []
    return [*(each for child in found for each in descendants(child)), *found]


class Server:
    """The product's server, which a test kills and starts again."""

    def __init__(self, machine: Machine) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**machine.environment, "SITE_URL": self.url}
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "secondopinion", "serve", "--port", str(self.port),
             "--no-worker"],
            cwd=ROOT, env=self.environment, start_new_session=True,
        )  # fmt: skip
        for _try in range(900):  # a busy machine starts slowly
            try:
                urllib.request.urlopen(f"{self.url}/health/")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """Kill it and its children without a word."""
        for pid in [*descendants(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        time.sleep(0.3)


def test_a_server_killed_in_the_middle_of_an_upload(machine: Machine, tmp_path: Path) -> None:
    """A foreign tus client goes on where the server stopped, byte for byte."""
    _reference, draft = machine.do("prepare").split()
    key = machine.do("session", "maria@familia.example")
    # A text that tells when a block is missing, moved or doubled.
    data = b"".join(b"%07d\n" % number for number in range(150_000))
    path = tmp_path / "history.txt"
    path.write_bytes(data)
    server = Server(machine)
    stream = path.open("rb")
    try:
        client = TusClient(f"{server.url}/uploads/", headers={"Cookie": f"sessionid={key}"})
        about = {
            "file_stream": stream,
            "chunk_size": 170_001,
            "metadata": {"filename": "history.txt", "kind": "file", "case": draft},
        }
        uploader = client.uploader(**about)
        for _death in range(2):
            uploader.upload_chunk()
            uploader.upload_chunk()
            address, sure = uploader.url, uploader.offset
            server.kill()
            server.start()
            uploader = client.uploader(**about, url=address)
            assert uploader.offset >= sure, "what was acknowledged is there"
        uploader.upload()
        machine.start("impatient_worker")
        machine.wait(draft, lambda found: found["records"] == 1 and found["open_jobs"] == 0)
        assert machine.do("content", draft) == str(len(data)), "it holds exactly what was sent"
    finally:
        stream.close()
        server.kill()


def test_a_worker_that_hangs_does_not_outlive_its_server(tmp_path: Path) -> None:
    with servers.house(tmp_path / "house") as us:
        family = [Path(f"/proc/{pid}") for pid in servers.family_of(us.process.pid)]
        web = [each for each in family if b"granian" in (each / "cmdline").read_bytes()]
        os.kill(int(web[-1].name), signal.SIGSTOP)  # as one whose request never ends
    assert not [each for each in web if each.exists()]
