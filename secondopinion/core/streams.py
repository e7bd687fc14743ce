"""Answers that are longer than memory should hold, in pieces, under ASGI and under WSGI alike."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import BinaryIO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

PIECE = 256 * 1024  # bytes


def pieces_of(open_file: Callable[[], BinaryIO]) -> Iterator[bytes]:
    """Yield the content of a file piece by piece, and close it."""
    with open_file() as file:
        while piece := file.read(PIECE):
            yield piece


def wanted(header: str, length: int) -> tuple[int, int]:
    """Return from where to where the bytes lie that a ``Range`` asks for: one range, else all.

    Where there are none, the first is not below the second (RFC 9110, section 14.1.2).
    """
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header.strip())
    if found is None or not any(found.groups()):
        return 0, length
    first, last = found.groups()
    if not first:
        return max(0, length - int(last)), length
    return int(first), min(length, int(last) + 1 if last else length)


def answer(
    request: HttpRequest, pieces: Iterator[bytes | memoryview], content_type: str
) -> StreamingHttpResponse:
    """Answer with pieces; under ASGI each is made in a thread, so that nothing else waits."""
    if not isinstance(request, ASGIRequest):
        return StreamingHttpResponse(pieces, content_type=content_type)

    async def stream() -> AsyncIterator[bytes | memoryview]:
        step = sync_to_async(lambda: next(pieces, None))
        while (piece := await step()) is not None:
            yield piece

    return StreamingHttpResponse(stream(), content_type=content_type)
