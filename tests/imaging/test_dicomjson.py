"""DICOM JSON of many objects told together is what each would be told alone."""

import io
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest

from secondopinion.imaging.dicomjson import Teller
from secondopinion.imaging.opening import opened
from tests.imaging.test_images import slices


def objects() -> Iterator[tuple[str, bytes]]:
    """Yield a series, and every object that comes with pydicom: odd ones, private ones."""
    yield from slices(180, 186).items()
    for path in sorted(Path(pydicom.__file__).parent.glob("data/test_files/*.dcm")):
        yield path.name, path.read_bytes()


def told(data: bytes, teller: Teller) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return teller.text(opened(io.BytesIO(data), pixels=False))
        except Exception:  # noqa: BLE001 - what cannot be opened is not told at all
            return None


def test_what_is_known_of_others_changes_nothing() -> None:
    together, compared = Teller(), 0
    for name, data in [*objects(), *objects()]:
        alone = told(data, Teller())
        assert told(data, together) == alone, name
        compared += alone is not None
    assert compared > 60


@pytest.mark.parametrize("signed", [0, 1])
def test_the_same_bytes_are_read_by_what_their_object_says(signed: int) -> None:
    """The padding value 0xF830 is -2000 or 63536 as pixels are signed or not."""
    together = Teller()
    for representation in (signed, 1 - signed):
        dataset = pydicom.dcmread(io.BytesIO(next(iter(slices(180, 181).values()))))
        dataset.PixelRepresentation = representation
        if representation:
            dataset.add_new(0x00280120, "SS", -2000)
        else:
            dataset.add_new(0x00280120, "US", 63536)
        out = io.BytesIO()
        dataset.save_as(out, implicit_vr=True, enforce_file_format=False)
        row = json.loads(told(out.getvalue(), together) or "{}")["00280120"]
        assert row["Value"] == [-2000 if representation else 63536]
