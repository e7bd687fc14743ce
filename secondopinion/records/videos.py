"""Stills of a video, and the video without the place where it was taken. Runs inside the sandbox:
plain values in and out, nothing of Django.

The boxes of MP4 and QuickTime are those of ISO/IEC 14496-12, section 4.2: four bytes of size, four
of type, then what is inside. What phones write of the place stands in boxes of user data and
metadata; they are made free space of the same size, so that nothing else moves.
"""

import os
import struct
from collections.abc import Iterator
from typing import Any

from secondopinion.records import reading

WARM = ("cv2", "numpy", "PIL.Image")
STILLS = 6
MOST_BYTES = 300 * 1024**2  # some minutes of a phone's

_WITHIN = {b"moov", b"trak"}  # boxes that are looked into
_TELLING = {b"udta", b"meta", b"uuid"}
_PLACE = (b"\xa9xyz", b"loci", b"location", b"GPS")
_MOST_BOXES = 10_000
_MOST_FRAMES = 20_000  # read one after the other: more than ten minutes


def shown(data: bytes) -> tuple[bytes, list[dict[str, Any]]]:
    """Return what is given to others in a video's place (see `without_place`), and its stills."""
    return without_place(data), stills(data)


def stills(data: bytes) -> list[dict[str, Any]]:
    """Return pictures of a video, as pages, from evenly over its length; none where it cannot be
    opened."""
    import cv2
    from PIL import Image

    handle = os.memfd_create("video")  # in memory: no plain text touches the disk
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(data)
        video = cv2.VideoCapture(f"/proc/self/fd/{handle}", cv2.CAP_FFMPEG)
        frames = _jumped_to(video)
        if not frames:  # as browsers record it: without its length
            video.release()
            video = cv2.VideoCapture(f"/proc/self/fd/{handle}", cv2.CAP_FFMPEG)
            frames = _read_through(video)
        found = [_page(Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))) for frame in frames]
        video.release()
        return found
    finally:
        os.close(handle)


def _jumped_to(video: Any) -> list[Any]:
    """Return frames from evenly over a video's length, as far as its length is known."""
    import cv2

    count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    places = [count * (2 * each + 1) // (2 * STILLS) for each in range(STILLS)]
    found = []
    for at in sorted(set(places)) if count > 0 else []:
        video.set(cv2.CAP_PROP_POS_FRAMES, at)
        taken, frame = video.read()
        if taken:
            found.append(frame)
    return found


def _read_through(video: Any) -> list[Any]:
    """Return frames from evenly over a video that is read from its beginning to its end."""
    kept: list[Any] = []
    step, number = 1, 0
    while number < _MOST_FRAMES:
        taken, frame = video.read()
        if not taken:
            break
        if number % step == 0:
            kept.append(frame)
        if len(kept) > 2 * STILLS:
            kept, step = kept[::2], step * 2
        number += 1
    places = {len(kept) * (2 * each + 1) // (2 * STILLS) for each in range(STILLS)}
    return [kept[at] for at in sorted(places)] if kept else []


def _page(picture: Any) -> dict[str, Any]:
    """Return a still as a page on which nothing is to be read."""
    empty = reading.text_page("")
    made = reading.page(picture, photographed=False)
    return empty | {name: made[name] for name in ("image", "width", "height")} | {"blank": False}


def without_place(data: bytes) -> bytes:
    """Return a video that does not say where it was taken; b"" where it does not say."""
    telling = [
        (start, end)
        for start, end in _boxes(data, 0, len(data))
        if any(mark in data[start:end] for mark in _PLACE)
    ]
    if not telling:
        return b""
    clean = bytearray(data)
    for start, end in telling:
        clean[start + 4 : start + 8] = b"free"
        clean[start + 8 : end] = bytes(end - start - 8)
    return bytes(clean)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the boxes that tell of a video begin and end."""
    ranges, count = [(start, end)], 0
    while ranges:
        at, stop = ranges.pop()
        while at + 8 <= stop:
            count += 1
            size, kind = struct.unpack_from(">I4s", data, at)
            head = 8
            if size == 1 and at + 16 <= stop:  # a large one has its size behind its type
                [size] = struct.unpack_from(">Q", data, at + 8)
                head = 16
            size = size or stop - at  # 0: to the end
            if size < head or at + size > stop or count > _MOST_BOXES:
                break
            if kind in _TELLING and head == 8:
                yield at, at + size
            elif kind in _WITHIN:
                ranges.append((at + head, at + size))
            at += size
