"""Measures the picture of a page. Runs inside the sandbox: plain values in and out.

What the numbers mean is said by `checks.legibility`; here they are only taken. Lengths are pixels
of the picture as it is measured, its longer side at most `LONGEST`; grey levels go from 0 to 255;
regions are ``[left, top, right, bottom]`` as fractions of the page.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

VERSION = "3"  # of these numbers: another one has them taken again
LONGEST = 2400
SHRUNK = 8  # the light of a page is estimated at an eighth of its size
SMEAR_WIDTH, SMEAR_DEPTH = 240, 12  # pixels; grey levels below the paper
GRAINY = 6.0  # grey levels of noise beyond which a page is smoothed first
WAVY = 150.0  # strength of a pattern beyond which it is
FADED = 60  # grey levels by which letters beside a glare are paler than the darkest ones
LIGHTLESS = 24  # grey levels: on paper that is darker than this nothing can stand out
SUM_OF_TABLE = 3689  # of the standard's table for brightness
STEEPEST = 20.0  # degrees of skew that are looked for

type Grey = NDArray[np.uint8]


class Seen:
    """A page made ready: its grey picture, even light, ink, and what of the ink looks like text."""

    def __init__(self, grey: Grey) -> None:
        """Even the light of a grey picture and find its ink."""
        longest = max(grey.shape)
        if longest > LONGEST:
            part = LONGEST / longest
            grey = np.asarray(
                cv2.resize(grey, None, fx=part, fy=part, interpolation=cv2.INTER_AREA), np.uint8
            )
        self.grey = grey
        self.light = _light(grey)
        self.grain = grain(grey)
        self.waves = _waves(grey)
        if self.waves > WAVY:
            grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.6), np.uint8)
        elif self.grain > GRAINY:
            grey = np.asarray(cv2.GaussianBlur(cv2.medianBlur(grey, 3), (0, 0), 1.0), np.uint8)
        self.even = np.asarray(
            np.clip(grey * (255.0 / np.maximum(_full(self.light, grey), 1)), 0, 255), np.uint8
        )
        self.ink = ink_of(self.even)
        self.boxes = letters_in(self.ink)

    @property
    def letter(self) -> float:
        """The usual height of a letter (of a word, where letters hang together); 0 without any."""
        if not len(self.boxes):
            return 0.0
        heights = np.sort(self.boxes[:, 3])
        return float(heights[np.searchsorted(np.cumsum(heights), heights.sum() / 2)])

    def text_mask(self) -> Grey:
        """Return where ink that looks like text is (255)."""
        mask = np.zeros_like(self.ink)
        for left, top, width, height in self.boxes:
            place = np.s_[top : top + height, left : left + width]
            mask[place] = self.ink[place]
        return mask


def measure(seen: Seen) -> dict[str, Any]:
    """Return the numbers of a page that was made ready.

    ``letter`` (height, pixels), ``letters`` (how many), ``contrast`` (grey levels between paper and
    ink), ``blur`` (width of an edge, pixels), ``noise`` (share of the contrast), ``skew`` (in
    degrees), ``shadow`` and ``glare`` (share of the text's area), ``dark`` (share in which a
    shadow leaves nothing to be seen), ``smeared`` (share of a pale page with
    wide stains, as letters leave that are no more than stains), ``waves`` (strength of a screen's
    pattern), ``cut`` (edges at which letters are cut), ``cut_lines`` (share of the lines
    that are cut there), and ``regions``.
    """
    letter = seen.letter
    numbers: dict[str, Any] = {
        "width": int(seen.grey.shape[1]), "height": int(seen.grey.shape[0]),
        "letter": round(letter, 1), "letters": len(seen.boxes), "regions": {},
    }  # fmt: skip
    contrast = _contrast(seen)
    numbers["contrast"] = round(contrast, 1)
    numbers["blur"] = round(_blur(seen, letter), 2)
    numbers["noise"] = round(seen.grain / max(contrast, 1), 3)
    numbers["skew"] = round(skew(seen), 2)
    numbers["waves"] = round(seen.waves, 1)
    numbers |= _lighting(seen, numbers["regions"])
    numbers["smeared"] = round(_smeared(seen.grey), 4)
    numbers["cut"], numbers["cut_lines"] = _cut(seen, letter, numbers["regions"])
    return numbers


def _smeared(grey: Grey) -> float:
    high, wide = grey.shape
    size = (SMEAR_WIDTH, max(1, SMEAR_WIDTH * high // wide))
    small = cv2.medianBlur(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), 5)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    away = paper.astype(np.int16) - small
    plain = float(np.mean(away <= SMEAR_DEPTH))
    return 1 - plain if plain > 0.5 else 0.0  # what is dark all over is no page


def grain(grey: Grey) -> float:
    """Return the noise of a picture in grey levels (Immerkaer 1996, by the median)."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.abs(cv2.filter2D(grey[::2].astype(np.float32), -1, kernel))
    return float(np.median(rough)) / 0.6745 / 6


