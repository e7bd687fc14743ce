"""Whether two pages are the same page twice. Pure functions; the pictures are of our own making."""

import io
import re
from typing import Any

NEAR = 40  # of 256 bits: pages that are looked at more closely
AGREE = 0.75  # of the places with ink, once one picture is laid over the other
FEW_NUMBERS, FEW_WORDS = 5, 20
SAME_NUMBERS = 0.9  # of the numbers: what tells two results on the same form apart
_SIDE = 700  # pixels at which pictures are compared


def same_words(one: str, other: str) -> bool | None:
    """Say whether two texts hold the same words and numbers; None where one holds none."""
    both = [re.findall(r"\w+(?:[.,]\w+)*", text.lower()) for text in (one, other)]
    if not all(both):
        return None
    numbers = [[word for word in words if word[0].isdigit()] for words in both]
    if min(map(len, numbers)) >= FEW_NUMBERS:
        return _alike(*numbers) >= SAME_NUMBERS
    if min(map(len, both)) < FEW_WORDS:
        return both[0] == both[1]
    return _alike(*both) >= SAME_NUMBERS


def _alike(one: list[str], other: list[str]) -> float:
    shared = set(one) & set(other)
    return len(shared) / max(1, len(set(one) | set(other)))


def same_picture(one: bytes, other: bytes) -> bool:
    """Lay one picture over the other, however it was held; say whether the same ink is there."""
    import cv2
    import numpy as np

    first, second = (_small(data) for data in (one, other))
    finder = cv2.ORB.create(1500, fastThreshold=8)
    (here, mine), (there, theirs) = (
        finder.detectAndCompute(each, None) for each in (first, second)
    )
    if mine is None or theirs is None:
        return False
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(mine, theirs)
    if len(pairs) < 12:
        return False
    source = np.array([there[pair.trainIdx].pt for pair in pairs], np.float32)
    target = np.array([here[pair.queryIdx].pt for pair in pairs], np.float32)
    turned, _fits = cv2.findHomography(source, target, cv2.RANSAC, 4)
    if turned is None:
        return False
    high, wide = first.shape
    second = cv2.warpPerspective(second, turned, (wide, high), borderValue=255)
    soft = [
        cv2.GaussianBlur(255 - each, (0, 0), 1.5).astype(np.float32) for each in (first, second)
    ]
    agreed = inked = 0
    for rows in np.array_split(np.arange(high), 16):
        for columns in np.array_split(np.arange(wide), 12):
            place = np.ix_(rows, columns)
            mine, theirs = (each[place] for each in soft)
            if max(mine.std(), theirs.std()) < 6:
                continue
            inked += 1
            if min(mine.std(), theirs.std()) >= 1:
                agreed += bool(np.corrcoef(mine.ravel(), theirs.ravel())[0, 1] > 0.5)
    return inked > 0 and agreed / inked >= AGREE


def _small(data: bytes) -> Any:
    import cv2
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        grey = np.asarray(picture.convert("L"))
    scale = _SIDE / max(grey.shape)
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
