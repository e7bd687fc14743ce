"""Whether two pages are the same page twice. Pure functions; the pictures are of our own making."""

import io
import re
from collections import Counter
from difflib import SequenceMatcher
from typing import Any

NEAR = 40  # of 256 bits: pages that are looked at more closely
AGREE = 0.75  # of the places with ink, once one picture is laid over the other
AGREE_WITH_WORDS = 0.5  # where the words are the same: of photos of one page at least this
UNLIKE = 0.02  # of the words on both sides, that the other page has nothing like: another text
LACKING = 0.15  # of the words of one side alone: those of a page that holds more
RESEMBLE = 0.6  # how alike two readings of one word are
FEWEST_LETTERS = 3  # of a word that counts
_SIDE = 700  # pixels at which pictures are compared


def same_words(one: str, other: str) -> bool | None:
    """Say whether two texts are one text, each as it was read; None where neither holds a word.

    Numbers and words under one letterhead tell its pages apart: two pages are not the same as soon
    as each holds a number that the other lacks (a dose), or words that nothing on the other is
    like (a medicine). What only one of them holds may have been read badly on the other.
    """
    both = [re.findall(r"\w+(?:[.,]\w+)*", text.lower()) for text in (one, other)]
    if not any(both):
        return None
    if not all(both):
        return False
    numbers = [[word.replace(",", ".") for word in words if _counts(word)] for words in both]
    fewest, lost = min(map(len, numbers)), _without_like(*numbers)
    if all(lost) or max(map(len, lost)) > max(1, LACKING * fewest):
        return False
    spoken = [
        [word for word in words if len(word) >= FEWEST_LETTERS and not _counts(word)]
        for words in both
    ]
    fewest, lost = min(map(len, spoken)), _without_like(*spoken)
    if max(map(len, lost)) > 2 * LACKING * fewest:
        return False  # so many that looking for readings of them would take long
    unlike = [
        [word for word in words if not any(_resemble(word, each) for each in others)]
        for words, others in (lost, lost[::-1])
    ]
    many = sorted(map(len, unlike))
    return many[0] <= UNLIKE * fewest and many[1] <= LACKING * fewest


def _counts(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _without_like(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    """Return the words of each of two lists that the other has not, or not as often."""
    here, there = Counter(one), Counter(other)
    return list((here - there).elements()), list((there - here).elements())


def _resemble(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= RESEMBLE


def same_picture(one: bytes, other: bytes, agree: float = AGREE) -> bool:
    """Lay one picture over the other, however it was held; say whether the same ink is there, in a
    share of its places (`agree`).

    Short letters under one letterhead agree as much as copies do: words say more, where there are
    any.
    """
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
    return inked > 0 and agreed / inked >= agree


def _small(data: bytes) -> Any:
    import cv2
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        grey = np.asarray(picture.convert("L"))
    scale = _SIDE / max(grey.shape)
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
