"""Opens the packs in which our uploader sends files (format: docs/decisions/0006-uploads.md).

Runs inside the sandbox: plain values in and out, nothing of Django. Everything that a pack declares
is checked before it is believed, and each file is proved by its SHA-256.
"""

import hashlib
import json
import zlib
from typing import Any

WARM = ("numpy",)  # see `sandbox.run`
MAGIC = b"SOPACK1\n"
MOST_PACKED = 96 * 1024**2  # bytes of a pack as it travels
MOST_CONTENT = 80 * 1024**2  # bytes of the files in it, all together
MOST_FILES = 5000
MOST_INDEX = 4 * 1024**2
STREAMS = ("plain", "pixels", "stored")


class Broken(Exception):
    """This is not a pack, or not a whole one."""


def unpack(data: bytes) -> list[tuple[str, bytes | None]]:
    """Return path and content of each file; None for one that is not what its hash says.

    Raises:
        Broken: nothing in it can be told apart.
    """
    try:
        return _unpack(data)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, zlib.error) as error:
        raise Broken(type(error).__name__) from None


def _unpack(data: bytes) -> list[tuple[str, bytes | None]]:
    if data[:8] != MAGIC:
        raise Broken("magic")
    at = 12 + int.from_bytes(data[8:12], "little")
    index = json.loads(_inflated(data[12:at], MOST_INDEX))
    files = index["files"]
    if len(files) > MOST_FILES or sum(_size(each["size"]) for each in files) > MOST_CONTENT:
        raise Broken("too much")
    streams = {}
    for name in STREAMS:
        packed, length = (_size(each) for each in index["streams"][name])
        if length > MOST_CONTENT:
            raise Broken("too much")
        piece = data[at : at + packed]
        at += packed
        streams[name] = memoryview(piece if name == "stored" else _inflated(piece, length))
        if len(streams[name]) != length:
            raise Broken("length")
    if at != len(data):
        raise Broken("rest")
    taken = dict.fromkeys(STREAMS, 0)
    return [_file(each, streams, taken) for each in files]


def _size(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_CONTENT:
        raise ValueError
    return value


def _inflated(packed: bytes, most: int) -> bytes:
    engine = zlib.decompressobj(-15)
    plain = engine.decompress(packed, most + 1)
    if not engine.eof or engine.unused_data or len(plain) > most:
        raise Broken("deflate")
    return plain


def _file(
    about: dict[str, Any], streams: dict[str, memoryview], taken: dict[str, int]
) -> tuple[str, bytes | None]:
    def take(name: str, length: int) -> bytes:
        start = taken[name]
        taken[name] = start + length
        return bytes(streams[name][start : start + length])

    path, size = str(about["path"]), about["size"]
    if about.get("stored"):
        content = take("stored", size)
    elif about.get("pixels"):
        start, length, row, width = (_size(each) for each in about["pixels"])
        if width not in {1, 2} or not row or length % row or row % width or start + length > size:
            raise ValueError
        around = take("plain", size - length)
        pixels = _unfiltered(take("pixels", length), row, width)
        content = around[:start] + pixels + around[start:]
    else:
        content = take("plain", size)
    proved = hashlib.sha256(content).hexdigest() == about["sha256"]
    return path, content if proved else None


def _unfiltered(planes: bytes, row: int, width: int) -> bytes:
    """Undo what the browser did to samples of `width` bytes in rows of `row` bytes.

    There each sample became its difference to the one above it (modulo 2^(8·width)), sign folded
    into the lowest bit, high bytes of all samples before low bytes.
    """
    import numpy as np

    folded: Any
    if width == 2:
        high, low = np.frombuffer(planes, np.uint8).reshape(2, -1)
        folded = (high.astype(np.uint16) << 8) | low
    else:
        folded = np.frombuffer(planes, np.uint8)
    difference = (folded >> 1) ^ (0 - (folded & 1)).astype(folded.dtype)
    samples = difference.reshape(-1, row // width).cumsum(axis=0, dtype=folded.dtype)
    plain: bytes = samples.astype(folded.dtype.newbyteorder("<")).tobytes()
    return plain
