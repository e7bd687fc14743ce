"""Measures decoded pixels. Runs inside the sandbox: plain values in and out, nothing of Django.

What the numbers mean is said by `checks.pixels`; here they are only taken.
"""

import io
import math
import struct
import warnings
from typing import Any

import numpy as np

from secondopinion.imaging.confidentiality import text
from secondopinion.imaging.opening import opened

WARM = ("pydicom.pixels", "pydicom.pixels.decoders", "cv2")  # see `sandbox.run`
VERSION = "2"  # of these numbers: another one has them taken again
PROGRAMS = (b"MZ", b"\x7fELF", b"#!")  # what a preamble must not be (PS3.10, 7.1)
MOST_PIXELS = 64 * 1024**2  # of one frame; beyond, nothing is decoded
LEAST_ROOM = 1 / 24  # of an image, on a side of an object, to say what lies there
MOST_FRAMES = 5  # of one instance, spread over it


def measure(data: bytes) -> dict[str, Any] | None:
    """Return the numbers of one DICOM object; None when it holds no pixels; ``error`` and a word
    (``truncated``, ``too-large``, ``no-decoder``, ``damaged``) when they cannot be decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _measure(data)
        except MemoryError:
            return {"error": "too-large"}
        except Exception as error:  # noqa: BLE001 - damage shows in more ways than pydicom names
            return {"error": "no-decoder" if isinstance(error, NotImplementedError) else "damaged"}


def measure_all(files: list[bytes]) -> list[dict[str, Any] | None]:
    """Measure many objects in one child; ``program`` marks those whose first bytes are one's."""
    return [_marked(measure(data), data) for data in files]


def _marked(numbers: dict[str, Any] | None, data: bytes) -> dict[str, Any] | None:
    return numbers | {"program": True} if numbers and data.startswith(PROGRAMS) else numbers


def _measure(data: bytes) -> dict[str, Any] | None:
    from pydicom.pixels import get_decoder, pixel_array

    dataset = opened(io.BytesIO(data))
    if "PixelData" not in dataset or not dataset.get("Rows") or not dataset.get("Columns"):
        return None
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    frames = max(1, int(dataset.get("NumberOfFrames", 1) or 1))
    if rows * columns * int(dataset.get("SamplesPerPixel", 1) or 1) > MOST_PIXELS:
        return {"error": "too-large"}
    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_encapsulated:
        bits = rows * columns * int(dataset.SamplesPerPixel) * int(dataset.BitsAllocated) * frames
        if str(dataset.PhotometricInterpretation) != "YBR_FULL_422" and (
            len(dataset.PixelData) < bits // 8
        ):
            return {"error": "truncated"}
    elif not get_decoder(syntax).is_available:
        return {"error": "no-decoder"}
    elif not _as_declared(dataset.PixelData, rows, columns):
        return {"error": "damaged"}
    wanted = sorted({round(at) for at in np.linspace(0, frames - 1, min(frames, MOST_FRAMES))})
    padding = dataset.get("PixelPaddingValue")
    phase = str(dataset.get("InPlanePhaseEncodingDirection", "") or "")
    return {
        "frames": [
            numbers_of(pixel_array(dataset, index=at), padding=padding, phase=phase)
            for at in wanted
        ],
        "bytes": len(dataset.PixelData),
        "colour": str(dataset.PhotometricInterpretation),
    }  # fmt: skip


def _as_declared(packed: bytes, rows: int, columns: int) -> bool:
    """Say whether a compressed frame has the size that the header declares, where its first bytes
    tell it: codecs are not to be trusted with what does not fit (JPEG: ISO 10918-1, B.2.2; JPEG
    2000: ISO 15444-1, A.5.1)."""
    at = packed.find(b"\xff\x4f\xff\x51", 0, 4096)
    if at >= 0:
        wide, high, left, top = struct.unpack_from(">4I", packed, at + 8)
        return (high - top, wide - left) == (rows, columns)
    at = packed.find(b"\xff\xd8", 0, 4096) + 2
    while 2 <= at < len(packed) - 9 and packed[at] == 0xFF:
        kind = packed[at + 1]
        if (0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}) or kind == 0xF7:
            return struct.unpack_from(">HH", packed, at + 5) == (rows, columns)
        at += 2 + int.from_bytes(packed[at + 2 : at + 4], "big")
    return True  # run lengths, or nothing that is known


