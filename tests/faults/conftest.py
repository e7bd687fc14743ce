"""A database and a vault for real processes, on SQLite or on PostgreSQL."""

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import prepared
from tests.faults.actors import DONE

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """Where the processes of a test live."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "UNDERSTAND_PAGES": "0",  # reading takes a second a page
            "DJANGO_SETTINGS_MODULE": "secondopinion.settings",
        }
        self.started: list[subprocess.Popen[str]] = []
        self.observer: subprocess.Popen[str] | None = None

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a process that does something."""
        made = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.actors", *words], cwd=ROOT, env=self.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.started.append(made)
        return made

    def do(self, *words: str) -> str:
        """Do something in a process that lives as long as the machine; return what it printed."""
        self.observer = self.observer or self.start("obey")
        assert self.observer.stdin
        assert self.observer.stdout
        self.observer.stdin.write(f"{json.dumps(words)}\n")
        self.observer.stdin.flush()
        lines = []
        for line in self.observer.stdout:
            if line.strip() == DONE:
                return "".join(lines).strip()
            lines.append(line)
        raise AssertionError(f"{words} ended the observer: {lines}")

    def state(self, reference: str) -> dict[str, Any]:
        """Return what is in a case."""
        found: dict[str, Any] = ast.literal_eval(self.do("state", reference))
        return found

    def wait(self, reference: str, wanted: Any, seconds: float = 180) -> dict[str, Any]:
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
    name = f"second_opinion_{tmp_path.name}".lower().replace("-", "_")
    with prepared.machine(made.environment, tmp_path, name):
        yield made
        for process in made.started:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream and not stream.closed:
                    stream.close()
