"""Covers parts of pictures, and takes out what is not picture. Runs inside the sandbox."""

import io

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from secondopinion.imaging import decoding
from secondopinion.imaging.confidentiality.text import Box
from secondopinion.imaging.opening import opened

_AS_THEY_ARE = frozenset({ImplicitVRLittleEndian, ExplicitVRLittleEndian})
_JPEG_START, _JPEG2000_START = b"\xff\xd8", b"\xff\x4f\xff\x51"
_COMMENT, _SCAN = 0xFE, 0xDA
_APPLICATIONS = range(0xE0, 0xF0)
_JFIF, _ADOBE, _SPIFF = 0xE0, 0xEE, 0xE8  # they say how colours and samples are coded
_BARE_JFIF = 18  # bytes of it without a small picture
_TILE_PART, _COMMENT_2000 = 0x90, 0x64


class Unsupported(Exception):
    """Pixels of a kind that is not copied; the text is a reason."""


def frames_of(dataset: Dataset) -> int:
    """Return the number of frames."""
    return max(1, int(dataset.get("NumberOfFrames") or 1))


def plain(data: bytes) -> Dataset:
    """Return an object with its pixels uncompressed, Explicit VR Little Endian."""
    return opened(io.BytesIO(decoding.plain(data)))


def masked(data: bytes, dataset: Dataset, masks: list[list[Box]]) -> Dataset:
    """Return an object whose frames are covered where `masks` (one list a frame) say.

    Where nothing is covered the pixels stay as they were stored, compressed or not.

    Raises:
        Unsupported: pixels that cannot be rewritten truly.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    covering = any(masks)
    hidden = _has_hidden_bits(dataset)
    if syntax.is_encapsulated and not covering and not hidden:
        dataset.PixelData = encapsulate(
            [_without_words(frame) for frame in _stored(dataset)], has_bot=False
        )
        dataset["PixelData"].VR = "OB"
        for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
            if keyword in dataset:
                del dataset[keyword]
        return dataset
    if syntax not in _AS_THEY_ARE:
        dataset = plain(data)
    if dataset.get("PhotometricInterpretation") == "YBR_FULL_422" and not covering:
        return dataset  # two pixels share a colour: not rewritten
    pixels = _array(dataset)
    if hidden:
        _clear_hidden_bits(dataset, pixels)
    for frame, regions in zip(pixels, masks, strict=True):
        for box in regions:
            _cover(dataset, frame, box)
    raw = pixels.tobytes()
    dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    return dataset


def _stored(dataset: Dataset) -> list[bytes]:
    return list(generate_frames(dataset.PixelData, number_of_frames=frames_of(dataset)))


def _is_colour(dataset: Dataset) -> bool:
    return int(dataset.get("SamplesPerPixel") or 1) > 1


def _array(dataset: Dataset) -> np.ndarray:
    """Return the stored values of all frames, what lies behind them left out."""
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    samples, bits = int(dataset.get("SamplesPerPixel") or 1), int(dataset.BitsAllocated)
    if bits not in {8, 16, 32} or dataset.get("PhotometricInterpretation") == "YBR_FULL_422":
        raise Unsupported("pixels")
    kind = "i" if dataset.get("PixelRepresentation") == 1 else "u"
    count = frames_of(dataset) * rows * columns * samples
    raw = dataset.PixelData[: count * bits // 8]
    if len(raw) < count * bits // 8:
        raise Unsupported("truncated")
    values = np.frombuffer(raw, np.dtype(f"<{kind}{bits // 8}")).copy()
    if samples == 1:
        return values.reshape(-1, rows, columns)
    if dataset.get("PlanarConfiguration") == 1:
        return values.reshape(-1, samples, rows, columns)
    return values.reshape(-1, rows, columns, samples)


def _cover(dataset: Dataset, frame: np.ndarray, box: Box) -> None:
    """Fill a region with what is dark: the extreme of the frame, or black."""
    region = np.s_[box.top : box.bottom, box.left : box.right]
    if not _is_colour(dataset):
        inverted = dataset.PhotometricInterpretation == "MONOCHROME1"
        frame[region] = frame.max() if inverted else frame.min()
        return
    # Of YBR it is no light and no colour.
    black = [0, 128, 128] if str(dataset.PhotometricInterpretation).startswith("YBR") else [0] * 3
    for sample, value in enumerate(black[: int(dataset.SamplesPerPixel)]):
        plane = frame[sample] if dataset.get("PlanarConfiguration") == 1 else frame[..., sample]
        plane[region] = value


def _has_hidden_bits(dataset: Dataset) -> bool:
    """Say whether overlays lie in bits of the pixels that are no part of their values (retired,
    PS3.5, 8.1.2)."""
    return any(
        int(dataset.get((group, 0x0102)).value or 0) > 0
        for group in range(0x6000, 0x6020, 2)
        if (group, 0x0102) in dataset and (group, 0x3000) not in dataset
    )


def _clear_hidden_bits(dataset: Dataset, pixels: np.ndarray) -> None:
    used, high = int(dataset.BitsStored), int(dataset.get("HighBit", dataset.BitsStored - 1))
    size = pixels.dtype.itemsize * 8
    if high != used - 1 or used >= size:
        raise Unsupported("pixels")
    # The sign runs on above the stored bits.
    pixels <<= size - used
    pixels >>= size - used


def _without_words(frame: bytes) -> bytes:
    """Return a compressed frame without the comments and application segments of its format, which
    may hold anything (ISO 10918-1, B.2.4; ISO 15444-1, A.9.2). Its picture is the same."""
    if frame.startswith(_JPEG2000_START):
        return _without(frame, 2, {_COMMENT_2000}, _TILE_PART)
    if frame.startswith(_JPEG_START):
        wordy = set(_APPLICATIONS) - {_JFIF, _ADOBE, _SPIFF} | {_COMMENT}
        return _without(frame, 2, wordy, _SCAN)
    return frame


def _without(frame: bytes, at: int, wordy: set[int], last: int) -> bytes:
    kept = bytearray(frame[:at])
    while at + 4 <= len(frame) and frame[at] == 0xFF and frame[at + 1] != last:
        if frame[at + 1] == 0xFF:  # a fill byte
            at += 1
            continue
        size = 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
        small_picture = frame[at + 1] == _JFIF and size > _BARE_JFIF
        if frame[at + 1] not in wordy and not small_picture:
            kept += frame[at : at + size]
        at += size
    return bytes(kept + frame[at:])
