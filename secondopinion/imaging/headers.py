"""Reads DICOM headers. Runs inside the sandbox: plain values in and out, nothing of Django."""

import io
import math
import re
import warnings
import zlib
from typing import Any, Protocol

from secondopinion.imaging.dicomjson import Teller
from secondopinion.imaging.opening import DEFLATED, Unreadable, opened

WARM = ("pydicom",)  # see `sandbox.run`
NATIVE = {"1.2.840.10008.1.2": 8, "1.2.840.10008.1.2.1": 12}  # bytes of the pixel element's head
_IDENTIFIER = re.compile(r"[0-9A-Za-z._-]{1,64}")
MOST_METADATA = 4_000_000  # characters of JSON


class Values(Protocol):
    """Attributes of the top level by keyword: a pydicom data set, or the quick walk's."""

    def get(self, name: str, default: Any = None, /) -> Any:
        """Return a value or the default."""


def parse(data: bytes, teller: Teller | None = None) -> dict[str, Any]:
    """Return what the house keeps of one DICOM object; ``error`` alone when it is not one.

    What pydicom has to say about odd values is not repeated: real discs are full of them, and the
    words would quote a patient.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _parse(data, teller or Teller())
        except Unreadable as problem:
            return {"error": str(problem)}
        except Exception as error:  # noqa: BLE001 - damage shows in more ways than pydicom names
            return {"error": type(error).__name__.replace("error", "damaged")}


def _parse(data: bytes, teller: Teller) -> dict[str, Any]:
    file = io.BytesIO(data)
    dataset = opened(file, pixels=False)
    end = file.tell()
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    # A deflated data set keeps its own bytes: what follows the headers is not in this file.
    native = NATIVE.get(syntax)
    found = summary(dataset, syntax)
    if not identified(found):
        return {"error": "identifiers"}
    found["metadata"] = _described(dataset, teller)
    if not found["metadata"]:
        return {"error": "metadata"}
    found |= {"frames": 0, "pixel_offset": None, "frame_length": 0, "header_length": end}
    if syntax == DEFLATED:
        found["header_length"] = len(data)
    pixels = len(data) > end + 8 or (syntax == DEFLATED and bool(found["bits"]))
    if found["rows"] and found["columns"] and pixels:
        found["frames"] = frames_in(dataset)
        if native:
            samples = _whole(dataset, "SamplesPerPixel") or 1
            bits = _whole(dataset, "BitsAllocated") or 16
            length = found["rows"] * found["columns"] * samples * bits // 8
            offset = end + native
            if bits % 8 == 0 and offset + length * found["frames"] <= len(data):
                found["pixel_offset"], found["frame_length"] = offset, length
    return found


def identified(found: dict[str, Any]) -> bool:
    """Say whether an object carries usable identifiers (PS3.5, section 9.1, and a little more:
    letters are met in real files)."""
    names = ("study", "series", "instance", "sop_class", "syntax")
    return all(_IDENTIFIER.fullmatch(found[each]) for each in names)


def described(head: bytes, teller: Teller) -> bytes:
    """Return the DICOM JSON (PS3.18, annex F) of an object's header, deflated; empty on damage."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _described(opened(io.BytesIO(head), pixels=False), teller)
        except Exception:  # noqa: BLE001 - damage shows in more ways than pydicom names
            return b""


def describe_all(heads: list[bytes]) -> list[bytes]:
    """Make the DICOM JSON of many headers in one child."""
    teller = Teller()
    return [described(head, teller) for head in heads]


def _described(dataset: Any, teller: Teller) -> bytes:
    """Return the DICOM JSON of a data set, deflated; empty when it is too long to keep."""
    # So that a viewer knows what it asks for (PS3.18, section 10.6).
    dataset.AvailableTransferSyntaxUID = str(dataset.file_meta.TransferSyntaxUID)
    text = teller.text(dataset)
    return zlib.compress(text.encode(), 3) if len(text) <= MOST_METADATA else b""


def bulk(data: bytes, path: str) -> bytes:
    """Return the value at ``TAG`` or ``TAG/1/TAG…`` of an object.

    Raises:
        LookupError: there is none, or it has no bytes of its own.
    """
    found: Any = opened(io.BytesIO(data))
    steps = path.split("/")
    for at, step in enumerate(steps):
        found = found[int(step) - 1] if at % 2 else found[int(step, 16)].value
    if not isinstance(found, bytes):
        raise LookupError  # noqa: TRY004 - there are no such bytes
    return found


def summary(values: Values, syntax: str) -> dict[str, Any]:
    """Return what the index keeps of an object's attributes."""
    return {
        "study": _text(values, "StudyInstanceUID"),
        "series": _text(values, "SeriesInstanceUID"),
        "instance": _text(values, "SOPInstanceUID"),
        "sop_class": _text(values, "SOPClassUID"),
        "syntax": syntax,
        "study_date": _text(values, "StudyDate"),
        "study_description": _text(values, "StudyDescription"),
        "patient_name": _text(values, "PatientName"),
        "patient_id": _text(values, "PatientID"),
        "patient_birth_date": _text(values, "PatientBirthDate"),
        "patient_sex": _text(values, "PatientSex")[:1],
        "series_number": _whole(values, "SeriesNumber"),
        "series_description": _text(values, "SeriesDescription"),
        "modality": _text(values, "Modality"),
        "body_part": _text(values, "BodyPartExamined"),
        "number": _whole(values, "InstanceNumber"),
        "position": _position(values),
        "rows": _whole(values, "Rows") or 0,
        "columns": _whole(values, "Columns") or 0,
        "bits": _whole(values, "BitsAllocated") or 0,
        "image_type": _texts(values.get("ImageType", None)),
        "thickness": _number(values, "SliceThickness"),
        "lossy": _text(values, "LossyImageCompression") == "01",
    }


def frames_in(values: Values) -> int:
    """Return how many frames an object with pixels says that it has; one where it says nothing that
    can be."""
    return max(1, _whole(values, "NumberOfFrames") or 1)


def parse_all(files: list[bytes]) -> list[dict[str, Any]]:
    """Parse many objects in one child."""
    teller = Teller()
    return [parse(data, teller) for data in files]


def _text(values: Values, name: str) -> str:
    return str(values.get(name, "") or "").replace("\x00", "").strip()


def _texts(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else [str(each).strip() for each in value]


def _number(values: Values, name: str) -> float | None:
    try:
        value = float(values.get(name))
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _whole(values: Values, name: str) -> int | None:
    value = _number(values, name)
    return None if value is None or abs(value) >= 2**31 else int(value)


def _position(values: Values) -> float | None:
    """Return the place of a slice along the normal of its plane, in mm (PS3.3 C.7.6.2.1.1)."""
    try:
        row = [float(each) for each in values.get("ImageOrientationPatient")]
        place = [float(each) for each in values.get("ImagePositionPatient")]
    except (TypeError, ValueError):
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
