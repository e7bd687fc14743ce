"""Backing an installation up while it runs, and restoring it.

The database is copied first, by SQLite's own back-up, as it is at one instant. The vault only ever
grows, so that what is copied after it holds every file that the database knows. The master key is
left out: whoever has the copy and not the key has nothing.
"""

import hashlib
import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from secondopinion.audit import actions as audit
from secondopinion.core import clock, master_key, vault
from secondopinion.core.errors import Refused
from secondopinion.core.models import Blob, VaultSpace

DATABASE, VAULT, SIGNING, MANIFEST = "database.sqlite3", "vault", "signing", "manifest.json"
OLDEST = (
    "SELECT master_version, wrapped_key FROM core_vaultspace WHERE wrapped_key IS NOT NULL "
    "ORDER BY created_at, id LIMIT 1"
)
NEWEST = OLDEST.replace("created_at, id", "created_at DESC, id DESC")
PIECE = 1024 * 1024  # bytes read at a time


def backup(folder: Path) -> int:
    """Copy database, vault and the signing key that the installation made.

    Raises:
        Refused: the installation keeps its data elsewhere than in SQLite and a folder.
    """
    _require_embedded()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    audit.seal()
    head = audit.head()
    copied = folder / f"{DATABASE}.new"
    copied.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(_database())) as source,
        closing(sqlite3.connect(copied)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        versions = [row[0] for row in target.execute(
            "SELECT DISTINCT master_version FROM core_vaultspace ORDER BY 1")]  # fmt: skip
    new = _copy_vault(Path(settings.VAULT_DIR), folder / VAULT)
    signing = Path(settings.DATA_DIR) / SIGNING
    if signing.is_dir():
        shutil.copytree(signing, folder / SIGNING, dirs_exist_ok=True)
    manifest = {
        "version": version("secondopinion"),
        "made_at": clock.now().isoformat(timespec="seconds"),
        "database_sha256": _digest(copied),
        "audit_head": head,
        "master_key_versions": versions,
    }
    copied.replace(folder / DATABASE)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    _say(f"Copied to {folder}: the database, {new} new files of the vault.")
    _say(f"Not in it: the master key ({settings.VAULT_MASTER_KEY_FILE}). Keep a copy of it apart.")
    return 0


def restore(folder: Path) -> int:
    """Set an empty installation up from a copy, then read every file of it.

    Raises:
        Refused: there is a database already, the copy is not whole, or the key is another one.
    """
    _require_embedded()
    target = _database()
    if target.exists() and target.stat().st_size:
        raise Refused(f"There is a database already: {target}. Restore into an empty DATA_DIR.")
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        digest = _digest(folder / DATABASE)
    except (OSError, ValueError):
        raise Refused(f"{folder} is not a copy made by secondopinion backup.") from None
    if digest != manifest["database_sha256"]:
        raise Refused(f"{folder / DATABASE} is not the file that was copied.")
    _require_key(folder / DATABASE)
    connection.close()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for beside in ("-wal", "-shm"):
        Path(f"{target}{beside}").unlink(missing_ok=True)
    shutil.copyfile(folder / DATABASE, target)
    target.chmod(0o600)
    _copy_vault(folder / VAULT, Path(settings.VAULT_DIR))
    if (folder / SIGNING).is_dir():
        shutil.copytree(folder / SIGNING, Path(settings.DATA_DIR) / SIGNING, dirs_exist_ok=True)
    call_command("migrate", verbosity=0)
    return _check(manifest)


def _require_key(database: Path) -> None:
    """Try the master key on the oldest and the newest space of a copy, before anything is written.

    Raises:
        Refused: it is not there, or does not open them.
    """
    path = Path(settings.VAULT_MASTER_KEY_FILE)
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as copy:
        spaces = [row for query in (OLDEST, NEWEST) for row in copy.execute(query)]
    if not spaces:
        return
    if not path.exists():
        raise Refused(f"{master_key.absent()} Nothing was restored.")
    try:
        fits = all(master_key.fits(number, wrapped) for number, wrapped in spaces)
    except ValueError as error:
        raise Refused(f"The master key in {path} cannot be read: {error}.") from None
    if not fits:
        raise Refused(f"The master key at {path} is not that of this copy. Nothing was restored.")


def _check(manifest: dict[str, Any]) -> int:
    """Read every file of the vault and walk the audit; say what does not hold."""
    bad = list(_unreadable())
    for line in bad:
        _say(line)
    verdict = audit.verify()
    heads = "is the one of the copy" if verdict.head == manifest["audit_head"] else "has grown"
    _say(f"The audit's chain holds: {verdict.links} links; its head {heads}."
         if verdict.holds else f"The audit's chain breaks at {verdict.broken_at}.")  # fmt: skip
    erased = VaultSpace.objects.filter(erased_at__isnull=False).count()
    _say(f"Files of the vault that can be read: {Blob.objects.count() - len(bad)}; "
         f"that cannot: {len(bad)}; cases whose key was erased: {erased}.")  # fmt: skip
    _say("An upload that was under way has to be sent again. Now run: secondopinion doctor")
    return 0 if verdict.holds and not bad else 1


def _unreadable() -> Iterator[str]:
    blobs = Blob.objects.select_related("space").filter(space__erased_at__isnull=True)
    for blob in blobs.iterator(500):
        digest = hashlib.sha256()
        try:
            with vault.open_blob(blob) as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
            if digest.hexdigest() == blob.digest:
                continue
            reason = "it is another content"
        except (OSError, ValueError, KeyError, vault.Damaged, InvalidUnwrap) as error:
            reason = type(error).__name__
        yield f"Cannot be read: file {blob.pk} ({reason}). Is this the right master key?"


def _copy_vault(source: Path, target: Path) -> int:
    """Copy what is not there yet; return how many files. Names tell contents, so none changes."""
    new = 0
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in source.glob("??/*"):
        place = target / path.relative_to(source)
        if place.exists():
            continue
        place.parent.mkdir(exist_ok=True, mode=0o700)
        fresh = place.with_suffix(".new")
        shutil.copyfile(path, fresh)
        fresh.chmod(0o600)
        fresh.replace(place)
        new += 1
    return new


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_embedded() -> None:
    if connection.vendor != "sqlite":
        raise Refused(
            "The database is PostgreSQL: back it up by pg_dump, and VAULT_DIR by your own means, "
            "the database first. See docs/operations.md."
        )
    storage = vault.storage()
    try:
        storage.path("x")
    except NotImplementedError:
        raise Refused("The vault is in an object store: back it up by its own means.") from None


def _database() -> Path:
    return Path(str(settings.DATABASES["default"]["NAME"]))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
