"""Serves the site: the server's processes and a worker, started and ended together."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.db import connection

from secondopinion.core.errors import Refused

MOST_ON_SQLITE = 4  # processes that answer
_PR_SET_PDEATHSIG = 1


def require_free(host: str, port: int) -> None:
    """Refuse a port that cannot be had, before anything is done.

    Raises:
        Refused: with the reason and a way out.
    """
    try:
        [(family, kind, _protocol, _name, place), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            probe.bind(place)
    except OSError as error:
        raise Refused(
            f"Cannot serve at {host}:{port}: {error.strerror}. Choose another port: "
            f"write PORT={port + 1} in front of the command."
        ) from None


def serve(
    host: str,
    port: int,
    *,
    workers: int = 1,
    worker: bool = True,
    ready: list[str] | None = None,
    meanwhile: list[str] | None = None,
) -> int:
    """Serve until Ctrl-C or SIGTERM, then end every child.

    The lines of `ready` are printed when the site answers. The worker starts when the command
    `meanwhile` has ended.
    """
    require_free(host, port)
    if workers > MOST_ON_SQLITE and connection.vendor == "sqlite":
        sys.stderr.write(
            "SQLite lets one process write at a time: more workers gain nothing. "
            "Set DATABASE_URL for PostgreSQL.\n"
        )
    web = [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", host,
        "--port", str(port), "--workers", str(workers), "--no-ws", "--log-level", "warning",
        "secondopinion.web.asgi:application",
    ]  # fmt: skip
    jobs = [sys.executable, "-m", "secondopinion", "worker"]
    stop = stopped()
    children = [_start(web)]
    first = _start(meanwhile) if meanwhile else None
    if first is not None:
        children.append(first)
    elif worker:
        children.append(_start(jobs))
    status = 0
    while not stop.wait(0.3):
        if ready and _answers(host, port):
            sys.stdout.write("".join(f"{line}\n" for line in ready))
            sys.stdout.flush()
            ready = None
        if first is not None and first.poll() == 0:
            children.remove(first)
            first = None
            if worker:
                children.append(_start(jobs))
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
    """Say whether the site answers at all, be it by sending us to HTTPS."""
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
