"""The database in a back-up: SQLite by its own back-up, PostgreSQL by pg_dump and pg_restore.

Both copy it as it is at one instant, while it is used.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from secondopinion.core.errors import Refused
from secondopinion.core.models import VaultSpace

SQLITE, POSTGRES = "database.sqlite3", "database.dump"


def name() -> str:
    """Return the name of the file that a copy of this database has."""
    return SQLITE if connection.vendor == "sqlite" else POSTGRES


def copy_to(path: Path) -> None:
    """Write the database into a new file.

    Raises:
        Refused: pg_dump is not there, or says no.
    """
    path.unlink(missing_ok=True)
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(_place())) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    else:
        path.touch(mode=0o600)
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")


def restore_from(path: Path) -> None:
    """Set the empty database up from such a file.

    Raises:
        Refused: pg_restore is not there, or says no; then nothing of it was written.
    """
    connection.close()
    if connection.vendor != "sqlite":
        _run(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error",
            "--single-transaction", f"--dbname={connection.settings_dict['NAME']}", str(path),
        )  # fmt: skip
        return
    place = _place()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for beside in ("-wal", "-shm"):
        Path(f"{place}{beside}").unlink(missing_ok=True)
    shutil.copyfile(path, place)
    place.chmod(0o600)


def require_empty() -> None:
    """Find no database here yet.

    Raises:
        Refused: there is one.
    """
    if connection.vendor == "sqlite":
        place = _place()
        if place.exists() and place.stat().st_size:
            raise Refused(f"There is a database already: {place}. Restore into an empty DATA_DIR.")
    elif connection.introspection.table_names():
        raise Refused(
            "The database that DATABASE_URL names is not empty: make a new one, and name it there."
        )


def keys() -> list[list[Any]]:
    """Return version and wrapped key (hexadecimal) of the oldest and the newest space: what a
    master key is tried on before anything is restored."""
    rows = VaultSpace.objects.filter(wrapped_key__isnull=False)
    found = [rows.order_by(*order).first() for order in (("created_at", "pk"), ("-created_at",))]
    return [[row.master_version, bytes(row.wrapped_key or b"").hex()] for row in found if row]


def _run(program: str, *words: str) -> None:
    """Run a program of PostgreSQL on this database; its password goes by the environment."""
    arguments, environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    # The name of the database comes last there; pg_restore takes it in another way.
    where = arguments[1:-1] if program == "pg_restore" else arguments[1:]
    try:
        done = subprocess.run(
            [program, *words[:-1], *where, words[-1]], env=os.environ | (environment or {}),
            text=True, capture_output=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise Refused(
            f"{program} is not on this machine: install the client of PostgreSQL, of the server’s "
            "version or a later one."
        ) from None
    if done.returncode:
        said = next(iter(done.stderr.splitlines()), "")
        raise Refused(f"{program} ended with {done.returncode}: {said}")


def _place() -> Path:
    return Path(str(settings.DATABASES["default"]["NAME"]))
