"""Pictures of frames: windowed, scaled, as PNG or JPEG (PS3.18, section 8.3.5)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from secondopinion.core import vault
from secondopinion.imaging import walk
from secondopinion.imaging.metadata import first, json_of
from secondopinion.imaging.models import Instance
from secondopinion.imaging.pixels import Undecodable, frame, native

_SMALL = 512 * 1024  # bytes of a header that is read for every picture
LINEAR, EXACT, SIGMOID = "linear", "linear-exact", "sigmoid"


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is asked for; nothing said means as the file says, else the whole range.

    `viewport` is a width and a height in pixels to fit into, `region` the part of the image that is
    shown: left, top, width and height in pixels of the image. `quality` is JPEG's, 1 to 100.
    """

    kind: str = "png"
    center: float | None = None
    width: float | None = None
    function: str = LINEAR
    viewport: tuple[int, int] | None = None
    region: tuple[int, int, int, int] | None = None
    quality: int = 90


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the headers say about how pixels are shown."""

    colours: str
    signed: bool
    allocated: int
    stored: int
    slope: float
    intercept: float
    center: float | None
    width: float | None
    ratio: float  # height of a pixel by its width


def _facts(head: dict[str, Any]) -> _Facts:
    def number(tag: str) -> float | None:
        value = first(head, tag)
        return float(value) if isinstance(value, int | float) else None

    slope = number("00281053")
    spacing = head.get("00280030", {}).get("Value") or head.get("00181164", {}).get("Value") or []
    pair = len(spacing) == 2 and all(isinstance(each, int | float) and each > 0 for each in spacing)
    allocated = int(number("00280100") or 16)
    return _Facts(
        colours=str(first(head, "00280004") or ""),
        signed=first(head, "00280103") == 1,
        allocated=allocated,
        stored=int(number("00280101") or allocated),
        slope=1.0 if slope is None else slope,
        intercept=number("00281052") or 0.0,
        center=number("00281050"),
        width=number("00281051"),
        ratio=float(spacing[0]) / float(spacing[1]) if pair else 1.0,
    )


def rendered(instance: Instance, number: int = 1, look: Look | None = None) -> bytes:
    """Return a picture of a frame.

    Raises:
        Undecodable: the pixels cannot be decoded here, or have a kind that cannot be shown.
    """
    look = look or Look()
    if instance.pixel_offset is not None:
        facts, data = _native(instance, number)
        colours = facts.colours
    else:
        data, colours = frame(instance, number)
        facts = _facts(_headers(instance))
    shape = (instance.rows, instance.columns)
    try:
        if colours == "RGB":
            levels = np.frombuffer(data, np.uint8).reshape(*shape, 3)[:, :, ::-1]
        elif colours.startswith("MONOCHROME"):
            levels = _grey(data, shape, facts, look, inverse=colours == "MONOCHROME1")
        else:
            raise Undecodable
    except ValueError:
        raise Undecodable from None  # fewer bytes than the header announces
    return _encoded(_fitted(levels, facts.ratio, look), look)


def _native(instance: Instance, number: int) -> tuple[_Facts, bytes | memoryview]:
    """Return how pixels are shown, and those of a frame; one reading gives both for the first."""
    start = instance.pixel_offset or 0
    if number != 1 or start > _SMALL:
        return _facts(_headers(instance)), native(instance, number)
    data = vault.view(instance.blob, 0, start + instance.frame_length)
    try:
        head = walk.display(bytes(data[: instance.header_length + 12]), instance.header_length)
    except walk.NotUnderstood:
        head = json_of(instance)
    return _facts(head), data[start:]


def _headers(instance: Instance) -> dict[str, Any]:
    """Return the headers that say how pixels are shown; the DICOM JSON may not be there yet."""
    if not 0 < instance.header_length <= _SMALL:
        return json_of(instance)
    head = vault.read_range(instance.blob, 0, instance.header_length)
    try:
        return walk.display(head, len(head))
    except walk.NotUnderstood:
        return json_of(instance)


def _grey(
    data: bytes | memoryview, shape: tuple[int, int], facts: _Facts, look: Look, *, inverse: bool
) -> np.ndarray:
    """Return 8-bit grey levels by the window of PS3.3, section C.11.2.1."""
    size = facts.allocated // 8
    if size not in {1, 2, 4} or facts.allocated % 8:
        raise Undecodable
    stored = np.frombuffer(data, np.dtype(f"<{'i' if facts.signed else 'u'}{size}")).reshape(shape)
    center, width = look.center, look.width
    if center is None or width is None:
        center, width = facts.center, facts.width
    if center is None or width is None or width < 1:
        low, high = np.percentile(stored[::4, ::4] if stored.size > 65536 else stored, [0.5, 99.5])
        ends = sorted((low * facts.slope + facts.intercept, high * facts.slope + facts.intercept))
        center, width = (ends[0] + ends[1]) / 2, max(2.0, ends[1] - ends[0])
    window = (facts.slope, facts.intercept, float(center), float(width), look.function, inverse)
    if size == 4:
        return _levels(stored.astype(np.float64), *window)
    return _table(size, facts.signed, *window)[stored.view(f"<u{size}")]


@lru_cache(16)
def _table(
    size: int, signed: bool, *window: Any
) -> np.ndarray:  # fmt: skip
    """Return the grey level of every stored value, by its bits."""
    bits = np.arange(256**size, dtype=f"<u{size}")
    return _levels(bits.view(f"<{'i' if signed else 'u'}{size}").astype(np.float64), *window)


def _levels(
    stored: np.ndarray, slope: float, intercept: float, center: float, width: float,
    function: str, inverse: bool,
) -> np.ndarray:  # fmt: skip
    values = stored * slope + intercept
    if function == SIGMOID:
        with np.errstate(over="ignore"):
            grey = 255 / (1 + np.exp(-4 * (values - center) / width))
    elif function == EXACT:
        grey = ((values - center) / width + 0.5) * 255
    else:
        grey = ((values - (center - 0.5)) / max(width - 1, 1e-6) + 0.5) * 255
    levels = np.clip(grey, 0, 255).astype(np.uint8)
    return 255 - levels if inverse else levels


def _fitted(levels: np.ndarray, ratio: float, look: Look) -> np.ndarray:
    """Cut the region out, make pixels square (PS3.3, C.7.6.3.1.7), fit into the viewport."""
    if look.region:
        left, top, wide, high = look.region
        levels = levels[top : top + high, left : left + wide]
        if not levels.size:
            raise Undecodable
    high, wide = levels.shape[:2]
    target = (wide, max(1, round(high * ratio)))
    if look.viewport:
        scale = min(look.viewport[0] / target[0], look.viewport[1] / target[1])
        target = (max(1, round(target[0] * scale)), max(1, round(target[1] * scale)))
    if target == (wide, high):
        return levels
    smaller = target[0] * target[1] < wide * high
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(levels), target, interpolation=how)


def _encoded(levels: np.ndarray, look: Look) -> bytes:
    if look.kind == "jpeg":
        ending, options = ".jpg", [cv2.IMWRITE_JPEG_QUALITY, look.quality]
    else:
        ending, options = ".png", [cv2.IMWRITE_PNG_COMPRESSION, 1]
    done, made = cv2.imencode(ending, np.ascontiguousarray(levels), options)
    if not done:
        raise Undecodable
    return made.tobytes()
