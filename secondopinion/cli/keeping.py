"""`secondopinion backup` and `restore`: a copy of an installation, and a new one from it."""

from importlib import import_module
from pathlib import Path
from typing import Any

from secondopinion.core.errors import Refused


def add_to(verbs: Any) -> None:
    """Add the two verbs."""
    for name, text in (
        ("backup", "copy database, vault and signing key into a folder (SQLite)"),
        ("restore", "set an empty DATA_DIR up from such a copy, and check every file of it"),
    ):
        verbs.add_parser(name, help=text).add_argument("folder", type=Path)


def backup(folder: Path) -> int:
    """Copy; running again into the same folder copies only what is new of the vault."""
    return _run("backup", folder)


def restore(folder: Path) -> int:
    """Restore and check."""
    return _run("restore", folder)


def _run(verb: str, folder: Path) -> int:
    try:
        status: int = getattr(import_module("secondopinion.cli.keeping_verbs"), verb)(folder)
    except OSError as error:  # no place, or no right to write or read there
        raise Refused(f"{error.filename or folder}: {error.strerror}") from None
    return status
