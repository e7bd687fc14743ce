"""Decoded pixels are those of other decoders, frame by frame, from the vault's ranges."""

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import pixel_array

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import sandbox, vault
from secondopinion.core.sandbox_pool import Pool
from secondopinion.imaging import actions, decoding, pixels, rendering
from secondopinion.imaging.models import Instance
from tests.imaging import in_child

DATA = Path(pydicom.__file__).parent / "data" / "test_files"
COMPRESSED = {
    "RLE": "SC_rgb_rle_2frame.dcm",
    "JPEG": "examples_ybr_color.dcm",
    "JPEG lossless": "SC_rgb_jpeg_gdcm.dcm",
    "JPEG-LS": "MR_small_jpeg_ls_lossless.dcm",
    "JPEG 2000": "693_J2KI.dcm",
    "deflated": "image_dfl.dcm",
    "big endian": "MR_small_bigendian.dcm",
}


def taken(case: Case, by: Person, name: str) -> Instance:
    """Take a sample file in."""
    blob = vault.put(case.vault, (DATA / name).read_bytes())
    done = actions.take_in(case=case, by=by, blobs=[(name, blob)], source="family")
    assert done.outcomes == [(name, "stored")]
    return Instance.objects.select_related("blob__space", "series__study").get(blob=blob)


@pytest.mark.parametrize("name", COMPRESSED.values(), ids=COMPRESSED.keys())
def test_a_frame_is_what_pydicom_decodes(name: str, case: Case, maria: Person) -> None:
    row = taken(case, maria, name)
    dataset = pydicom.dcmread(DATA / name)
    for number in {1, row.frames}:
        wanted = pixel_array(dataset, index=number - 1)
        data, _colours = pixels.frame(row, number)
        found = np.frombuffer(data, wanted.dtype.newbyteorder("<")).reshape(wanted.shape)
        assert np.array_equal(found, wanted)
    assert rendering.rendered(row, 1, rendering.Look(kind="jpeg"))[:2] == b"\xff\xd8"


@pytest.mark.parametrize("name", ["JPEG-lossy.dcm", "JPGExtended.dcm"])
def test_twelve_bit_jpeg_is_what_dcmtk_decodes(
    name: str, case: Case, maria: Person, tmp_path: Path
) -> None:
    assert shutil.which("dcmdjpeg"), "Debian's package dcmtk is needed"
    subprocess.run(["dcmdjpeg", DATA / name, tmp_path / "plain.dcm"], check=True)
    wanted = pydicom.dcmread(tmp_path / "plain.dcm").pixel_array
    row = taken(case, maria, name)
    data, _colours = pixels.frame(row)
    assert np.array_equal(np.frombuffer(data, "<u2").reshape(wanted.shape), wanted)
    rewritten = pydicom.dcmread(io.BytesIO(pixels.plain(row)))
    assert np.array_equal(rewritten.pixel_array, wanted)


def test_compressed_frames_are_found_by_their_places(case: Case, maria: Person) -> None:
    row = taken(case, maria, "examples_ybr_color.dcm")
    wanted = list(pydicom.encaps.generate_frames(
        pydicom.dcmread(DATA / "examples_ybr_color.dcm").PixelData, number_of_frames=row.frames
    ))  # fmt: skip
    assert [pixels.compressed(row, number) for number in (1, 2, 30)] == [
        wanted[0], wanted[1], wanted[29],
    ]  # fmt: skip


def test_what_cannot_be_decoded_is_said(case: Case, maria: Person) -> None:
    row = taken(case, maria, "JPEG2000-embedded-sequence-delimiter.dcm")
    with pytest.raises(pixels.Undecodable):
        pixels.frame(row)


def test_a_child_serves_many_calls_of_one_owner_and_no_other() -> None:
    pool = Pool(1, memory_mb=1024)
    try:
        first = [pool.run("a", in_child.process) for _call in range(3)]
        assert len(set(first)) == 1
        assert pool.run("b", in_child.process) not in first
    finally:
        pool.close()


def test_a_child_that_breaks_a_limit_is_not_asked_again() -> None:
    pool = Pool(1, memory_mb=512)
    try:
        before = pool.run("a", in_child.process)
        with pytest.raises(sandbox.Failed) as failed:
            pool.run("a", in_child.endless, cpu_s=1, wall_s=20)
        assert failed.value.reason == "time"
        with pytest.raises(sandbox.Failed) as failed:
            pool.run("a", in_child.greedy)
        assert failed.value.reason == "memory"
        with pytest.raises(sandbox.Failed) as failed:
            pool.run("a", in_child.dies)
        assert failed.value.reason == "crash"
        assert pool.run("a", in_child.process) != before
    finally:
        pool.close()


def test_pixels_are_decoded_from_a_frame_alone() -> None:
    data = (DATA / "693_J2KI.dcm").read_bytes()
    dataset = pydicom.dcmread(io.BytesIO(data))
    [encoded] = pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=1)
    head = data[: data.rfind(b"\xe0\x7f\x10\x00")]
    assert decoding.frame(head, encoded) == decoding.whole(data, 1)
