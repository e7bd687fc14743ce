"""Pictures of frames with what was measured drawn on them, a scale, and the directions."""

import io
import math
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from secondopinion.imaging import rendering, rulers
from secondopinion.imaging.models import Instance

SHORTEST = 640  # pixels of the shorter side, so that lines and letters are fine
_YELLOW = (255, 184, 28)
_GROUND = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Mark:
    """One measurement: its tool, its points (see `rulers`) and the words beside it."""

    tool: str
    points: list[rulers.Point]
    label: str


def annotated(
    instance: Instance, frame: int, marks: list[Mark], *, center: float | None, width: float | None
) -> bytes:
    """Return a PNG of a frame with its marks and, where the image is calibrated, a scale bar.

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
    font = ImageFont.load_default(max(20, min(size) // 24))  # read in a column of a page
    for mark in marks:
        _draw(draw, mark, [(x * along, y * down) for x, y in mark.points], size, font)
    _scale(draw, instance, frame, along, size, font)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


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
