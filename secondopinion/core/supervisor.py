"""Keeps the processes of a site together: started, watched, ended; when one ends, all do.

    python -m secondopinion.core.supervisor PLAN     # JSON of a `Plan`

It knows nothing of Django and holds a tenth of the memory that a process of the site holds, for as
long as the site is served.
"""

import ctypes
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NoReturn

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Plan:
    """What is served. Commands are argument lists; an empty one is none."""

    host: str
    port: int
    web: list[str]
    worker: list[str] = field(default_factory=list)
    meanwhile: list[str] = field(default_factory=list)  # the worker starts when this has ended
    ready: list[str] = field(default_factory=list)  # lines printed when the site answers


def become(plan: Plan) -> NoReturn:
    """Serve in place of this process."""
    sys.stdout.flush()
    words = [sys.executable, "-m", "secondopinion.core.supervisor", json.dumps(asdict(plan))]
    os.execv(sys.executable, words)  # noqa: S606 - itself


def serve(plan: Plan) -> int:
    """Serve until Ctrl-C or SIGTERM, then end every child; return the status of what ended."""
    stop = stopped()
    children = [_start(plan.web)]
    first = _start(plan.meanwhile) if plan.meanwhile else None
    if first is not None:
        children.append(first)
    elif plan.worker:
        children.append(_start(plan.worker))
    status, ready = 0, plan.ready
    while not stop.wait(0.3):
        if ready and _answers(plan.host, plan.port):
            sys.stdout.write("".join(f"{line}\n" for line in ready))
            sys.stdout.flush()
            ready = []
        if first is not None and first.poll() == 0:
            children.remove(first)
            first = None
            if plan.worker:
                children.append(_start(plan.worker))
        ended = next((child for child in children if child.poll() is not None), None)
        if ended is not None:
            status = ended.returncode or 1
            sys.stderr.write("A part of the server has ended by itself; the rest is stopped.\n")
            break
    _end(children)
    return status


def stopped() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    environment = dict(os.environ)
    memory = Path("/dev/shm")  # noqa: S108 - the server makes files of its own in it
    if memory.is_dir() and "TMPDIR" not in environment:
        # What a form sends passes through temporary files: not on the disk, where it can be helped.
        environment["TMPDIR"] = str(memory)
    return subprocess.Popen(
        command, env=environment, start_new_session=True, preexec_fn=_die_with_parent  # noqa: PLW1509 - one call into libc
    )  # fmt: skip


def _die_with_parent() -> None:
    """Ask Linux to end this child when its parent dies; other systems have no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _answers(host: str, port: int) -> bool:
    """Say whether the site answers at all."""
    site = http.client.HTTPConnection(
        {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=2  # noqa: S104 - asked, not bound
    )  # fmt: skip
    try:
        site.request("GET", "/health/")
        site.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        site.close()
    return True


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    deadline = time.monotonic() + 10
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    sys.exit(serve(Plan(**json.loads(sys.argv[1]))))
