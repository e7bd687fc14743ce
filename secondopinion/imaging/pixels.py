"""Frames of stored instances, by byte range from the vault; decoded in the sandbox if need be."""

from functools import lru_cache
from uuid import UUID

from secondopinion.core import sandbox, vault
from secondopinion.core.sandbox_pool import Pool
from secondopinion.imaging import decoding
from secondopinion.imaging.metadata import first, json_of
from secondopinion.imaging.models import Instance

_pool = Pool(2, memory_mb=2048)
_LONGEST = 64 * 1024  # frames of one object whose places are looked up


class Undecodable(Exception):
    """The pixels cannot be decoded here; showing wrong values is worse than none."""


def frame(instance: Instance, number: int = 1) -> tuple[bytes, str]:
    """Return the little-endian bytes of frame `number` (from 1) and how its colours are meant.

    Raises:
        Undecodable: no such frame, or a codec that is not here.
    """
    _there(instance, number)
    if instance.pixel_offset is not None:
        return bytes(native(instance, number)), str(first(json_of(instance), "00280004") or "")
    encoded = compressed(instance, number)
    owner = str(instance.blob.space_id)
    try:
        if encoded is not None and instance.transfer_syntax in decoding.DECODED_FROM_FRAMES:
            head = vault.read_range(instance.blob, 0, instance.header_length)
            data, colours = _pool.run(owner, decoding.frame, head, encoded)
        else:
            data, colours = _pool.run(owner, decoding.whole, vault.read(instance.blob), number)
    except sandbox.Failed:
        raise Undecodable from None
    return data, colours


def native(instance: Instance, number: int) -> memoryview:
    """Return a frame of an uncompressed object: only its bytes are read."""
    _there(instance, number)
    offset = (instance.pixel_offset or 0) + (number - 1) * instance.frame_length
    return vault.view(instance.blob, offset, instance.frame_length)


def compressed(instance: Instance, number: int) -> bytes | None:
    """Return the bytes of a frame of an encapsulated object as they are, or None where its place
    cannot be told without decoding.

    Raises:
        Undecodable: no such frame.
    """
    _there(instance, number)
    if instance.pixel_offset is not None or not instance.header_length:
        return None
    places = _places(instance.blob_id, instance)
    if places is None:
        return None
    return b"".join(
        vault.read_range(instance.blob, offset, length) for offset, length in places[number - 1]
    )


def plain(instance: Instance) -> bytes:
    """Return the whole object with uncompressed pixels, Explicit VR Little Endian.

    Raises:
        Undecodable: a codec that is not here.
    """
    try:
        data: bytes = _pool.run(
            str(instance.blob.space_id), decoding.plain, vault.read(instance.blob), cpu_s=120,
            wall_s=240,
        )  # fmt: skip
    except sandbox.Failed:
        raise Undecodable from None
    return data


def _there(instance: Instance, number: int) -> None:
    if not 1 <= number <= instance.frames:
        raise Undecodable


class _Held:
    """An instance as the key of a cache: equal by its blob, whose content never changes."""

    def __init__(self, blob: UUID, instance: Instance) -> None:
        self.blob, self.instance = blob, instance

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.blob == self.blob

    def __hash__(self) -> int:
        return hash(self.blob)


_Place = list[tuple[int, int]]


def _places(blob: UUID, instance: Instance) -> list[_Place] | None:
    return _looked_up(_Held(blob, instance))


@lru_cache(64)
def _looked_up(held: _Held) -> list[_Place] | None:
    """Return for each frame the offsets and lengths of its fragments (PS3.5, annex A.4)."""
    instance = held.instance
    with vault.open_blob(instance.blob) as file:
        file.seek(instance.header_length)
        head = file.read(12)
        if head[:4] != b"\xe0\x7f\x10\x00" or head[8:] != b"\xff" * 4:
            return None
        items: list[tuple[int, int]] = []
        at = instance.header_length + 12
        while len(items) <= _LONGEST:
            file.seek(at)
            tag = file.read(8)
            if tag[:4] != b"\xfe\xff\x00\xe0" or len(tag) < 8:
                break
            length = int.from_bytes(tag[4:], "little")
            if at + 8 + length > instance.blob.length:
                return None  # cut off
            items.append((at + 8, length))
            at += 8 + length
        if not items:
            return None
        (start, size), *fragments = items
        file.seek(start)
        table = file.read(size)
    offsets = [int.from_bytes(table[i : i + 4], "little") for i in range(0, len(table), 4)]
    return _by_frame(fragments, offsets, instance.frames)


def _by_frame(
    fragments: list[tuple[int, int]], offsets: list[int], frames: int
) -> list[_Place] | None:
    if frames == 1:
        return [fragments]
    if len(fragments) == frames:
        return [[each] for each in fragments]
    if len(offsets) != frames or not fragments:
        return None
    begin = fragments[0][0] - 8
    edges = [begin + each for each in offsets]
    found: list[_Place] = [[] for _ in range(frames)]
    number = -1
    for place in fragments:
        while number + 1 < frames and edges[number + 1] <= place[0] - 8:
            number += 1
        found[number].append(place)
    return found if all(found) else None
