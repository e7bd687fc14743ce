"""Pictures of frames with what was measured drawn on them, a scale, and the directions."""

import io
import math
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from secondopinion.core.glyphs import FONTS
from secondopinion.imaging import rendering, rulers
from secondopinion.imaging.metadata import json_of
from secondopinion.imaging.models import Instance

SHORTEST = 640  # pixels of the shorter side, so that lines and letters are fine
_YELLOW = (255, 184, 28)
_GROUND = (0, 0, 0)
_FONT = FONTS / "NotoSerif-Regular.ttf"  # has what labels say: mm², °, ±
_SLANT = 0.25  # of a direction, from which it has a letter
_SQUARE = 0.01  # by which the normal of a plane may be off
_EDGES = {  # where in the picture a letter stands, and by which point of it
    "left": ((0, 0.5), "lm"), "right": ((1, 0.5), "rm"), "top": ((0.5, 0), "ma"),
    "bottom": ((0.5, 1), "md"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One measurement: its tool, its points (see `rulers`) and the words beside it."""

    tool: str
    points: list[rulers.Point]
    label: str


def annotated(
    instance: Instance, frame: int, marks: list[Mark], *, center: float | None, width: float | None
) -> bytes:
    """Return a PNG of a frame with its marks, the letters of its sides where it says how it lies
    in the patient, and a scale bar where it is calibrated.

    Raises:
        Undecodable: the pixels cannot be decoded here.
    """
    plain = rendering.rendered(instance, frame, rendering.Look(center=center, width=width))
    picture = Image.open(io.BytesIO(plain)).convert("RGB")
    factor = max(1, math.ceil(SHORTEST / min(picture.size)))
    size = (picture.width * factor, picture.height * factor)
    picture = picture.resize(size, Image.Resampling.BICUBIC)
    # The picture may have been stretched to square pixels.
    along, down = size[0] / instance.columns, size[1] / instance.rows
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(_FONT, max(20, min(size) // 24))  # read in a column of a page
    for mark in marks:
        _draw(draw, mark, [(x * along, y * down) for x, y in mark.points], size, font)
    _scale(draw, instance, frame, along, size, font)
    for side, told in sides(instance, frame).items():
        place, anchor = _EDGES[side]
        at = (4 + place[0] * (size[0] - 8), 4 + place[1] * (size[1] - 8))
        draw.text(at, told, fill=_YELLOW, font=font, anchor=anchor, stroke_width=3,
                  stroke_fill=_GROUND)  # fmt: skip
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def sides(instance: Instance, frame: int) -> dict[str, str]:
    """Return the letters of the directions in the patient (PS3.3 C.7.6.1.1.1) to which the sides of
    a frame lie, as the viewer says them; nothing where it does not tell."""
    told = rulers.of_frame(json_of(instance), frame, "00200037")
    if len(told) != 6:
        return {}
    row, column = told[:3], told[3:]
    normal = (
        row[1] * column[2] - row[2] * column[1],
        row[2] * column[0] - row[0] * column[2],
        row[0] * column[1] - row[1] * column[0],
    )
    if abs(math.hypot(*normal) - 1) > _SQUARE:
        return {}
    return {
        "left": _letters([-each for each in row]), "right": _letters(row),
        "top": _letters([-each for each in column]), "bottom": _letters(column),
    }  # fmt: skip


def _letters(way: list[float]) -> str:
    """Return the letters of a direction, at most two, that of its largest part first."""
    pairs = sorted(zip(way, ("LR", "PA", "HF"), strict=True), key=lambda pair: -abs(pair[0]))
    return "".join(both[value < 0] for value, both in pairs if abs(value) > _SLANT)[:2]


def _draw(draw: Any, mark: Mark, points: list[Any], size: tuple[int, int], font: Any) -> None:
    if mark.tool == "ellipse":
        bottom, top, left, right = points
        middle = [sum(each[axis] for each in points) / 4 for axis in (0, 1)]
        wide = [(right[axis] - left[axis]) / 2 for axis in (0, 1)]
        high = [(bottom[axis] - top[axis]) / 2 for axis in (0, 1)]
        round_it = [
            tuple(
                middle[axis] + wide[axis] * math.cos(turn) + high[axis] * math.sin(turn)
                for axis in (0, 1)
            )
            for turn in (2 * math.pi * step / 72 for step in range(73))
        ]
        _line(draw, round_it)
    elif mark.tool == "probe":
        x, y = points[0]
        _line(draw, [(x - 12, y), (x + 12, y)])
        _line(draw, [(x, y - 12), (x, y + 12)])
    else:
        _line(draw, points)
    left, top, right, bottom = draw.textbbox((0, 0), mark.label, font=font)
    x = min(max(4, max(each[0] for each in points) + 8), max(4, size[0] - (right - left) - 6))
    y = min(max(4, max(each[1] for each in points) + 4), max(4, size[1] - (bottom - top) - 10))
    draw.text((x, y), mark.label, fill=_YELLOW, font=font, stroke_width=3, stroke_fill=_GROUND)


def _line(draw: Any, points: list[Any]) -> None:
    """Draw a line that is seen on dark and on bright."""
    draw.line(points, fill=_GROUND, width=7)
    draw.line(points, fill=_YELLOW, width=3)


def _scale(
    draw: Any, instance: Instance, frame: int, along: float, size: tuple[int, int], font: Any
) -> None:
    told = rulers.measure(instance, frame, "length", [(0, 0), (1, 0)])
    if told["unit"] == "px":
        return
    each = told["length"] * (10 if told["unit"] == "cm" else 1) / along  # mm of one pixel drawn
    most = each * size[0] * 0.25
    power = 10 ** math.floor(math.log10(most))
    length = next(step * power for step in (5, 2, 1) if step * power <= most)
    label = f"{length / 10:g} cm" if length >= 10 else f"{length:g} mm"
    x, y = 16, size[1] - 16
    line = [(x, y - 8), (x, y), (x + length / each, y), (x + length / each, y - 8)]
    _line(draw, line)
    draw.text(
        (x + length / each + 10, y), label, fill=_YELLOW, font=font, anchor="ls", stroke_width=3,
        stroke_fill=_GROUND,
    )  # fmt: skip
