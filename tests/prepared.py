"""An installation as `migrate` leaves it, made once in a run: its ten seconds are paid once."""

import atexit
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "secondopinion.sqlite3"
TEMPLATE = "second_opinion_prepared"  # on a server of databases


def copy_to(folder: Path, database: str = DATABASE) -> None:
    """Put the database (SQLite) into a folder."""
    folder.mkdir(exist_ok=True)
    shutil.copy2(_made("sqlite", {}) / DATABASE, folder / database)


def fill(connection: Any) -> None:
    """Put the content of the database into an open one of SQLite."""
    with closing(sqlite3.connect(_made("sqlite", {}) / DATABASE)) as source:
        connection.ensure_connection()
        source.backup(connection.connection)


def template(server: str) -> str:
    """Return the name of the database on a server of PostgreSQL that others are copied from."""
    _made("postgres", {"DATABASE_URL": urlparse(server)._replace(path=f"/{TEMPLATE}").geturl()})
    return TEMPLATE


@contextmanager
def machine(environment: dict[str, str], folder: Path, name: str) -> Iterator[None]:
    """Give processes a prepared installation of their own, in a folder or on a server."""
    server = environment.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        copy_to(folder)
        yield
        return
    with postgres.own(environment, name, template(server)):
        yield


def _made(kind: str, more: dict[str, str]) -> Path:
    """Return the folder of an installation of this kind; make it when it is first asked for."""
    folder = _place() / f"prepared-{kind}"
    folder.mkdir(exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            if url := more.get("DATABASE_URL"):
                postgres.fresh(url.replace(f"/{TEMPLATE}", "/postgres"), TEMPLATE)
            kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
            subprocess.run(
                [sys.executable, "-m", "secondopinion", "migrate"], check=True, cwd=ROOT,
                env={**kept, "DATA_DIR": str(folder), **more}, capture_output=True,
            )  # fmt: skip
            (folder / "made").touch()
    return folder


@cache
def _place() -> Path:
    """Return the folder of this run; a run that was given none has one of each process."""
    if run := os.environ.get("DATA_DIR"):
        return Path(run)
    folder = tempfile.mkdtemp(prefix="second-opinion-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
