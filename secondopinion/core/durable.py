"""Making files durable: each by itself, or many by one sync of their file system."""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_FEW = 3  # up to here each by itself costs less than a sync that may wait for others' data
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync(files: Iterable[Path]) -> None:
    """Make files of one file system durable, and their names in their folders.

    Raises:
        OSError: the disk did not take them.
    """
    paths = list(files)
    if _libc is not None and len(paths) > _FEW:
        _sync_file_system(paths[0])
        return
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    for folder in {each for path in paths for each in (path.parent, path.parent.parent)}:
        sync_folder(folder)


def _sync_file_system(path: Path) -> None:
    """Sync the file system of a path: syncfs(2), which tells of failed writes since Linux 5.8."""
    handle = os.open(path, os.O_RDONLY)
    try:
        if _libc is not None and _libc.syncfs(handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(handle)
