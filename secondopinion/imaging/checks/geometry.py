"""Checks of a series' geometry: gaps, spacing, thickness, doubles, directions, times, ends."""

from itertools import pairwise
from statistics import median

from secondopinion.findings.found import INFO, WARNING, Found, gettext_noop
from secondopinion.imaging.checks import stacks
from secondopinion.imaging.checks.model import Plane, Series, Study
from secondopinion.imaging.checks.roles import VOLUME
from secondopinion.imaging.checks.stacks import Stack

NAME = "geometry@2"
LEAST = 5  # planes; fewer say nothing about their spacing
LEAST_UNEVEN = 0.15  # mm
MOST_MISSING = 0.6  # of the steps; beyond, the spacing is called irregular
RUN = 4  # steps of one length in a row are meant so
TILTED = 0.5  # degrees
MOST_LISTED = 200  # instances in one finding
# Images made from others lie as their maker liked: turning views, thick overlapping slabs.
_MADE = {"PROJECTION IMAGE", "MIP", "MINIP", "MIN IP", "VRT", "MPR CURVED", "CPR", "RADIAL"}

GAPS = gettext_noop("Some images in the middle of a series are missing.")
SEND_AGAIN = gettext_noop("Ask for the whole disc or folder once more, and send all of it.")
UNEVEN_WORDS = gettext_noop(
    "The distance between the images of a series is not the same throughout."
)
THICKNESSES = gettext_noop("The images of a series are not all equally thick.")
DOUBLE = gettext_noop("A series holds more than one image of the same place.")
DIRECTIONS = gettext_noop("A series holds images in more than one direction.")
TILT = gettext_noop("The scanner was tilted. Pictures built from these slices must allow for that.")
TIMES = gettext_noop("A series was taken several times over, and one of the times is incomplete.")
CUT = gettext_noop("A series seems to be cut off: images at its beginning or its end are missing.")
INFORMATION = gettext_noop("You need not do anything. The specialist will be told.")
ASK_WHY = gettext_noop(
    "Ask the hospital that made the images whether this is all of them. If not, send the rest."
)


def check(series: Series, study: Study | None = None) -> list[Found]:
    """Return what is wrong with the geometry of a series; nothing where it is no volume."""
    if series.role != VOLUME or _MADE & {each for row in series.images for each in row.image_type}:
        return []
    found = _mixed(series)
    for planes in stacks.directions(series):
        if len(planes) < stacks.LEAST:
            continue
        parts = stacks.split(planes)
        found += _doubles(series, parts)
        found += _times(series, parts)
        for stack in _distinct(parts):
            found += _spacing(series, stack)
            found += _thickness(series, stack)
            found += _tilt(series, stack)
    gaps = any(each.code == "missing-slices" for each in found)
    return _once(found) + _ends(series, study, has_gaps=gaps)


def _where(series: Series, planes: list[Plane]) -> dict[str, object]:
    instances = list(dict.fromkeys(plane.image for plane in planes))
    return {"study": series.study, "series": series.uid, "instances": instances[:MOST_LISTED]}


def _once(found: list[Found]) -> list[Found]:
    """Return the first finding of each code and place: twenty time points lack the same slice."""
    seen: dict[tuple[str, str], Found] = {}
    for each in found:
        seen.setdefault((each.code, repr(each.measured)), each)
    return list(seen.values())


def _distinct(parts: list[Stack]) -> list[Stack]:
    """Return stacks with one plane for each place."""
    rows = []
    for stack in parts:
        groups = stacks.grouped(stack)
        if len(groups) >= LEAST:
            rows.append(stacks.stacked([group[0] for group in groups]))
    return rows


def _mixed(series: Series) -> list[Found]:
    groups = stacks.directions(series)
    if len(groups) < 2 or len(groups[0]) < stacks.LEAST:
        return []
    rest = [plane for group in groups[1:] for plane in group]
    # Several whole stacks are how a spine or a knee is imaged; single planes astray are not.
    meant = all(len(group) >= stacks.LEAST for group in groups)
    return [
        Found(
            "mixed-orientation", INFO if meant else WARNING, DIRECTIONS,
            INFORMATION if meant else ASK_WHY, _where(series, rest),
            {"directions": len(groups), "images": [len(group) for group in groups][:20]}, 0.9,
        )
    ]  # fmt: skip


def _doubles(series: Series, parts: list[Stack]) -> list[Found]:
    extra: list[Plane] = []
    for stack in parts:
        groups = stacks.grouped(stack)
        usual = stacks.usual_count(groups)
        for group in groups:
            # Two contents under one UID are a conflict, which is said elsewhere. The frames of one
            # object share its UID, and lie at one place only by mistake.
            frames = {(plane.image, plane.number): plane for plane in group}
            extra += list(frames.values())[usual:]
    if not extra:
        return []
    return [
        Found("duplicate-position", WARNING, DOUBLE, ASK_WHY, _where(series, extra),
              {"images": len(extra)}, 0.9)
    ]  # fmt: skip


def _times(series: Series, parts: list[Stack]) -> list[Found]:
    """Find time points (echoes, b-values, phases) that lack places which the others have."""
    lacking: list[Plane] = []
    missing = 0
    for stack in parts:
        groups = stacks.grouped(stack)
        usual = stacks.usual_count(groups)
        short = [group for group in groups if len(group) < usual]
        lacking += [plane for group in short for plane in group]
        missing += sum(usual - len(group) for group in short)
    if len(parts) > 1:
        sizes = [len(stacks.grouped(stack)) for stack in parts]
        whole = max(set(sizes), key=sizes.count)
        for stack, size in zip(parts, sizes, strict=True):
            if size < whole:
                missing += whole - size
                lacking += stack.planes
    declared = max((_count(row.head.get("time_points")) for row in series.images), default=0)
    at = stacks.MARKS.index("00200100")
    present = len({plane.marks[at] for plane in series.planes if plane.marks[at]})
    gone = declared - present if 1 < present < declared else 0
    if not missing and not gone:
        return []
    return [
        Found("time-point-missing", WARNING, TIMES, SEND_AGAIN, _where(series, lacking),
              {"images": missing, "time_points": gone}, 0.9)
    ]  # fmt: skip


