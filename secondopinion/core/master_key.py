"""The master keys: a file outside the database, a line for each version: number, 64 hex digits."""

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def _path() -> Path:
    return Path(settings.VAULT_MASTER_KEY_FILE)


def keys() -> dict[int, bytes]:
    """Return the master keys by version; the first is made when there is no file.

    Raises:
        ValueError: the file is not such a list.
    """
    path = _path()
    if not path.exists():
        _make_first(path)
    status = path.stat()
    return dict(_read(path, status.st_mtime_ns, status.st_size))


@lru_cache(4)  # by the file's time and size: a changed file is read again
def _read(path: Path, _changed: int, _size: int) -> dict[int, bytes]:
    found = {}
    for line in path.read_text().splitlines():
        if line.strip():
            number, digits = line.split()
            key = bytes.fromhex(digits)
            if len(key) != 32:
                raise ValueError("a master key has 64 hex digits")
            found[int(number)] = key
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
    """
    return keys()[number]