def numbers_of(array: np.ndarray, *, padding: Any = None, phase: str = "") -> dict[str, float]:
    """Return the numbers of one frame: rows × columns, or rows × columns × 3.

    low, high: the extremes. levels: distinct values (up to 4,096 looked at). top: the share of
    pixels at the highest value. spike: how many times more there are than just below. noise: the
    standard deviation of noise in the object. contrast: between the darkest and brightest tenth of
    its tissues. ghost: what lies beside the object in the phase direction, as a share of its
    signal, -1 where it cannot be told. letters: shapes that stand in lines as letters do.
    """
    grey = array.astype(np.float32)
    if grey.ndim == 3:
        grey = grey[..., :3].mean(axis=2)
    if isinstance(padding, int | float):
        grey = np.where(grey == padding, grey[grey != padding].min(initial=0), grey)
    low, high = float(grey.min()), float(grey.max())
    found = {
        "low": low, "high": high,
        "levels": float(len(np.unique(grey[:: max(1, grey.shape[0] // 64)]))),
        "top": 0.0, "spike": 0.0, "noise": 0.0, "contrast": 0.0, "ghost": -1.0, "letters": 0.0,
        "body": 0.0,
    }  # fmt: skip
    if high <= low or min(grey.shape) < 16:
        return found
    at_top = int((grey >= high).sum())
    below = int(((grey < high) & (grey >= high - (high - low) / 50)).sum())
    found["top"] = at_top / grey.size
    found["spike"] = at_top / max(1.0, below / 10)
    found |= _noise(grey, low)
    found["ghost"] = _ghost(grey - low, phase)
    found["letters"] = float(letters(grey, low, high))
    return {name: round(value, 5) if math.isfinite(value) else 0.0 for name, value in found.items()}


def _noise(grey: np.ndarray, low: float) -> dict[str, float]:
    """Estimate noise by the diagonal detail of 2 × 2 blocks, its median absolute deviation over
    0.6745 (Donoho and Johnstone 1994), inside the object only."""
    high_row, high_column = grey.shape[0] // 2 * 2, grey.shape[1] // 2 * 2
    even = grey[:high_row, :high_column]
    a, b, c, d = even[::2, ::2], even[::2, 1::2], even[1::2, ::2], even[1::2, 1::2]
    detail, mean = (a - b - c + d) / 2, (a + b + c + d) / 4
    strong = float(np.percentile(mean, 99)) - low
    body = mean > low + 0.12 * strong
    if body.sum() < 64:
        return {"noise": 0.0, "contrast": 0.0, "body": float(body.mean())}
    inside = mean[body]
    return {
        "noise": float(np.median(np.abs(detail[body]))) / 0.6745,
        "contrast": float(np.percentile(inside, 90) - np.percentile(inside, 10)),
        "body": float(body.mean()),
    }


def _ghost(grey: np.ndarray, phase: str) -> float:
    """Return how bright it is on both sides of the object in the phase direction, beyond what is
    beside it in the other, as a share of its signal (after Mortamet 2009); -1 where it cannot be
    told. Ghosts lie on both sides: of two sides the darker one counts, since a neck or an arm
    leaves the image on one."""
    if phase not in {"ROW", "COL"}:
        return -1.0
    if phase == "ROW":
        grey = grey.T  # phase runs along rows: turn it upright
    strong = float(np.percentile(grey, 98))
    body = grey > 0.45 * strong  # brighter than most ghosts
    box = _extent(body, 0.0)
    if box is None:
        return -1.0
    along = _beside(grey, box)
    if not along:
        # Strong ghosts on both sides are taken for the object: only lines count that hold much.
        box = _extent(body, 0.25) or box
        along = _beside(grey, box)
    beside = _beside(grey.T, (*box[2:], *box[:2]))
    if len(along) < 2 or not beside:
        return -1.0  # the object fills the image, or leaves it with no room on one side
    if not any(each.any() for each in (*along, *beside)):
        return -1.0  # the background was cut out
    ghost = min(float(np.median(each)) for each in along)
    ghost -= min(float(np.median(each)) for each in beside)
    return max(0.0, ghost) / max(1e-6, strong)


def _beside(grey: np.ndarray, box: tuple[int, int, int, int]) -> list[np.ndarray]:
    """Return what lies above and below an object, each where there is room enough."""
    top, bottom, left, right = box
    room = max(4.0, LEAST_ROOM * len(grey))
    sides = ((top, grey[:top, left:right]), (len(grey) - bottom, grey[bottom:, left:right]))
    return [side for lines, side in sides if lines >= room]


def _extent(body: np.ndarray, least: float) -> tuple[int, int, int, int] | None:
    """Return the first and last line and column of an object, with a margin; lines count that hold
    a share ``least`` of what the fuller ones do."""
    found = []
    for axis in (1, 0):
        share = body.mean(axis=axis)
        lines = np.flatnonzero(share > max(0.05, least * float(np.percentile(share, 90))))
        if len(lines) < 16:
            return None
        found += [max(0, int(lines[0]) - 4), int(lines[-1]) + 5]
    top, bottom, left, right = found
    return top, bottom, left, right


def letters(grey: np.ndarray, low: float, high: float) -> int:
    """Count shapes of the highest value that stand in lines as letters do."""
    top = grey >= high - (high - low) * 0.002
    if not 0 < top.mean() < 0.08:
        return 0
    return sum(text.longest(line) for line in text.lines(top))
