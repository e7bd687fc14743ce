"""A database and a vault for real processes, on SQLite or on PostgreSQL."""

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """Where the processes of a test live."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "secondopinion.settings",
        }
        server = os.environ.get("DATABASE_URL", "")
        if server.startswith("postgres"):
            name = f"second_opinion_{folder.name}".lower().replace("-", "_")
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                connection.execute(f'CREATE DATABASE "{name}"')
            self.environment["DATABASE_URL"] = urlparse(server)._replace(path=f"/{name}").geturl()
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a process that does something."""
        made = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.actors", *words], cwd=ROOT, env=self.environment,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.started.append(made)
        return made

    def do(self, *words: str) -> str:
        """Do something in a process of its own and return what it printed."""
        output, _errors = self.start(*words).communicate(timeout=120)
        return output.strip()

    def state(self, reference: str) -> dict[str, Any]:
        """Return what is in a case."""
        found: dict[str, Any] = ast.literal_eval(self.do("state", reference))
        return found

    def wait(self, reference: str, wanted: Any, seconds: float = 60) -> dict[str, Any]:
        """Wait until the state of a case is as wanted."""
        deadline = time.monotonic() + seconds
        while not wanted(found := self.state(reference)):
            assert time.monotonic() < deadline, found
            time.sleep(0.3)
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A fresh machine; whatever still runs on it at the end is ended."""
    made = Machine(tmp_path)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout and not process.stdout.closed:
            process.stdout.close()
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        name = urlparse(made.environment["DATABASE_URL"]).path[1:]
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
