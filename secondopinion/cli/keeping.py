"""`secondopinion backup`, `restore` and `vault verify`: a copy of an installation, a new one
from it, and whether its files are all there."""

from importlib import import_module
from pathlib import Path
from typing import Any

from secondopinion.core.errors import Refused


def add_to(verbs: Any) -> None:
    """Add the verbs."""
    for name, text in (
        ("backup", "copy database, vault and signing key into a folder, while it runs"),
        (
            "restore",
            "set an empty DATA_DIR (and database) up from such a copy, and read every file",
        ),
    ):
        verbs.add_parser(name, help=text).add_argument("folder", type=Path)
    files = verbs.add_parser("vault", help="the files that people sent").add_subparsers(
        dest="what", required=True
    )
    files.add_parser("verify", help="read every file that the database knows; nothing is changed")


def backup(folder: Path) -> int:
    """Copy; running again into the same folder copies only what is new of the vault."""
    return _run("backup", folder)


def restore(folder: Path) -> int:
    """Restore and check."""
    return _run("restore", folder)


def verify_vault() -> int:
    """Read every file."""
    return _run("verify_vault")


def _run(verb: str, *folders: Path) -> int:
    try:
        status: int = getattr(import_module("secondopinion.cli.keeping_verbs"), verb)(*folders)
    except OSError as error:  # no place, or no right to write or read there
        where = error.filename or " ".join(map(str, folders))
        raise Refused(f"{where}: {error.strerror}") from None
    return status
