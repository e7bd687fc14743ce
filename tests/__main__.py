"""Runs every test: on SQLite, then on PostgreSQL where a server answers, then the journeys."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import tools

ROOT = Path(__file__).resolve().parent.parent
LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


def postgres() -> str:
    """Return the address of a PostgreSQL server to test on, or nothing."""
    if "TEST_DATABASE_URL" in os.environ:
        return os.environ["TEST_DATABASE_URL"]
    try:
        with socket.create_connection(("127.0.0.1", 5432), timeout=1):
            return LOCAL_POSTGRES
    except OSError:
        return ""


def run(title: str, *arguments: str, **environment: str) -> bool:
    """Run pytest once and say how long it took."""
    sys.stdout.write(f"== {title}\n")
    sys.stdout.flush()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="second-opinion-") as folder:
        status = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=20",
             *arguments],
            cwd=ROOT, check=False, env={**os.environ, "DATA_DIR": folder, **environment},
        ).returncode  # fmt: skip
    sys.stdout.write(f"== {title}: {time.monotonic() - started:.0f} s\n")
    return status == 0


def main() -> int:
    """Run all of it; every part runs even when an earlier one failed."""
    tools.ensure()
    details = ("tests", "--ignore", "tests/journeys", "-n", "2")
    good = run("SQLite", *details)
    database = postgres()
    if database:
        good &= run("PostgreSQL", *details, DATABASE_URL=database)
        good &= run("Journeys on PostgreSQL", "tests/journeys", "-s", TEST_DATABASE_URL=database)
    else:
        sys.stdout.write(
            "== No PostgreSQL server answers on 127.0.0.1:5432 and TEST_DATABASE_URL is not set: "
            "tested on SQLite only.\n"
        )
    good &= run("Journeys on SQLite", "tests/journeys", "-s", TEST_DATABASE_URL="")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
