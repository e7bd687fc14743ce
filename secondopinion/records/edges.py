"""Finds the corners of a sheet of paper on a photo. Runs inside the sandbox."""

import io

SIDE = 600  # pixels at which it is looked for
WARM = ("cv2", "numpy", "PIL.ImageOps")  # see `sandbox.run`
SHARPEST, BLUNTEST = 40, 140  # degrees at the corner of a sheet; beyond is the edge of a shadow
LEAST_ALIKE = 0.6  # of opposite sides, seen aslant, the shorter to the longer
LEAST = 0.2  # of the picture: a smaller sheet is more likely a stamp or a table on it
ASIDE = 0.02  # of the picture: how far inside and outside of an edge is compared
UNLIKE = 12  # levels of a colour by which paper differs from what it lies on

Corners = list[list[float]]

# Where no edge is sure: nothing is cut away.
WHOLE: Corners = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def corners(data: bytes) -> Corners:
    """Return the four corners of the sheet as shares of the picture, from the top left clockwise.

    It is a suggestion: a person drags them to where they are.
    """
    import cv2
    import numpy as np
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    colours = cv2.GaussianBlur(np.asarray(upright), (5, 5), 0)
    high, wide = colours.shape[:2]
    best, most = None, LEAST
    for mask in _masks(colours):
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        outlines, _tree = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for outline in outlines:
            hull = cv2.convexHull(outline)
            share = cv2.contourArea(hull) / (high * wide)
            four = _four(hull)
            if four is not None and most < share < 0.98 and _is_edged(colours, four):
                best, most = four, share
    if best is None:
        return WHOLE
    return [[round(float(x) / wide, 4), round(float(y) / high, 4)] for x, y in _in_order(best)]


def _masks(colours):  # type: ignore[no-untyped-def]
    """Yield where paper may be: what is light and pale, and what edges enclose."""
    import cv2
    import numpy as np

    light = cv2.cvtColor(colours, cv2.COLOR_RGB2HSV)
    paper = cv2.subtract(light[:, :, 2], light[:, :, 1])
    yield cv2.threshold(paper, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    yield cv2.dilate(cv2.Canny(grey, 40, 120), np.ones((3, 3), np.uint8))


def _four(hull):  # type: ignore[no-untyped-def]
    """Return a hull as four points, if it is nearly a quadrilateral that a sheet could be."""
    import cv2
    import numpy as np

    around = cv2.arcLength(hull, closed=True)
    for share in (0.02, 0.04, 0.06):
        found = cv2.approxPolyDP(hull, share * around, closed=True)
        if len(found) == 4:
            four = found.reshape(4, 2)
            before, after = np.roll(four, 1, axis=0) - four, np.roll(four, -1, axis=0) - four
            sides, others = np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1)
            angles = np.degrees(np.arccos((before * after).sum(axis=1) / (sides * others)))
            alike = (sides / np.roll(sides, 2)).min() >= LEAST_ALIKE
            return four if alike and angles.min() > SHARPEST and angles.max() < BLUNTEST else None
    return None


def _is_edged(colours, four):  # type: ignore[no-untyped-def]
    """Say whether something else lies outside of the sides of a quadrilateral than within: around a
    block of letters, there is the same paper. A side may lie on the edge of the picture."""
    import numpy as np

    high, wide = colours.shape[:2]
    middle, aside = four.mean(axis=0), max(4.0, ASIDE * max(high, wide))
    for begin, end in zip(four, np.roll(four, -1, axis=0), strict=True):
        along = np.linspace(0.1, 0.9, 60)[:, None] * (end - begin) + begin
        out = np.array([begin[1] - end[1], end[0] - begin[0]]) / np.linalg.norm(end - begin)
        out = -out if (middle - begin) @ out > 0 else out
        beyond = np.rint(along + aside * out).astype(int)
        within = np.rint(along - aside * out).astype(int).clip(0, [wide - 1, high - 1])
        seen = ((beyond >= 0) & (beyond < [wide, high])).all(axis=1)
        if seen.mean() < 0.5:  # the sheet goes on beyond the picture
            continue
        there, here = beyond[seen], within[seen]
        change = colours[here[:, 1], here[:, 0]].astype(int) - colours[there[:, 1], there[:, 0]]
        if np.median(np.abs(change).max(axis=1)) < UNLIKE:
            return False
    return True


def _in_order(four):  # type: ignore[no-untyped-def]
    sums, differences = four.sum(axis=1), four[:, 1] - four[:, 0]
    return [four[sums.argmin()], four[differences.argmin()], four[sums.argmax()],
            four[differences.argmax()]]  # fmt: skip
