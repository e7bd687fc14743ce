"""Runs every test: on SQLite, then on PostgreSQL where a server answers, then the journeys."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import tools

ROOT = Path(__file__).resolve().parent.parent
LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
MEMORY, ENOUGH = Path("/dev/shm"), 6 * 1024**3  # a file system in memory, bytes free there
# Processes are killed by tests, machines are not: nothing has to outlive a loss of power. So no
# file is synced (`eatmydata`), and no server of databases waits for its disk.
UNSYNCED = "-c synchronous_commit=off"


def postgres() -> str:
    """Return the address of a PostgreSQL server to test on, or nothing."""
    if "TEST_DATABASE_URL" in os.environ:
        return os.environ["TEST_DATABASE_URL"]
    try:
        with socket.create_connection(("127.0.0.1", 5432), timeout=1):
            return LOCAL_POSTGRES
    except OSError:
        return ""


def place() -> Path | None:
    """Return where files of tests lie: in memory where there is room, for syncs cost nothing."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH:
        return MEMORY
    return None


def run(title: str, *arguments: str, **environment: str) -> bool:
    """Run pytest once and say how long it took."""
    sys.stdout.write(f"== {title}\n")
    sys.stdout.flush()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="second-opinion-", dir=place()) as folder:
        status = subprocess.run(
            ["eatmydata", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
             "--durations=20", *arguments],
            cwd=ROOT, check=False,
            env={**os.environ, "DATA_DIR": folder, "TMPDIR": folder, **environment},
        ).returncode  # fmt: skip
    sys.stdout.write(f"== {title}: {time.monotonic() - started:.0f} s\n")
    return status == 0


def main() -> int:
    """Run all of it; every part runs even when an earlier one failed."""
    tools.ensure()
    workers = max(2, min(4, os.process_cpu_count() or 2))
    details = ("tests", "--ignore", "tests/journeys", "-n", str(workers))
    good = run("SQLite", *details)
    database = postgres()
    if database:
        good &= run("PostgreSQL", *details, DATABASE_URL=database, PGOPTIONS=UNSYNCED)
        good &= run(
            "Journeys on PostgreSQL", "tests/journeys", "-s",
            TEST_DATABASE_URL=database, PGOPTIONS=UNSYNCED,
        )  # fmt: skip
    else:
        sys.stdout.write(
            "== No PostgreSQL server answers on 127.0.0.1:5432 and TEST_DATABASE_URL is not set: "
            "tested on SQLite only.\n"
        )
    good &= run("Journeys on SQLite", "tests/journeys", "-s", TEST_DATABASE_URL="")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
