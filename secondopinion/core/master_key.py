"""The master keys: a file outside the database, a line for each version: number, 64 hex digits."""

import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from django.conf import settings
from django.db import connection

from secondopinion.core.errors import Unusable
from secondopinion.core.models import VaultSpace

SPACES = "core_vaultspace"  # the table of `VaultSpace`


def _path() -> Path:
    return Path(settings.VAULT_MASTER_KEY_FILE)


def keys() -> dict[int, bytes]:
    """Return the master keys by version; a fresh installation's first one is made.

    Raises:
        Unusable: there is no file, and this is not a fresh installation.
        ValueError: the file is not such a list.
    """
    path = _path()
    if not path.exists():
        _require_fresh(path)
        _make_first(path)
    status = path.stat()
    return dict(_read(path, status.st_mtime_ns, status.st_size))


def absent() -> str:
    """Return the sentence for an operator whose file is not there."""
    return f"The master key is not at {_path()}: put your copy there."


def require() -> None:
    """Look whether the keys can be used, and make nothing.

    Raises:
        Unusable: they cannot be read, or are not there and this is not a fresh installation.
    """
    path = _path()
    if not path.exists():
        _require_fresh(path)
        return
    try:
        keys()
    except (OSError, ValueError) as error:
        raise Unusable(f"The master key in {path} cannot be read: {error}") from None


def _require_fresh(path: Path) -> None:
    # Looked at once more: another process may have made key and first space in the meantime.
    if (settings.VAULT_MASTER_KEY_NAMED or _is_used()) and not path.exists():
        raise Unusable(absent())


def _is_used() -> bool:
    """Say whether anything was ever wrapped; before `migrate` there is nothing."""
    there = SPACES in connection.introspection.table_names()
    return there and VaultSpace.objects.exists()


def fits(number: int, wrapped: bytes) -> bool:
    """Say whether a space's key can be unwrapped (RFC 3394, 2.2.3: a wrong key is noticed)."""
    try:
        aes_key_unwrap(version(number), wrapped)
    except (KeyError, InvalidUnwrap):
        return False
    return True


@lru_cache(4)  # by the file's time and size: a changed file is read again
def _read(path: Path, _changed: int, _size: int) -> dict[int, bytes]:
    found = {}
    for line in path.read_text().splitlines():
        if line.strip():
            try:
                number, digits = line.split()
                found[int(number)] = bytes.fromhex(digits)
            except ValueError:  # its own words would quote the key
                raise ValueError("a line is a number, a blank and 64 hex digits") from None
    if any(len(key) != 32 for key in found.values()):
        raise ValueError("a master key has 64 hex digits")
    if not found:
        raise ValueError("the file of master keys is empty")
    return found


def _make_first(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"1 {os.urandom(32).hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)  # the first process wins, the others read its key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def newest() -> tuple[int, bytes]:
    """Return the version and the key under which new spaces are wrapped."""
    found = keys()
    number = max(found)
    return number, found[number]


def version(number: int) -> bytes:
    """Return the master key of a version.

    Raises:
        KeyError: it is not in the file.
        Unusable: there is no file.
    """
    return keys()[number]
