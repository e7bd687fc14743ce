"""Opens DICOM objects as they come: without preamble or meta header, deflated without end. Runs
inside the sandbox."""

import io
import zlib
from typing import Any

MOST_INFLATED = 512 * 1024**2  # bytes that a deflated data set may grow to
PIECE = 1024 * 1024
DEFLATED = "1.2.840.10008.1.2.1.99"
_SYNTAXES = {  # by (implicit, little-endian)
    (True, True): "1.2.840.10008.1.2",
    (False, True): "1.2.840.10008.1.2.1",
    (False, False): "1.2.840.10008.1.2.2",
}


class Unreadable(Exception):
    """Not a DICOM object that can be opened; the text is ``bomb`` or ``not-dicom``."""


def opened(file: io.BytesIO, *, pixels: bool = True) -> Any:
    """Return the pydicom data set of an object, with a transfer syntax in its meta header.

    Raises:
        Unreadable: it would inflate beyond `MOST_INFLATED`, or names no object.
    """
    import pydicom

    data = file.getbuffer()
    if DEFLATED.encode() in bytes(data[:2048]):
        _bear(data)
    del data
    file.seek(0)
    dataset = pydicom.dcmread(file, stop_before_pixels=not pixels, force=True)
    if "SOPInstanceUID" not in dataset:
        raise Unreadable("not-dicom")
    meta = getattr(dataset, "file_meta", None)
    if meta is None:
        meta = pydicom.dataset.FileMetaDataset()
        dataset.file_meta = meta
    if not meta.get("TransferSyntaxUID"):
        implicit, little = dataset.original_encoding
        meta.TransferSyntaxUID = pydicom.uid.UID(
            _SYNTAXES.get((bool(implicit), bool(little)), _SYNTAXES[True, True])
        )
    return dataset


def _bear(data: memoryview) -> None:
    """Inflate a data set piece by piece, keeping nothing, to know how large it would be."""
    length = int.from_bytes(data[140:144], "little")  # of the meta header (PS3.10, section 7.1)
    inflater, grown = zlib.decompressobj(-zlib.MAX_WBITS), 0
    rest: bytes = bytes(data[144 + length :])
    while rest and not inflater.eof:
        try:
            grown += len(inflater.decompress(rest, PIECE))
        except zlib.error:
            return  # damaged: what reads it says so
        rest = inflater.unconsumed_tail
        if grown > MOST_INFLATED:
            raise Unreadable("bomb")
