"""Reads DICOM headers. Runs inside the sandbox: plain values in and out, nothing of Django."""

import io
import json
import math
import warnings
import zlib
from typing import Any

NATIVE = {"1.2.840.10008.1.2": 8, "1.2.840.10008.1.2.1": 12}  # bytes of the pixel element's head
MOST_METADATA = 4_000_000  # characters of JSON


def parse(data: bytes) -> dict[str, Any]:
    """Return what the house keeps of one DICOM object; ``error`` alone when it is not one.

    What pydicom has to say about odd values is not repeated: real discs are full of them, and the
    words would quote a patient.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _parse(data)
        except Exception as error:  # noqa: BLE001 - damage shows in more ways than pydicom names
            return {"error": type(error).__name__}


def _parse(data: bytes) -> dict[str, Any]:
    import pydicom

    file = io.BytesIO(data)
    dataset = pydicom.dcmread(file, stop_before_pixels=True)
    end = file.tell()
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    # A deflated data set keeps its own bytes: what follows the headers is not in this file.
    native = NATIVE.get(syntax)
    text = json.dumps(
        dataset.to_json_dict(
            suppress_invalid_tags=True,
            bulk_data_threshold=1 << 20,
            bulk_data_element_handler=lambda _element: "",
        )
    )
    if len(text) > MOST_METADATA:
        return {"error": "metadata"}
    wanted = {
        "study": str(dataset.StudyInstanceUID),
        "series": str(dataset.SeriesInstanceUID),
        "instance": str(dataset.SOPInstanceUID),
        "sop_class": str(dataset.SOPClassUID),
    }
    found: dict[str, Any] = wanted | {
        "syntax": syntax,
        "metadata": zlib.compress(text.encode(), 6),
        "study_date": str(dataset.get("StudyDate", "") or ""),
        "study_description": _text(dataset, "StudyDescription"),
        "patient_name": _text(dataset, "PatientName"),
        "patient_id": _text(dataset, "PatientID"),
        "patient_birth_date": str(dataset.get("PatientBirthDate", "") or ""),
        "patient_sex": _text(dataset, "PatientSex")[:1],
        "series_number": _whole(dataset, "SeriesNumber"),
        "series_description": _text(dataset, "SeriesDescription"),
        "modality": _text(dataset, "Modality"),
        "body_part": _text(dataset, "BodyPartExamined"),
        "number": _whole(dataset, "InstanceNumber"),
        "position": _position(dataset),
        "rows": _whole(dataset, "Rows") or 0,
        "columns": _whole(dataset, "Columns") or 0,
        "image_type": [str(each) for each in dataset.get("ImageType", None) or []],
        "thickness": _number(dataset, "SliceThickness"),
        "lossy": _text(dataset, "LossyImageCompression") == "01",
        "frames": 0, "pixel_offset": None, "frame_length": 0,
    }  # fmt: skip
    if found["rows"] and found["columns"] and len(data) > end + 8:
        found["frames"] = _whole(dataset, "NumberOfFrames") or 1
        if native:
            samples = _whole(dataset, "SamplesPerPixel") or 1
            bits = _whole(dataset, "BitsAllocated") or 16
            length = found["rows"] * found["columns"] * samples * bits // 8
            offset = end + native
            if bits % 8 == 0 and offset + length * found["frames"] <= len(data):
                found["pixel_offset"], found["frame_length"] = offset, length
    return found


def parse_all(files: list[bytes]) -> list[dict[str, Any]]:
    """Parse many objects in one child."""
    return [parse(data) for data in files]


def native_frame(data: bytes, number: int) -> tuple[bytes, str]:
    """Decode frame `number` (from 1) of a compressed object to little-endian bytes.

    Returns the bytes and the photometric interpretation after decoding.
    """
    import pydicom
    from pydicom.pixels import pixel_array

    dataset = pydicom.dcmread(io.BytesIO(data))
    array = pixel_array(dataset, index=number - 1)
    colours = str(dataset.PhotometricInterpretation)
    if array.ndim == 3:
        colours = "RGB"  # pydicom converts YBR on decoding
    return array.astype(array.dtype.newbyteorder("<")).tobytes(), colours


def _text(dataset: Any, name: str) -> str:
    return str(dataset.get(name, "") or "").replace("\x00", "").strip()


def _number(dataset: Any, name: str) -> float | None:
    try:
        value = float(dataset.get(name))
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _whole(dataset: Any, name: str) -> int | None:
    value = _number(dataset, name)
    return None if value is None or abs(value) > 2**31 else int(value)


def _position(dataset: Any) -> float | None:
    """Return the place of a slice along the normal of its plane, in mm (PS3.3 C.7.6.2.1.1)."""
    try:
        row = [float(each) for each in dataset.ImageOrientationPatient]
        place = [float(each) for each in dataset.ImagePositionPatient]
    except (AttributeError, TypeError, ValueError):
        return None
    if len(row) != 6 or len(place) != 3:
        return None
    normal = (
        row[1] * row[5] - row[2] * row[4],
        row[2] * row[3] - row[0] * row[5],
        row[0] * row[4] - row[1] * row[3],
    )
    value = sum(a * b for a, b in zip(normal, place, strict=True))
    return value if math.isfinite(value) else None
