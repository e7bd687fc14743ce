"""Looks at objects and copies them without names. Runs inside the sandbox: plain values in and out.

Two rounds: what stands in the pixels of a whole series is known before its first copy is made.
"""

import io
import json
import warnings
from collections.abc import Callable
from typing import Any

from secondopinion.imaging.confidentiality import attributes, masking
from secondopinion.imaging.confidentiality.attributes import Options
from secondopinion.imaging.confidentiality.text import Box, boxes
from secondopinion.imaging.opening import opened

WARM = ("pydicom.pixels", "pydicom.pixels.decoders", "cv2")  # see `sandbox.run`
MOST_PIXELS = 512 * 1024**2  # bytes of one object once its pixels are uncompressed
_CAPTURES = "1.2.840.10008.5.1.4.1.1.7"  # secondary capture and its multi-frame kinds
_ULTRASOUND = "US"


def look_all(files: list[bytes]) -> list[dict[str, Any]]:
    """Return of each object its series, what it is, and where text stands in its frames; or
    ``left_out`` and a reason. Nothing of what is returned names a person, but descriptions."""
    return [_safely(_look, data) for data in files]


def packed(
    data: bytes, masks: list[list[tuple[int, ...]]], face: bool, options: dict[str, Any]
) -> bytes:
    """Return an object with how it is copied: its masks frame by frame, whether its series shows a
    face, and the options (see `attributes.Options`, the secret in hexadecimal)."""
    order = json.dumps({"masks": masks, "face": face, "options": options}).encode()
    return len(order).to_bytes(8, "big") + order + data


def copy_all(files: list[bytes]) -> list[dict[str, Any]]:
    """Return a copy of each packed object with what was changed: ``data``, ``study``, ``series``,
    ``modality``, ``tags`` (tag, action, count), ``notices``; or ``left_out`` and a reason."""
    return [_safely(_copy, file) for file in files]


def _safely(function: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*arguments)
        except masking.Unsupported as problem:
            return {"left_out": str(problem)}
        except MemoryError:
            return {"left_out": "too-large"}
        except Exception:  # noqa: BLE001 - damage shows in more ways than pydicom names
            return {"left_out": "damaged"}


def _look(data: bytes) -> dict[str, Any]:
    from pydicom.pixels import pixel_array

    dataset = opened(io.BytesIO(data))
    reason = _no_picture(dataset)
    if reason:
        return {"left_out": reason}
    found = []
    for index in range(masking.frames_of(dataset)):
        try:
            frame = pixel_array(dataset, index=index)
        except Exception:  # noqa: BLE001 - what cannot be seen cannot be said to be free of names
            if index or not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
                raise masking.Unsupported("undecodable") from None
            dataset = masking.plain(data)  # by another decoder
            frame = pixel_array(dataset, index=index)
        seen = boxes(frame) + _beside_regions(dataset)
        found.append([each.plain for each in seen])
    return {
        "study": str(dataset.StudyInstanceUID),
        "series": str(dataset.SeriesInstanceUID),
        "modality": str(dataset.get("Modality") or ""),
        "number": str(dataset.get("SeriesNumber") or ""),
        "body": " ".join(
            str(dataset.get(each) or "")
            for each in ("BodyPartExamined", "StudyDescription", "SeriesDescription")
        ),
        "capture": str(dataset.SOPClassUID).startswith(_CAPTURES),
        "size": (int(dataset.Rows), int(dataset.Columns)),
        "declared": str(dataset.get("BurnedInAnnotation") or "").upper() == "YES",
        "regions": bool(_regions(dataset)),
        "text": found,
    }


def _no_picture(dataset: Any) -> str:
    if "PixelData" not in dataset or not dataset.get("Rows") or not dataset.get("Columns"):
        return "no-picture"
    if dataset.get("BitsAllocated") not in {8, 16, 32} or dataset.get("Modality") == "SEG":
        return "pixels"
    size = dataset.Rows * dataset.Columns * int(dataset.get("SamplesPerPixel") or 1)
    if size * dataset.BitsAllocated // 8 * masking.frames_of(dataset) > MOST_PIXELS:
        return "too-large"
    return ""


def _regions(dataset: Any) -> list[tuple[int, ...]]:
    """Return where an ultrasound scanner says that its pictures are (PS3.3 C.8.5.5)."""
    if dataset.get("Modality") != _ULTRASOUND:
        return []
    keywords = ("RegionLocationMinX0", "RegionLocationMinY0", "RegionLocationMaxX1",
                "RegionLocationMaxY1")  # fmt: skip
    items = dataset.get("SequenceOfUltrasoundRegions") or []
    found = [tuple(int(item.get(each) or 0) for each in keywords) for item in items]
    return [each for each in found if each[2] > each[0] and each[3] > each[1]]


def _beside_regions(dataset: Any) -> list[Box]:
    """Return the four edges around all regions of an ultrasound picture: there scanners write."""
    regions = _regions(dataset)
    if not regions:
        return []
    wide, high = int(dataset.Columns), int(dataset.Rows)
    left, top = (min(each[at] for each in regions) for at in (0, 1))
    right, bottom = (max(each[at] for each in regions) + 1 for at in (2, 3))
    edges = [Box(0, 0, wide, top), Box(0, bottom, wide, high), Box(0, top, left, bottom),
             Box(right, top, wide, bottom)]  # fmt: skip
    return [each for each in edges if each.right > each.left and each.bottom > each.top]


def _copy(file: bytes) -> dict[str, Any]:
    size = 8 + int.from_bytes(file[:8], "big")
    order, data = json.loads(file[8:size]), file[size:]
    given = order["options"]
    options = Options(
        **given | {"names": tuple(given["names"]), "secret": bytes.fromhex(given["secret"])}
    )
    regions = [[Box(*each) for each in frame] for frame in order["masks"]]
    dataset = masking.masked(data, opened(io.BytesIO(data)), regions)
    changes = attributes.clean(dataset, options)
    if order["face"]:
        dataset.RecognizableVisualFeatures = "YES"
    elif "RecognizableVisualFeatures" in dataset:
        del dataset.RecognizableVisualFeatures
    return {
        "data": _written(dataset),
        "study": str(dataset.StudyInstanceUID),
        "series": str(dataset.SeriesInstanceUID),
        "modality": str(dataset.get("Modality") or ""),
        "tags": [(tag, action, count) for (tag, action), count in sorted(changes.tags.items())],
        "notices": sorted(changes.notices),
    }


def _written(dataset: Any) -> bytes:
    """Return the file: with a meta header of its own, and nothing before it."""
    from pydicom.dataset import FileMetaDataset

    meta = FileMetaDataset()
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta, dataset.preamble = meta, b"\0" * 128
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()
