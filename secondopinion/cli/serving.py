"""Serves the site: the server's processes and a worker, under a supervisor that takes over."""

import socket
import sys
from typing import NoReturn

from django.db import connection

from secondopinion.core.errors import Refused
from secondopinion.core.supervisor import Plan, become

MOST_ON_SQLITE = 4  # processes that answer


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
) -> NoReturn:
    """Serve until Ctrl-C or SIGTERM, in place of this process.

    The lines of `ready` are printed when the site answers. The worker starts when the command
    `meanwhile` has ended.

    Raises:
        Refused: the port cannot be had.
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
        "--workers-kill-timeout", "7",  # below what the supervisor waits: none is left behind
        "secondopinion.web.asgi:application",
    ]  # fmt: skip
    jobs = [sys.executable, "-m", "secondopinion", "worker"] if worker else []
    connection.close()
    become(Plan(host, port, web, jobs, meanwhile or [], ready or []))