def _spacing(series: Series, stack: Stack) -> list[Found]:
    steps = [after - before for before, after in pairwise(stack.places)]
    usual = stacks.usual_of(steps)
    odd = [
        at for at, step in enumerate(steps)
        if abs(step - usual) > max(stacks.UNEVEN * usual, LEAST_UNEVEN)
    ]  # fmt: skip
    if not odd:
        return []
    measured = {
        "min_mm": round(min(steps), 3), "median_mm": round(median(steps), 3),
        "max_mm": round(max(steps), 3),
    }  # fmt: skip
    gaps = [at for at in odd if _is_gap(steps, at, usual, stack)]
    found = []
    if gaps and len(gaps) <= MOST_MISSING * len(steps):
        lost = sum(round(steps[at] / usual) - 1 for at in gaps)
        planes = [stack.planes[at + side] for at in gaps for side in (0, 1)]
        jump = all(abs(stack.planes[at + 1].number - stack.planes[at].number) > 1 for at in gaps)
        found.append(
            Found("missing-slices", WARNING, GAPS, SEND_AGAIN, _where(series, planes),
                  measured | {"gaps": len(gaps), "missing": lost}, 0.97 if jump else 0.8)
        )  # fmt: skip
        odd = [at for at in odd if at not in set(gaps)]
    if odd:
        planes = [stack.planes[at + side] for at in odd for side in (0, 1)]
        found.append(
            Found("irregular-spacing", WARNING, UNEVEN_WORDS, ASK_WHY, _where(series, planes),
                  measured | {"steps": len(odd)}, 0.95)
        )  # fmt: skip
    return found


def _is_gap(steps: list[float], at: int, usual: float, stack: Stack) -> bool:
    """Say whether a long step is where slices were: a multiple of the usual one, neither one of a
    run of its like nor as long as the slices there are thick."""
    step = steps[at]
    times = round(step / usual)
    if times < 2 or abs(step - times * usual) > stacks.UNEVEN * usual * max(1.0, times / 4):
        return False
    beside = [
        other for other in range(max(0, at - RUN), min(len(steps), at + RUN + 1))
        if abs(steps[other] - step) <= stacks.UNEVEN * step
    ]  # fmt: skip
    run = sum(1 for _each in beside)
    thick = stack.planes[at + 1].thickness or stack.planes[at].thickness
    others = stack.planes[0].thickness or thick
    grown = bool(
        thick and others and thick > 1.5 * usual and abs(thick - step) <= stacks.UNEVEN * step
    )
    return not (run > RUN or grown)


def _thickness(series: Series, stack: Stack) -> list[Found]:
    known = sorted({round(each.thickness, 2) for each in stack.planes if each.thickness})
    if len(known) < 2 or known[-1] - known[0] <= max(0.05, 0.02 * known[0]):
        return []
    usual = median(each.thickness for each in stack.planes if each.thickness)
    odd = [each for each in stack.planes if each.thickness and abs(each.thickness - usual) > 0.02]
    return [
        Found("variable-thickness", WARNING, THICKNESSES, INFORMATION, _where(series, odd),
              {"min_mm": known[0], "median_mm": round(usual, 3), "max_mm": known[-1]}, 1.0)
    ]  # fmt: skip


def _tilt(series: Series, stack: Stack) -> list[Found]:
    degrees = stacks.tilt(stack)
    if degrees <= TILTED:
        return []
    return [
        Found("gantry-tilt", INFO, TILT, INFORMATION, _where(series, []),
              {"tilt_degrees": round(degrees, 2)}, 0.95)
    ]  # fmt: skip


def _ends(series: Series, study: Study | None, *, has_gaps: bool) -> list[Found]:
    """Find series that hold fewer images than they declare, or do not begin at their first."""
    numbers = sorted({row.number for row in series.images if row.number is not None})
    present = len(series.images)
    if present < 2 or len(series.planes) < LEAST:
        return []
    declared = max((_declared(series, name) for name in ("in_series", "slices")), default=0)
    in_acquisition = _declared(series, "in_acquisition")
    if len({row.head.get("acquisition") for row in series.images}) == 1:
        declared = max(declared, in_acquisition)
    where = _where(series, [series.planes[0], series.planes[-1]])
    before = numbers[0] - 1 if numbers else 0
    inside = numbers[-1] - numbers[0] + 1 - len(numbers) if numbers else 0
    if declared > present and declared - present > (inside if has_gaps else 0):
        return [Found("series-cut-off", WARNING, CUT, SEND_AGAIN, where,
                      {"declared": declared, "present": present}, 0.9)]  # fmt: skip
    elsewhere = study is not None and any(
        row.number == before
        for other in study.series
        if other is not series
        for row in other.images
    )  # numbers that go on from series to series
    if not declared and 0 < before <= present and not inside and not elsewhere:
        return [Found("series-cut-off", WARNING, CUT, ASK_WHY, where,
                      {"first_number": numbers[0], "present": present}, 0.6)]  # fmt: skip
    return []


def _declared(series: Series, name: str) -> int:
    return max((_count(row.head.get(name)) for row in series.images), default=0)


def _count(value: object) -> int:
    try:
        found = int(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return 0
    return found if 0 < found < 100_000 else 0
