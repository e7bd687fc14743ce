"""Damage as strangers and scratches make it: mutations of real DICOM files, for the tests and for
`benchmarks/imaging_mutations.py`."""

import io
import os
import random
import struct
import zlib
from collections.abc import Callable
from functools import cache

import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import ExplicitVRLittleEndian

# Small real files in every encoding that pydicom ships.
SEEDS = (
    "CT_small.dcm", "MR_small.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm",
    "JPEG2000.dcm", "SC_rgb_jpeg_dcmtk.dcm", "image_dfl.dcm", "no_meta.dcm", "nested_priv_SQ.dcm",
    "reportsi.dcm", "rtplan.dcm", "UN_sequence.dcm", "examples_palette.dcm", "DICOMDIR",
)  # fmt: skip

type Mutate = Callable[[bytes, random.Random], bytes]


@cache
def seed_file(name: str) -> bytes:
    """Return a real file."""
    with open(str(get_testdata_file(name)), "rb") as file:  # noqa: PTH123 - pydicom gives a text
        return file.read()


def flip(data: bytes, chance: random.Random) -> bytes:
    """Change single bytes anywhere."""
    made = bytearray(data)
    for _hit in range(chance.randint(1, 40)):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def flip_header(data: bytes, chance: random.Random) -> bytes:
    """Change single bytes among the first two thousand."""
    made = bytearray(data)
    for _hit in range(chance.randint(1, 20)):
        made[chance.randrange(min(len(made), 2000))] = chance.randrange(256)
    return bytes(made)


def truncate(data: bytes, chance: random.Random) -> bytes:
    """Cut the end off."""
    return data[: chance.randrange(1, len(data))]


def lengths(data: bytes, chance: random.Random) -> bytes:
    """Write absurd lengths where lengths may be."""
    made = bytearray(data)
    for _hit in range(chance.randint(1, 6)):
        at = chance.randrange(0, max(1, min(len(made), 3000) - 4))
        wrong = chance.choice([0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0, 1, len(data), 2**24])
        made[at : at + 4] = struct.pack("<I", wrong)
    return bytes(made)


