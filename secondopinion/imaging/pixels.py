"""Pixels of stored instances: uncompressed frames by range, compressed ones decoded in the sandbox,
and a rendered picture of a frame."""

import io
from typing import Any

import numpy as np
from PIL import Image

from secondopinion.core import sandbox, vault
from secondopinion.imaging import headers
from secondopinion.imaging.metadata import first, json_of
from secondopinion.imaging.models import Instance


class Undecodable(Exception):
    """The pixels cannot be decoded here; showing wrong values is worse than none."""


def frame(instance: Instance, number: int = 1) -> tuple[bytes, str]:
    """Return the little-endian bytes of frame `number` (from 1) and how its colours are meant.

    Raises:
        Undecodable: no such frame, or a codec that is not here.
    """
    if not 1 <= number <= instance.frames:
        raise Undecodable
    if instance.pixel_offset is not None:
        with vault.open_blob(instance.blob) as file:
            file.seek(instance.pixel_offset + (number - 1) * instance.frame_length)
            data = file.read(instance.frame_length)
        return data, str(first(json_of(instance), "00280004") or "")
    try:
        data, colours = sandbox.run(
            headers.native_frame, vault.read(instance.blob), number, memory_mb=2048
        )
    except sandbox.Failed:
        raise Undecodable from None
    return data, colours


def rendered(
    instance: Instance,
    number: int = 1,
    *,
    center: float | None = None,
    width: float | None = None,
    longest: int | None = None,
) -> bytes:
    """Return a PNG of a frame: windowed by `center` and `width`, else as the file says, else whole.

    `longest` bounds the longer side in pixels.

    Raises:
        Undecodable: the pixels cannot be decoded here.
    """
    data, colours = frame(instance, number)
    head = json_of(instance)
    shape = (instance.rows, instance.columns)
    if colours == "RGB":
        array = np.frombuffer(data, np.uint8).reshape(*shape, 3)
        picture = Image.fromarray(array, "RGB")
    elif colours.startswith("MONOCHROME"):
        picture = Image.fromarray(_windowed(data, shape, head, center, width, colours), "L")
    else:
        raise Undecodable
    picture = _square(picture, head)
    if longest:
        picture.thumbnail((longest, longest))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def window_of(instance: Instance) -> tuple[float | None, float | None]:
    """Return the window centre and width that the file itself asks for."""
    head = json_of(instance)
    return first(head, "00281050"), first(head, "00281051")


def _windowed(
    data: bytes,
    shape: tuple[int, int],
    head: dict[str, Any],
    center: float | None,
    width: float | None,
    colours: str,
) -> np.ndarray:
    """Return 8-bit grey levels by the linear window of PS3.3 C.11.2.1.2."""
    kind = "i" if first(head, "00280103") == 1 else "u"
    size = int(first(head, "00280100") or 16) // 8
    stored = np.frombuffer(data, np.dtype(f"<{kind}{size}")).reshape(shape).astype(np.float32)
    slope, intercept = first(head, "00281053"), first(head, "00281052")
    values = stored * float(slope if slope is not None else 1) + float(intercept or 0)
    if center is None or width is None:
        center, width = first(head, "00281050"), first(head, "00281051")
    if center is None or width is None or width <= 1:
        low, high = np.percentile(values, [0.5, 99.5])
        center, width = float(low + high) / 2, max(2.0, float(high - low))
    grey = ((values - (center - 0.5)) / (width - 1) + 0.5) * 255
    grey = np.clip(grey, 0, 255).astype(np.uint8)
    return 255 - grey if colours == "MONOCHROME1" else grey


def _square(picture: Image.Image, head: dict[str, Any]) -> Image.Image:
    """Stretch a picture whose pixels are not square (PS3.3 C.7.6.3.1.7: row spacing first)."""
    spacing = head.get("00280030", {}).get("Value") or head.get("00181164", {}).get("Value")
    if not spacing or len(spacing) != 2 or not all(spacing) or spacing[0] == spacing[1]:
        return picture
    ratio = float(spacing[0]) / float(spacing[1])
    wide, high = picture.size
    return picture.resize((wide, max(1, round(high * ratio))), Image.Resampling.BILINEAR)
