"""The images of the demonstration: a published series of a head, or the middle of it."""

import io
import zipfile
from pathlib import Path

MR_HEAD = Path(__file__).resolve().parent / "files" / "mr-head" / "mr-head-384.zip"


def mr_head(count: int | None) -> bytes:
    """Return a zip of the `count` slices in the middle of the published series, or of all."""
    with zipfile.ZipFile(MR_HEAD) as published:
        names = sorted(name for name in published.namelist() if name.endswith(".dcm"))
        if count is not None:
            start = (len(names) - count) // 2
            names = names[start : start + count]
        pack = io.BytesIO()
        with zipfile.ZipFile(pack, "w") as made:
            for name in names:
                made.writestr(name, published.read(name))
    return pack.getvalue()
