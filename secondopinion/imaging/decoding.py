"""Decodes pixels. Runs inside the sandbox: plain values in and out, nothing of Django."""

import io
import os
import warnings
from typing import Any

PLAIN = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"})
# What pip's wheels decode; others are said to be undecodable here (PS3.5, annex A).
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
DECODED_FROM_FRAMES = frozenset({
    "1.2.840.10008.1.2.5",  # RLE
    "1.2.840.10008.1.2.4.50", JPEG_EXTENDED, "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81",  # JPEG-LS
    "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91",  # JPEG 2000
    "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203",  # HTJ2K
})  # fmt: skip


def frame(head: bytes, encoded: bytes) -> tuple[bytes, str]:
    """Decode one frame from an object's header and the frame's own bytes.

    Returns little-endian pixels, colour by pixel, and how the colours are meant.
    """
    import pydicom
    from pydicom.encaps import encapsulate

    dataset = pydicom.dcmread(io.BytesIO(head), stop_before_pixels=True)
    dataset.NumberOfFrames = 1
    dataset.PixelData = encapsulate([encoded], has_bot=False)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return _decoded(dataset, 0)


def whole(data: bytes, number: int) -> tuple[bytes, str]:
    """Decode frame `number` (from 1) of a whole object."""
    import pydicom

    return _decoded(pydicom.dcmread(io.BytesIO(data)), number - 1)


def _decoded(dataset: Any, index: int) -> tuple[bytes, str]:
    from pydicom.pixels import pixel_array

    colours = str(dataset.PhotometricInterpretation)
    if _is_deep_jpeg(dataset):
        frames = _by_gdcm(dataset)
        size = len(frames) // int(dataset.get("NumberOfFrames") or 1)
        return frames[index * size : (index + 1) * size], colours
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array = pixel_array(dataset, index=index)
    if array.ndim == 3:
        colours = "RGB"  # pydicom converts YBR on decoding
    return array.astype(array.dtype.newbyteorder("<")).tobytes(), colours


def _is_deep_jpeg(dataset: Any) -> bool:
    """Say whether this is 12-bit JPEG: GDCM alone decodes it, and pydicom does not ask it to."""
    return bool(
        dataset.file_meta.TransferSyntaxUID == JPEG_EXTENDED
        and dataset.BitsStored > 8
        and dataset.get("SamplesPerPixel", 1) == 1
    )


def _by_gdcm(dataset: Any) -> bytes:
    """Return the pixels of all frames, two bytes each, little-endian.

    GDCM reads files: this one is in memory and has no name in any folder.

    Raises:
        ValueError: GDCM cannot, or gives another number of bytes than the header announces.
    """
    import gdcm

    handle = os.memfd_create("object")
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            dataset.save_as(file)
        reader = gdcm.ImageReader()
        reader.SetFileName(f"/proc/self/fd/{handle}")
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.ExplicitVRLittleEndian))
        if not reader.Read():
            raise ValueError("unreadable")
        change.SetInput(reader.GetImage())
        if not change.Change():
            raise ValueError("undecodable")
        found: bytes = change.GetOutput().GetBuffer().encode("utf-8", "surrogateescape")
    finally:
        os.close(handle)
    frames = int(dataset.get("NumberOfFrames") or 1)
    if len(found) != dataset.Rows * dataset.Columns * 2 * frames:
        raise ValueError("another length")
    return found


def plain(data: bytes) -> bytes:
    """Return an object rewritten with uncompressed pixels, Explicit VR Little Endian."""
    import pydicom
    from pydicom.filewriter import dcmwrite

    dataset = pydicom.dcmread(io.BytesIO(data))
    syntax = dataset.file_meta.TransferSyntaxUID
    little = pydicom.uid.ExplicitVRLittleEndian
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if _is_deep_jpeg(dataset):
            pixels = _by_gdcm(dataset)
            dataset.PixelData = pixels
            dataset["PixelData"].VR = "OW"
            dataset["PixelData"].is_undefined_length = False
        elif syntax.is_encapsulated:
            dataset.decompress(generate_instance_uid=False)
        elif not syntax.is_little_endian and dataset.BitsAllocated > 8:
            import numpy as np

            words = np.frombuffer(dataset.PixelData, f">u{dataset.BitsAllocated // 8}")
            dataset.PixelData = words.byteswap().tobytes()
        dataset.file_meta.TransferSyntaxUID = little
        out = io.BytesIO()
        dcmwrite(out, dataset, implicit_vr=False, little_endian=True, force_encoding=True)
    return out.getvalue()
