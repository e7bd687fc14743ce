"""What a measurement on an image comes to, from the original pixels and headers.

Points are pixel coordinates (column, row), (0.5, 0.5) the centre of the first pixel, as in the
structured reports of DICOM (PS3.3 C.18.6.1.2).
"""

import math
from typing import Any

import numpy as np

from secondopinion.imaging import pixels
from secondopinion.imaging.metadata import json_of
from secondopinion.imaging.models import Instance

POINTS = {"length": 2, "angle": 3, "ellipse": 4, "probe": 1}
_CENTIMETRES = 3  # PS3.3 C.8.5.5.1.15: physical units of an ultrasound region

Point = tuple[float, float]
Headers = dict[str, Any]


def measure(instance: Instance, frame: int, tool: str, points: list[Point]) -> dict[str, Any]:
    """Return what `tool` measures: ``length`` or ``area`` with their ``unit`` (mm, cm, or px where
    the image is not calibrated), ``angle`` in degrees, and of the pixels inside an ellipse or at a
    point ``mean``, ``deviation``, ``least``, ``most`` or ``value`` with ``value_unit`` (HU or
    nothing).

    Raises:
        Undecodable: the values cannot be read here.
    """
    head = json_of(instance)
    down, along, unit = _spacing(head, frame, points)
    scaled = [(column * along, row * down) for column, row in points]
    if tool == "length":
        return {"length": math.dist(*scaled), "unit": unit}
    if tool == "angle":
        # The middle point is the corner. An angle needs square pixels, not their size.
        return {"angle": _angle(*scaled)}
    values = _values(instance, frame, head)
    told: dict[str, Any] = {"unit": unit, "value_unit": _value_unit(head, frame)}
    if tool == "probe":
        column, row = (math.floor(each) for each in points[0])
        inside = 0 <= row < instance.rows and 0 <= column < instance.columns
        if values is not None and inside:
            told["value"] = float(values[row, column])
        return told
    bottom, top, left, right = scaled
    told["area"] = math.pi * math.dist(top, bottom) * math.dist(left, right) / 4
    inner = None if values is None else values[_inside(points, values.shape)]
    if inner is not None and inner.size:
        told |= {
            "mean": float(inner.mean()),
            "deviation": float(inner.std(ddof=1)) if inner.size > 1 else 0.0,
            "least": float(inner.min()),
            "most": float(inner.max()),
            "pixels": int(inner.size),
        }
    return told


def _angle(first: Point, corner: Point, last: Point) -> float:
    one = math.atan2(first[1] - corner[1], first[0] - corner[0])
    two = math.atan2(last[1] - corner[1], last[0] - corner[0])
    between = abs(math.degrees(one - two)) % 360
    return min(between, 360 - between)


def _inside(points: list[Point], shape: tuple[int, ...]) -> np.ndarray:
    """Return which pixel centres lie in the ellipse whose axes end at the four points."""
    bottom, top, left, right = (np.array(each) for each in points)
    centre = (bottom + top + left + right) / 4
    axes = np.stack([(right - left) / 2, (bottom - top) / 2], axis=1)
    if abs(np.linalg.det(axes)) < 1e-9:
        return np.zeros(shape, bool)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    away = np.stack([columns + 0.5 - centre[0], rows + 0.5 - centre[1]]).reshape(2, -1)
    return (np.square(np.linalg.solve(axes, away)).sum(axis=0) <= 1 + 1e-9).reshape(shape)


def _values(instance: Instance, frame: int, head: Headers) -> np.ndarray | None:
    """Return the rescaled values of a frame, rows × columns; None of a picture in colour."""
    data, _colours = pixels.frame(instance, frame)
    if (_number(head, frame, "00280002") or 1) > 1:
        return None
    size = int(_number(head, frame, "00280100") or 16)
    used = int(_number(head, frame, "00280101") or size)
    kind = "i" if _number(head, frame, "00280103") == 1 else "u"
    stored = np.frombuffer(data, np.dtype(f"<{kind}{size // 8}"))
    # What lies above the stored bits is not of the value (PS3.5, 8.1.1).
    stored = (stored << (size - used)) >> (size - used)
    slope = _number(head, frame, "00281053")
    values = stored.astype(np.float64) * (1 if slope is None else slope)
    return (values + (_number(head, frame, "00281052") or 0)).reshape(
        instance.rows, instance.columns
    )


def _value_unit(head: Headers, frame: int) -> str:
    """Return HU only where a CT says how its values become them (PS3.3 C.11.1)."""
    if _first(head, "00080060") != "CT" or _number(head, frame, "00281053") is None:
        return ""
    return "HU" if (_first(head, "00281054") or "HU") == "HU" else ""


def _spacing(head: Headers, frame: int, points: list[Point]) -> tuple[float, float, str]:
    """Return the distance between rows and between columns, and its unit."""
    spacing = of_frame(head, frame, "00280030")
    if len(spacing) == 2 and all(each > 0 for each in spacing):
        return spacing[0], spacing[1], "mm"
    for region in head.get("00186011", {}).get("Value") or []:
        left, top, right, bottom = (
            _number(region, 1, tag) or 0 for tag in ("00186018", "0018601A", "0018601C", "0018601E")
        )
        units = {_number(region, 1, "00186024"), _number(region, 1, "00186026")}
        along, down = _number(region, 1, "0018602C"), _number(region, 1, "0018602E")
        inside = all(left <= x <= right and top <= y <= bottom for x, y in points)
        if inside and units == {_CENTIMETRES} and along and down:
            return abs(down), abs(along), "cm"
    return 1.0, 1.0, "px"


def _first(head: Headers, tag: str) -> Any:
    return (head.get(tag, {}).get("Value") or [None])[0]


def _numbers(head: Headers, tag: str) -> list[float]:
    found = []
    for each in head.get(tag, {}).get("Value") or []:
        try:
            value = float(each)
        except (TypeError, ValueError):
            return []
        if not math.isfinite(value):
            return []
        found.append(value)
    return found


def of_frame(head: Headers, frame: int, tag: str) -> list[float]:
    """Return the numbers of a tag: of the functional groups of a frame (from 1) before the
    instance's own (PS3.3 C.7.6.16)."""
    for sequence, index in (("52009230", frame - 1), ("52009229", 0)):
        items = head.get(sequence, {}).get("Value") or []
        for group in (items[index] if index < len(items) else {}).values():
            for item in group.get("Value") or []:
                if isinstance(item, dict) and (found := _numbers(item, tag)):
                    return found
    return _numbers(head, tag)


def _number(head: Headers, frame: int, tag: str) -> float | None:
    found = of_frame(head, frame, tag)
    return found[0] if found else None
