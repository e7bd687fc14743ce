"""Backing an installation up while it runs, and restoring it.

The database is copied first, as it is at one instant (`dumping`). The vault only ever
grows, so that what is copied after it holds every file that the database knows. The master key is
left out: whoever has the copy and not the key has nothing.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from django.conf import settings
from django.core.management import call_command

from secondopinion.audit import actions as audit
from secondopinion.cli import dumping
from secondopinion.core import clock, master_key, vault
from secondopinion.core.errors import Refused
from secondopinion.core.models import Blob, VaultSpace

VAULT, SIGNING, MANIFEST = "vault", "signing", "manifest.json"
PIECE = 1024 * 1024  # bytes read at a time


def backup(folder: Path) -> int:
    """Copy database, vault and the signing key that the installation made.

    Raises:
        Refused: the files are elsewhere than in a folder, or the database cannot be copied.
    """
    _require_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    audit.seal()
    head, keys = audit.head(), dumping.keys()
    copied = folder / f"{dumping.name()}.new"
    dumping.copy_to(copied)
    versions = VaultSpace.objects.order_by("master_version").values_list("master_version")
    new = _copy_vault(Path(settings.VAULT_DIR), folder / VAULT)
    signing = Path(settings.DATA_DIR) / SIGNING
    if signing.is_dir():
        shutil.copytree(signing, folder / SIGNING, dirs_exist_ok=True)
    manifest = {
        "version": version("secondopinion"),
        "made_at": clock.now().isoformat(timespec="seconds"),
        "database_sha256": _digest(copied),
        "audit_head": head,
        "master_key_versions": [number for (number,) in versions.distinct()],
        "keys": keys,
    }
    copied.replace(folder / dumping.name())
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    _say(f"Copied to {folder}: the database, {new} new files of the vault.")
    _say(f"Not in it: the master key ({settings.VAULT_MASTER_KEY_FILE}). Keep a copy of it apart.")
    _say("Nor the settings and what signs links (SECRET_KEY, or secret-key in DATA_DIR): with "
         "another one, links that were mailed do not open any more.")  # fmt: skip
    return 0


def restore(folder: Path) -> int:
    """Set an empty installation up from a copy, then read every file of it.

    Raises:
        Refused: there is a database already, the copy is not whole, or the key is another one.
    """
    _require_folder()
    dumping.require_empty()
    copy = folder / dumping.name()
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        digest, keys = _digest(copy), manifest["keys"]
    except (OSError, ValueError, KeyError):
        raise Refused(
            f"{folder} is not a copy of such a database made by this version of secondopinion "
            "backup."
        ) from None
    if digest != manifest["database_sha256"]:
        raise Refused(f"{copy} is not the file that was copied.")
    _require_key(keys)
    dumping.restore_from(copy)
    _copy_vault(folder / VAULT, Path(settings.VAULT_DIR))
    if (folder / SIGNING).is_dir():
        shutil.copytree(folder / SIGNING, Path(settings.DATA_DIR) / SIGNING, dirs_exist_ok=True)
    call_command("migrate", verbosity=0)
    return _check(manifest)


def _require_key(keys: list[list[Any]]) -> None:
    """Try the master key on the oldest and the newest space of a copy, before anything is written.

    Raises:
        Refused: it is not there, or does not open them.
    """
    path = Path(settings.VAULT_MASTER_KEY_FILE)
    if not keys:
        return
    if not path.exists():
        raise Refused(f"{master_key.absent()} Nothing was restored.")
    try:
        fits = all(master_key.fits(number, bytes.fromhex(wrapped)) for number, wrapped in keys)
    except ValueError as error:
        raise Refused(f"The master key in {path} cannot be read: {error}.") from None
    if not fits:
        raise Refused(f"The master key at {path} is not that of this copy. Nothing was restored.")


def _check(manifest: dict[str, Any]) -> int:
    """Read every file of the vault and walk the audit; say what does not hold."""
    readable = verify_vault() == 0
    verdict = audit.verify()
    heads = "is the one of the copy" if verdict.head == manifest["audit_head"] else "has grown"
    _say(f"The audit's chain holds: {verdict.links} links; its head {heads}."
         if verdict.holds else f"The audit's chain breaks at {verdict.broken_at}.")  # fmt: skip
    _say("An upload that was under way has to be sent again. Now run: secondopinion doctor")
    return 0 if verdict.holds and readable else 1


def verify_vault() -> int:
    """Read every file that the database knows; say which cannot be read."""
    bad = list(_unreadable())
    for line in bad:
        _say(line)
    erased = VaultSpace.objects.filter(erased_at__isnull=False).count()
    _say(f"Files of the vault that can be read: {Blob.objects.count() - len(bad)}; "
         f"that cannot: {len(bad)}; cases whose key was erased: {erased}.")  # fmt: skip
    return 1 if bad else 0


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
        except FileNotFoundError:
            yield f"Not there: file {blob.pk}. Copy VAULT_DIR again, after the database."
            continue
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


def _require_folder() -> None:
    try:
        vault.storage().path("x")
    except NotImplementedError:
        raise Refused("The vault is in an object store: back it up by its own means.") from None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