def cut_out(data: bytes, chance: random.Random) -> bytes:
    """Take a piece out of the middle."""
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(1, 600) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """Write a piece twice."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 400)]
    return data[:start] + piece * chance.randint(2, 20) + data[start:]


def no_meta(data: bytes, chance: random.Random) -> bytes:
    """Leave the preamble, and sometimes the meta header, away."""
    return data[132:] if chance.random() < 0.5 else data[chance.randrange(100, 400) :]


def program(data: bytes, chance: random.Random) -> bytes:
    """Put a program into the preamble."""
    head = chance.choice([b"MZ\x90\x00", b"\x7fELF", b"#!/bin/sh\n", b"II*\x00"])
    return head + data[len(head) :]


def _changed(data: bytes, change: Callable[[pydicom.Dataset], None]) -> bytes:
    row = pydicom.dcmread(io.BytesIO(data), force=True)
    change(row)
    out = io.BytesIO()
    try:
        row.save_as(out, enforce_file_format=False)
    except Exception:  # noqa: BLE001 - what cannot be written stays as it was
        return data
    return out.getvalue()


def matrix(data: bytes, chance: random.Random) -> bytes:
    """Declare another number of pixels than there is."""

    def change(row: pydicom.Dataset) -> None:
        row.Rows, row.Columns = chance.choice(
            [(1, 1), (30_000, 30_000), (65_535, 65_535), (0, 0), (1, 65_535)]
        )
        row.NumberOfFrames = chance.choice([1, 0, -1, 2**31 - 1, 10_000])
        row.BitsAllocated = chance.choice([1, 8, 16, 12, 64, 0])

    return _changed(data, change)


def places(data: bytes, chance: random.Random) -> bytes:
    """Write places, spacings and thickness that no image has."""

    def change(row: pydicom.Dataset) -> None:
        odd = ["nan", "inf", "-1e308", "0", "1e-300", "", "x", "1\\2"]
        row.add_new(0x00200032, "LO", [chance.choice(odd) for _axis in range(chance.randint(0, 4))])
        row.add_new(
            0x00200037, "LO", [chance.choice(odd) for _axis in range(chance.choice([0, 5, 6]))]
        )
        row.add_new(0x00280030, "LO", [chance.choice(odd), chance.choice(odd)])
        row.add_new(0x00180050, "LO", chance.choice(odd))

    return _changed(data, change)


def names(data: bytes, chance: random.Random) -> bytes:
    """Write names in character sets that are announced wrongly, or not at all."""

    def change(row: pydicom.Dataset) -> None:
        row.SpecificCharacterSet = chance.choice(
            ["ISO_IR 192", ["", "ISO 2022 IR 87"], ["ISO 2022 IR 999"], "GB18030", "x" * 30]
        )
        raw = bytes(chance.randrange(256) for _byte in range(chance.randint(0, 200)))
        row.add_new(0x00100010, "UN", raw)

    return _changed(data, change)


def private(data: bytes, chance: random.Random) -> bytes:
    """Add thousands of private elements."""

    def change(row: pydicom.Dataset) -> None:
        for number in range(chance.choice([200, 10_000])):
            group = 0x0009 + 2 * (number % 200)
            row.add_new((group, 0x1000 + number // 200), "LO", "x" * chance.randrange(20))

    return _changed(data, change)


def recursion(data: bytes, chance: random.Random) -> bytes:
    """Nest sequences, a few or hundreds deep."""
    deep = chance.choice([5, 40, 400])
    body = b""
    for _level in range(deep):
        item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + body + b"\xfe\xff\x0d\xe0\x00\x00\x00\x00"
        body = b"\x08\x00\x10\x11SQ\x00\x00\xff\xff\xff\xff" + item
        body += b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    head = seed_file("MR_small.dcm")
    return head[:2600] + body + data[-200:] if chance.random() < 0.5 else _start() + body


def _start() -> bytes:
    row = pydicom.dcmread(io.BytesIO(seed_file("MR_small.dcm")))
    first = pydicom.Dataset()
    first.file_meta = row.file_meta
    first.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    first.SOPClassUID, first.SOPInstanceUID = row.SOPClassUID, row.SOPInstanceUID
    out = io.BytesIO()
    first.save_as(out, enforce_file_format=True)
    return out.getvalue()


def bomb(_data: bytes, chance: random.Random) -> bytes:
    """Deflate a data set that grows far beyond what an image is."""
    whole = seed_file("image_dfl.dcm")
    length = int.from_bytes(whole[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    zeros = bytes(2**20)
    packed = b"".join(packer.compress(zeros) for _mb in range(chance.choice([8, 600])))
    return whole[: 144 + length] + packed + packer.flush()


def noise(_data: bytes, chance: random.Random) -> bytes:
    """Return nothing but noise behind ``DICM``."""
    return bytes(128) + b"DICM" + chance.randbytes(chance.randrange(1, 4000))


MUTATIONS: tuple[Mutate, ...] = (
    flip, flip_header, truncate, lengths, cut_out, repeat, no_meta, program, matrix, places, names,
    private, recursion, noise,
)  # fmt: skip


def mutated(number: int) -> tuple[str, bytes]:
    """Return the mutation of a number: the same one in every run. One in 200 is a bomb."""
    chance = random.Random(number)
    name = chance.choice(SEEDS)
    change = bomb if number % 200 == 7 else chance.choice(MUTATIONS)
    try:
        return f"{change.__name__} of {name}", change(seed_file(name), chance)
    except (ValueError, OverflowError, TypeError, AttributeError, RecursionError):
        return f"flip of {name}", flip(seed_file(name), chance)


def crash_on_empty(files: list[bytes]) -> list[dict[str, int]]:
    """Die, as a codec does, where a file is empty; runs in the sandbox."""
    if b"" in files:
        os.abort()
    return [{"length": len(data)} for data in files]
