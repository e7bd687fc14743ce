"""Answers that are longer than memory should hold, in pieces, under ASGI and under WSGI alike."""

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


def answer(
    request: HttpRequest, pieces: Iterator[bytes], content_type: str
) -> StreamingHttpResponse:
    """Answer with pieces; under ASGI each is made in a thread, so that nothing else waits."""
    if not isinstance(request, ASGIRequest):
        return StreamingHttpResponse(pieces, content_type=content_type)

    async def stream() -> AsyncIterator[bytes]:
        step = sync_to_async(lambda: next(pieces, None))
        while (piece := await step()) is not None:
            yield piece

    return StreamingHttpResponse(stream(), content_type=content_type)
