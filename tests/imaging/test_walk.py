"""The quick walk over headers says what pydicom says, or leaves it to pydicom."""

import io
import random
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.imaging import headers, walk

DATA = Path(pydicom.__file__).parent / "data"
SAMPLES = sorted(
    path
    for folder in ("test_files", "charset_files")
    for path in (DATA / folder).rglob("*")
    if path.is_file() and (path.suffix == ".dcm" or "dicomdirtests" in path.parts)
)


def both(data: bytes) -> tuple[dict[str, object] | None, dict[str, object]]:
    """Return what the walk and what pydicom say, without the DICOM JSON."""
    judged = headers.parse(data)
    judged.pop("metadata", None)
    try:
        return walk.walk(data[: 512 * 1024], len(data)), judged
    except walk.NotUnderstood:
        return None, judged


def test_pydicoms_own_samples_are_read_as_pydicom_reads_them() -> None:
    understood = 0
    for path in SAMPLES:
        quick, judged = both(path.read_bytes())
        if quick is not None:
            understood += 1
            assert quick == judged, path.name
    assert understood > 100


@given(seed=st.integers(), hits=st.integers(1, 12), cut=st.integers(0, 600))
def test_damage_is_never_read_otherwise_than_by_pydicom(seed: int, hits: int, cut: int) -> None:
    chance = random.Random(seed)
    data = bytearray((DATA / "test_files" / "CT_small.dcm").read_bytes())
    for _hit in range(hits):
        data[chance.randrange(132, 6000)] = chance.randrange(256)
    quick, judged = both(bytes(data[: len(data) - cut]))
    if quick is not None and "error" not in judged:
        for name in ("study", "series", "instance", "sop_class", "syntax"):
            assert quick[name] == judged[name]


def test_a_sequence_without_end_is_left_to_pydicom() -> None:
    dataset = pydicom.dcmread(DATA / "test_files" / "CT_small.dcm")
    inner = pydicom.Dataset()
    for _level in range(80):
        outer = pydicom.Dataset()
        outer.ReferencedStudySequence = [inner]
        outer["ReferencedStudySequence"].is_undefined_length = True
        inner = outer
    dataset.ReferencedStudySequence = [inner]
    dataset["ReferencedStudySequence"].is_undefined_length = True
    out = io.BytesIO()
    dataset.save_as(out)
    data = out.getvalue()
    assert both(data)[0] is None or both(data)[0] == both(data)[1]
    with pytest.raises(walk.NotUnderstood):
        walk.walk(data[:600], len(data))


def in_pieces(data: bytes, size: int) -> walk.Beginning:
    """Return what is kept of an object that comes in pieces of a size."""
    beginning = walk.Beginning()
    for at in range(0, len(data), size):
        beginning.add(data[at : at + size])
    return beginning


@pytest.mark.parametrize("private", [0, 40_000, 400_000, 600_000])
@pytest.mark.parametrize("size", [700, 32 * 1024, 2**20])
def test_what_comes_in_pieces_is_read_like_the_whole(private: int, size: int) -> None:
    dataset = pydicom.dcmread(DATA / "test_files" / "CT_small.dcm")
    dataset.private_block(0x0029, "SOMEBODY", create=True).add_new(0x01, "OB", b"\1" * private)
    out = io.BytesIO()
    dataset.save_as(out)
    data = out.getvalue()
    beginning = in_pieces(data, size)
    assert beginning.named()[1] == dataset.SOPInstanceUID
    if private > 512 * 1024:
        with pytest.raises(walk.NotUnderstood):
            beginning.walk(len(data))
        return
    assert beginning.walk(len(data)) == walk.walk(data, len(data))
