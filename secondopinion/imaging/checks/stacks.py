"""Sorts the planes of a series into stacks: one direction, one time point, one kind of image."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from secondopinion.imaging.checks.model import MARKS, Plane, Series

SAME_PLACE = 0.01  # mm
SAME_ANGLE = 0.5  # degrees
UNEVEN = 0.1  # of the usual step; scanners round places to a tenth of a millimetre
LEAST = 3  # planes; fewer make no stack

type Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Stack:
    """Planes of one direction; `places` are mm along their normal, in the order of `planes`."""

    normal: Vector
    planes: tuple[Plane, ...]
    places: tuple[float, ...]


def directions(series: Series) -> list[list[Plane]]:
    """Return the planes of a series by direction, the largest group first; planes without a place
    or with vectors that span no plane are left out."""
    groups: list[tuple[Vector, list[Plane]]] = []
    for plane in series.planes:
        normal = normal_of(plane)
        if normal is None or plane.place is None:
            continue
        for known, members in groups:
            if angle(known, normal) <= SAME_ANGLE:
                members.append(plane)
                break
        else:
            groups.append((normal, [plane]))
    return sorted((members for _normal, members in groups), key=len, reverse=True)


def stacked(planes: list[Plane]) -> Stack:
    """Return planes of one direction in the order of their places."""
    normal = normal_of(planes[0])
    if normal is None:
        raise ValueError("planes without a direction")
    placed = sorted(
        ((_dot(normal, plane.place), plane) for plane in planes if plane.place is not None),
        key=lambda each: (each[0], each[1].number),
    )
    return Stack(normal, tuple(each[1] for each in placed), tuple(each[0] for each in placed))


def split(planes: list[Plane]) -> list[Stack]:
    """Return the stacks of one direction: planes at the same place are told apart by the first mark
    that does so (echo, time point, b-value, …), again and again until none is left."""
    stack = stacked(planes)
    groups = grouped(stack)
    crowded = [group for group in groups if len(group) > 1]
    if len(crowded) < max(1, len(groups) // 3):
        return [stack]
    most = max(map(len, groups))
    for at in range(len(MARKS)):
        telling = sum(len({plane.marks[at] for plane in group}) > 1 for group in crowded)
        if telling < len(crowded) / 2:
            continue
        parts: dict[str, list[Plane]] = defaultdict(list)
        for plane in planes:
            parts[plane.marks[at]].append(plane)
        if len(parts) <= most and min(map(len, parts.values())) >= LEAST:
            return [inner for part in parts.values() for inner in split(part)]
    return [stack]


def grouped(stack: Stack) -> list[list[Plane]]:
    """Return the planes of a stack by place, in order."""
    groups: list[list[Plane]] = []
    last = -math.inf
    for place, plane in zip(stack.places, stack.planes, strict=True):
        if place - last <= SAME_PLACE:
            groups[-1].append(plane)
        else:
            groups.append([plane])
            last = place
    return groups


def usual_count(groups: list[list[Plane]]) -> int:
    """Return how many planes most places have."""
    return Counter(map(len, groups)).most_common(1)[0][0]


def usual_of(steps: list[float]) -> float:
    """Return the length that most steps have, the smallest of those that are equally common."""
    best, most = steps[0], 0
    for step in sorted(steps):
        count = sum(abs(other - step) <= UNEVEN * step for other in steps)
        if count > most * 1.2:
            best, most = step, count
    near = [other for other in steps if abs(other - best) <= UNEVEN * best]
    return median(near)


def usual_step(stack: Stack) -> float | None:
    """Return the step in mm that most planes of a stack are apart, or None."""
    places = sorted({round(place, 3) for place in stack.places})
    steps = [after - before for before, after in pairwise(places)]
    return usual_of(steps) if steps else None


def normal_of(plane: Plane) -> Vector | None:
    """Return the unit normal of a plane (PS3.3, C.7.6.2.1.1), or None where there is none."""
    if plane.orientation is None:
        return None
    a, b, c, d, e, f = plane.orientation
    cross = (b * f - c * e, c * d - a * f, a * e - b * d)
    size = math.hypot(*cross)
    if not 0.5 < size < 1.5:  # rows and columns are to be unit vectors at a right angle
        return None
    return cross[0] / size, cross[1] / size, cross[2] / size


def tilt(stack: Stack) -> float:
    """Return the degrees between the normal of the planes and the line on which they are stacked,
    from its first to its last."""
    first, last = stack.planes[0].place, stack.planes[-1].place
    if first is None or last is None:
        return 0.0
    step = (last[0] - first[0], last[1] - first[1], last[2] - first[2])
    size = math.hypot(*step)
    if size < SAME_PLACE:
        return 0.0
    return angle(stack.normal, (step[0] / size, step[1] / size, step[2] / size))


def angle(one: Vector, other: Vector) -> float:
    """Return the degrees between two lines, from 0 to 90."""
    return math.degrees(math.acos(min(1.0, abs(_dot(one, other)))))


def _dot(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
