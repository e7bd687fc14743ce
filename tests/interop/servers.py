"""Real servers for tests and benchmarks: ours, and Orthanc from Debian's packages."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from tests import prepared

ROOT = Path(__file__).resolve().parents[2]
_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Peer:
    """A DICOMweb service that runs: its root, the headers that open it, its processes."""

    url: str
    process: subprocess.Popen[bytes]
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send one request below the root and return status, headers and body."""
        parts = urlparse(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        sent = {
            **self.headers,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        try:
            connection.request(method, parts.path + path, body, sent)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        """Return the JSON at a path."""
        status, _headers, body = self.ask("GET", path, Accept="application/dicom+json")
        assert status == 200, (status, body[:200])
        return json.loads(body)

    def store(self, parts: list[bytes], path: str = "/studies") -> tuple[int, Any]:
        """Store parts by STOW-RS; return the status and the answer."""
        kind, body = multipart(parts)
        status, _headers, answer = self.ask(
            "POST", path, body, Content_Type=kind, Accept="application/dicom+json"
        )
        return status, json.loads(answer) if answer.startswith((b"{", b"[")) else answer

    def memory_mb(self) -> float:
        """Return what the processes hold, shared pages by their share (PSS)."""
        return sum(_pss(pid) for pid in family_of(self.process.pid)) / 1024


def multipart(parts: list[bytes], boundary: str = "part-of-a-test") -> tuple[str, bytes]:
    """Return the content type and the body of a STOW request."""
    body = b"".join(
        b"--" + boundary.encode() + b"\r\nContent-Type: application/dicom\r\n\r\n" + each + b"\r\n"
        for each in parts
    )
    kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
    return kind, body + b"--" + boundary.encode() + b"--\r\n"


def family_of(pid: int) -> list[int]:
    """Return a process and all below it, parents first."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:  # ended in the meantime
        pass
    return 0


def _wait(url: str, process: subprocess.Popen[bytes], headers: dict[str, str]) -> None:
    parts = urlparse(url)
    deadline = time.monotonic() + 90
    while True:
        assert process.poll() is None, "the server has ended"
        assert time.monotonic() < deadline, "the server does not answer"
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        try:
            connection.request("GET", parts.path + "/studies", headers=headers)
            if connection.getresponse().status < 500:
                return
            time.sleep(0.5)
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()


@contextmanager
def orthanc(folder: Path, port: int = 0, **more: Any) -> Iterator[Peer]:
    """Run Orthanc with its DICOMweb plugin, everything of it in `folder`."""
    program = shutil.which("Orthanc")
    assert program, "Debian's packages orthanc and orthanc-dicomweb are needed"
    assert _PLUGIN.exists(), "Debian's package orthanc-dicomweb is needed"
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "Name": "peer",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "Plugins": [str(_PLUGIN)],
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "DicomWeb": {
            "Enable": True,
            "Root": "/dicom-web/",
            "Ssl": False,
            **more.pop("DicomWeb", {}),
        },
        **more,
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(settings))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, str(file)],
            env={**os.environ, "TCP_NODELAY": "1"},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    peer = Peer(f"http://127.0.0.1:{port}/dicom-web", process)
    try:
        _wait(peer.url, process, {})
        yield peer
    finally:
        process.terminate()
        process.wait(30)


def version_of_orthanc(peer: Peer) -> str:
    """Return the version that a running Orthanc tells."""
    parts = urlparse(peer.url)
    system = Peer(f"http://{parts.netloc}", peer.process)
    return str(json.loads(system.ask("GET", "/system")[2])["Version"])


@contextmanager
def house(
    folder: Path, port: int = 0, *, workers: int = 1, jobs: bool = False,
    filled: Sequence[str] = (),
) -> Iterator[Peer]:  # fmt: skip
    """Run this product with one case and a site's key that may read; everything in `folder`.

    `filled` are arguments of Python that put more into the database before it serves.
    """
    port = port or free_port()
    environment = {
        **os.environ, "DATA_DIR": str(folder), "SITE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "secondopinion.settings",
    }  # fmt: skip
    with prepared.machine(environment, folder, f"second_opinion_house_{port}"):
        site = _made(environment, "-m", "tests.interop.site")
        if filled:
            _made(environment, *filled)
        yield from _house(environment, port, json.loads(site), workers=workers, jobs=jobs)


def _made(environment: dict[str, str], *arguments: str) -> bytes:
    """Run Python in a house that does not serve yet; return the last line that it printed."""
    made = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    )
    return made.stdout.splitlines()[-1]


def _house(
    environment: dict[str, str], port: int, site: dict[str, str], *, workers: int, jobs: bool
) -> Iterator[Peer]:
    command = [sys.executable, "-m", "secondopinion", "serve", "--port", str(port),
               "--workers", str(workers), *([] if jobs else ["--no-worker"])]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    headers = {"Authorization": f"Bearer {site['token']}"}
    peer = Peer(f"http://127.0.0.1:{port}/dicomweb/{site['reference']}", process, headers)
    try:
        _wait(peer.url, process, headers)
        yield peer
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
