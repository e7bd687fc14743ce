"""The images of the demonstration: a published series of a head, or the middle of it."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pydicom

MR_HEAD = Path(__file__).resolve().parent / "files" / "mr-head" / "mr-head-384.zip"


def mr_head(count: int | None, told: Mapping[str, str] | None = None) -> bytes:
    """Return a zip of the `count` slices in the middle of the published series, or of all. What is
    `told` by keyword stands in their heads instead of the stand-ins with which they were published:
    of whom they are, and when they were made."""
    with zipfile.ZipFile(MR_HEAD) as published:
        names = sorted(name for name in published.namelist() if name.endswith(".dcm"))
        if count is not None:
            start = (len(names) - count) // 2
            names = names[start : start + count]
        pack = io.BytesIO()
        with zipfile.ZipFile(pack, "w") as made:
            for name in names:
                data = published.read(name)
                made.writestr(name, _headed(data, told) if told else data)
    return pack.getvalue()


def _headed(data: bytes, told: Mapping[str, str]) -> bytes:
    image = pydicom.dcmread(io.BytesIO(data))
    image.SpecificCharacterSet = "ISO_IR 192"
    for keyword, value in told.items():
        setattr(image, keyword, value)
    out = io.BytesIO()
    image.save_as(out, enforce_file_format=True)
    return out.getvalue()
