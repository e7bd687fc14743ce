"""Packed values between processes of ours: a length, then as many bytes."""

import os
import select
import struct
import time

_LENGTH = struct.Struct(">Q")
_AT_ONCE = 1 << 20


class Late(Exception):
    """The other end did not take or give its bytes in time."""


def send(handle: int, data: bytes, deadline: float | None = None) -> None:
    """Write everything; who reads nothing cannot hold us beyond the deadline.

    Raises:
        Late: at the deadline (of `time.monotonic`).
        BrokenPipeError: the other end has gone.
    """
    left = memoryview(data)
    while left:
        if deadline is not None:
            _wait([], [handle], deadline)
        left = left[os.write(handle, left[:_AT_ONCE]) :]


def receive(handle: int, count: int, deadline: float | None = None) -> bytes:
    """Read exactly so many bytes.

    Raises:
        Late: at the deadline.
        EOFError: the other end has gone.
    """
    found = bytearray()
    while len(found) < count:
        if deadline is not None:
            _wait([handle], [], deadline)
        piece = os.read(handle, min(_AT_ONCE, count - len(found)))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)


def send_packed(handle: int, data: bytes, deadline: float | None = None) -> None:
    """Write a value with its length; see `send`."""
    send(handle, _LENGTH.pack(len(data)), deadline)
    send(handle, data, deadline)


def receive_packed(handle: int, deadline: float | None = None) -> bytes:
    """Read a value with its length; see `receive`."""
    [length] = _LENGTH.unpack(receive(handle, _LENGTH.size, deadline))
    return receive(handle, length, deadline)


def _wait(readers: list[int], writers: list[int], deadline: float) -> None:
    while True:
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise Late
        ready = select.select(readers, writers, [], seconds)
        if ready[0] or ready[1]:
            return
