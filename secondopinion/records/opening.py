"""What a file carries beside its pages; nothing of it is unpacked."""

import io
import zipfile

from secondopinion.core import kinds


def hides_a_zip(kind: str, data: bytes) -> bool:
    """Say whether a file that is no zip can also be opened as one: two files in one."""
    return kind not in {kinds.WORD, kinds.ODT} and zipfile.is_zipfile(io.BytesIO(data))


def has_macros(data: bytes) -> bool:
    """Say whether a Word file carries programs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