def _light(grey: Grey) -> NDArray[np.float32]:
    """Return how bright the paper is, at an eighth of the size."""
    size = (max(1, grey.shape[1] // SHRUNK), max(1, grey.shape[0] // SHRUNK))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    wide = max(3, min(size) // 24) | 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8))
    return np.asarray(cv2.GaussianBlur(cv2.medianBlur(closed, 5), (0, 0), 3), np.float32)


def _full(light: NDArray[np.float32], grey: Grey) -> NDArray[np.float32]:
    size = (grey.shape[1], grey.shape[0])
    return np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_LINEAR), np.float32)


def ink_of(even: Grey) -> Grey:
    """Return where the page is darker than its paper (255), by Otsu's threshold."""
    level, _mask = cv2.threshold(even, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    level = min(level, 240)
    return np.asarray(np.where(even <= level, 255, 0), np.uint8)


def letters_in(ink: Grey) -> NDArray[np.int32]:
    """Return the boxes (left, top, width, height) of what looks like letters or words."""
    count, _labels, stats, _centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return np.zeros((0, 4), np.int32)
    rows = np.asarray(stats[1:], np.int32)
    high, wide = ink.shape
    width, height, area = rows[:, 2], rows[:, 3], rows[:, 4]
    fill = area / np.maximum(width * height, 1)
    kept = (
        (height >= 4) & (height <= 0.07 * high) & (width >= 2) & (width <= 0.45 * wide)
        & (area >= 8) & (fill > 0.08) & (width <= 25 * height) & (height <= 12 * width)
    )  # fmt: skip
    rows = rows[kept]
    if len(rows) > 2:  # specks of noise are not letters
        usual = np.median(np.sort(rows[:, 3])[len(rows) // 3 :])
        rows = rows[rows[:, 3] >= 0.3 * usual]
    return rows[:, :4]


def _contrast(seen: Seen) -> float:
    mask = seen.text_mask() > 0
    if not mask.any():
        low, high = np.percentile(seen.grey, [1, 95])
        return float(high - low)
    paper = _full(seen.light, seen.grey)[mask]
    return float(max(0.0, np.median(paper) - np.percentile(seen.grey[mask], 25)))


def _blur(seen: Seen, letter: float) -> float:
    """Return the usual width of the edges of letters, in the direction that is worse."""
    if letter < 4:
        return 0.0
    even = cv2.GaussianBlur(seen.even, (0, 0), 0.7).astype(np.float32)
    reach = max(3, int(letter / 2)) | 1
    span = cv2.dilate(even, np.ones((reach, reach))) - cv2.erode(even, np.ones((reach, reach)))
    near = cv2.dilate(seen.text_mask(), np.ones((3, 3), np.uint8)) > 0
    near &= span > 0.4 * np.percentile(span[near], 90) if near.any() else near
    if near.sum() < 200:
        return 0.0
    widths = []
    for across in (np.gradient(even, axis=1), np.gradient(even, axis=0)):
        steep = np.abs(across)[near] / np.maximum(span[near], 1)
        widths.append(1 / max(float(np.percentile(steep, 92)), 0.01))
    return max(widths)


def quality_of(tables: dict[int, list[int]]) -> float:
    """Return the quality (1 to 100, as the reference encoder has it) of a JPEG by its table for
    brightness (ITU-T T.81, K.1); 100 without one."""
    if not tables:
        return 100.0
    scale = 100 * sum(tables[0]) / SUM_OF_TABLE
    return round(max(1.0, 5000 / scale if scale > 100 else 100 - scale / 2), 1)


def skew(seen: Seen) -> float:
    """Return by how many degrees the lines of text are turned, clockwise counted positive."""
    high, wide = seen.ink.shape
    part = 700 / max(high, wide)
    small = _shrunk(seen.text_mask(), (max(1, int(wide * part)), max(1, int(high * part))))
    if not small.any():
        return 0.0

    def score(angle: float) -> float:
        return _rows_stand_out(_turned(small, angle))

    coarse = np.arange(-STEEPEST, STEEPEST + 1, 2.0)
    best = max(coarse, key=score)
    fine = np.arange(best - 2, best + 2.1, 0.25)
    return -float(max(fine, key=lambda angle: (score(angle), -abs(angle))))


def upright(seen: Seen) -> bool:
    """Say whether lines of text run across the page rather than up or down."""
    high, wide = seen.ink.shape
    part = 700 / max(high, wide)
    small = _shrunk(seen.text_mask(), (max(1, int(wide * part)), max(1, int(high * part))))
    tilt = skew(seen)
    lying = _roughness(_turned(small, -tilt))
    return lying >= 0.9 * _roughness(_turned(np.ascontiguousarray(small.T), tilt))


def _shrunk(picture: Grey, size: tuple[int, int]) -> Grey:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _turned(picture: Grey, angle: float) -> Grey:
    middle = (picture.shape[1] / 2, picture.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, -angle, 1)
    return np.asarray(cv2.warpAffine(picture, turn, (picture.shape[1], picture.shape[0])), np.uint8)


def _rows_stand_out(picture: Grey) -> float:
    sums = picture.sum(axis=1, dtype=np.float64)
    return float((np.diff(sums) ** 2).sum())


def _roughness(picture: Grey) -> float:
    """Return how much of the rows' ink changes from each to the next."""
    return _rows_stand_out(picture) / max(float((picture.sum(axis=1, dtype=float) ** 2).sum()), 1.0)


def _waves(grey: Grey) -> float:
    """Return how far the strongest fine pattern of a picture stands out of its spectrum."""
    high, wide = grey.shape
    side = min(512, high, wide)
    if side < 128:
        return 0.0
    top, left = (high - side) // 2, (wide - side) // 2
    patch = grey[top : top + side, left : left + side].astype(np.float32)
    patch -= cv2.GaussianBlur(patch, (0, 0), 6)
    window = np.outer(np.hanning(side), np.hanning(side))
    power = np.abs(np.fft.fftshift(np.fft.fft2(patch * window)))
    steps = np.arange(side) - side // 2
    across = np.hypot(steps[:, None], steps[None, :])
    # The axes hold the edges of lines and tables.
    off_axis = (np.abs(steps[:, None]) > 3) & (np.abs(steps[None, :]) > 3)
    ring = power[(across > side * 0.12) & (across < side * 0.48) & off_axis]
    return float(ring.max() / max(np.median(ring), 1e-3))


def _lighting(seen: Seen, regions: dict[str, list[float]]) -> dict[str, float]:
    """Return the shares of the text's area in shadow, lost in it, and under glare; note where."""
    size = (seen.light.shape[1], seen.light.shape[0])
    text = cv2.resize(seen.text_mask(), size, interpolation=cv2.INTER_AREA)
    area = cv2.dilate((text > 8).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if area.sum() < 20:
        return {"shadow": 0.0, "dark": 0.0, "glare": 0.0}
    paper = float(np.percentile(seen.light[area], 80))
    shadow = area & (seen.light < 0.62 * paper)
    _note(regions, "shadow", shadow)
    small = cv2.resize(seen.grey, size, interpolation=cv2.INTER_AREA)
    rows, columns = np.nonzero(area)
    within = np.zeros_like(area)
    within[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    # A dark picture on a page has letters on bright paper beside it; a shadow has not.
    dark = within & (seen.light < LIGHTLESS)
    near = _around(seen, dark, text > 8)
    if near.sum() < 12 or float(np.median(seen.light[near])) > 0.4 * paper:
        dark[:] = False
    # White, without letters, and larger than what is left free between lines; and either the paper
    # is grey elsewhere, or the letters around it fade, as they do at the rim of a reflected light.
    usual = float(np.percentile(seen.light[area], 25))
    lost = within & (small > 250) & (text == 0)
    wide = max(5, int(seen.letter * 5 / SHRUNK)) | 1
    glare = cv2.morphologyEx(lost.astype(np.uint8), cv2.MORPH_OPEN, np.ones((wide, wide))) > 0
    if usual >= 244 and not _fades(seen, glare, text > 8):
        glare[:] = False
    _note(regions, "glare", glare)
    return {
        "shadow": round(float(shadow.sum() / area.sum()), 3),
        "dark": round(float(dark.sum() / within.sum()), 3),
        "glare": round(float(glare.sum() / within.sum()), 3),
    }


def _fades(seen: Seen, glare: NDArray[np.bool_], text: NDArray[np.bool_]) -> bool:
    """Say whether the letters around a white place are much paler than those elsewhere."""
    darkest = cv2.erode(seen.grey, np.ones((SHRUNK + 1, SHRUNK + 1), np.uint8))
    size = (glare.shape[1], glare.shape[0])
    darkest = cv2.resize(darkest, size, interpolation=cv2.INTER_NEAREST)
    near = _around(seen, glare, text)
    if near.sum() < 12:
        return False
    return float(np.median(darkest[near]) - np.percentile(darkest[text], 10)) > FADED


def _around(seen: Seen, place: NDArray[np.bool_], text: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where text is in a place or within some letters of it."""
    reach = int(seen.letter * 3 / SHRUNK) * 2 + 3
    return text & (cv2.dilate(place.astype(np.uint8), np.ones((reach, reach))) > 0)


def _note(regions: dict[str, list[float]], name: str, mask: NDArray[np.bool_]) -> None:
    rows, columns = np.nonzero(mask)
    if len(rows) < 12:
        return
    top, bottom = np.percentile(rows, [2, 98]) / mask.shape[0]
    left, right = np.percentile(columns, [2, 98]) / mask.shape[1]
    regions[name] = [round(float(each), 3) for each in (left, top, right, bottom)]


def _cut(seen: Seen, letter: float, regions: dict[str, list[float]]) -> tuple[list[str], float]:
    """Return the edges (left, top, right, bottom) at which letters are cut by the picture's end,
    and the share of the lines that are cut there."""
    if letter < 4 or len(seen.boxes) < 20:
        return [], 0.0
    high, wide = seen.ink.shape
    left, top, width, height = seen.boxes.T
    slack = max(2, letter / 4)
    size = (height > 0.5 * letter) & (height < 4 * letter)
    rows = (top / (2.2 * letter)).astype(int)
    lines = max(3, len(np.unique(rows)))
    at_edge = {
        "left": size & (left <= slack),
        "top": (width > 0.3 * letter) & (top <= slack) & (height < 2 * letter),
        "right": size & (left + width >= wide - slack),
        "bottom": (width > 0.3 * letter) & (top + height >= high - slack) & (height < 2 * letter),
    }
    most = 2.5 * letter
    strips = {
        "left": [0, 0, most / wide, 1], "top": [0, 0, 1, most / high],
        "right": [1 - most / wide, 0, 1, 1], "bottom": [0, 1 - most / high, 1, 1],
    }  # fmt: skip
    found: list[str] = []
    cut = np.zeros(len(rows), bool)
    for edge, here in at_edge.items():
        enough = max(2, lines // 6) if edge in {"left", "right"} else 6
        if here.sum() >= enough:
            found.append(edge)
            cut |= here
            regions.setdefault("cut-off", [round(float(each), 3) for each in strips[edge]])
    return found, round(min(1.0, len(np.unique(rows[cut])) / lines), 3)
