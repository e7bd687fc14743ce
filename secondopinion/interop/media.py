"""What a client accepts (RFC 9110, section 12.5.1; PS3.18, section 8.7), and answers in parts."""

import gzip
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from secondopinion.interop.multipart import content_type

DICOM_JSON = "application/dicom+json"
_WORTH_PACKING = 2000  # bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """One media type that a client accepts; `inner` is the type of the parts of a multipart."""

    type: str
    inner: str
    syntax: str
    quality: float

    @property
    def multipart(self) -> bool:
        """Whether parts are asked for."""
        return self.type == "multipart/related"

    @property
    def wanted(self) -> str:
        """The media type of the thing itself."""
        return self.inner if self.multipart else self.type


def accepted(request: HttpRequest) -> list[Accepted]:
    """Return what a request accepts, the most wanted first; everything when it says nothing."""
    text = request.GET.get("accept") or request.headers.get("Accept") or "*/*"
    found = []
    for each in _split(text):
        kind, parameters = content_type(each)
        try:
            quality = float(parameters.get("q", "1"))
        except ValueError:
            quality = 0.0
        if quality > 0:
            found.append(
                Accepted(
                    kind, parameters.get("type", "*/*").lower(),
                    parameters.get("transfer-syntax", ""), quality,
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: -each.quality)


def _split(text: str) -> list[str]:
    """Split at the commas that are not within quotation marks."""
    pieces, quoted, begin = [], False, 0
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            pieces.append(text[begin:at])
            begin = at + 1
    return [each.strip() for each in (*pieces, text[begin:]) if each.strip()]


def matches(wanted: str, offered: str) -> bool:
    """Say whether a media range covers a media type."""
    if wanted in {"*/*", "*", offered}:
        return True
    return wanted.endswith("/*") and offered.startswith(wanted[:-1])


def takes_json(request: HttpRequest) -> bool:
    """Say whether DICOM JSON is accepted."""
    return any(
        matches(each.wanted, DICOM_JSON) or matches(each.wanted, "application/json")
        for each in accepted(request)
        if not each.multipart
    )


def answer_json(request: HttpRequest, body: bytes | Any, status: int = 200) -> HttpResponse:
    """Answer DICOM JSON, packed when the client takes that and it pays."""
    if not isinstance(body, bytes):
        body = json.dumps(body, separators=(",", ":")).encode()
    response = HttpResponse(status=status, content_type=DICOM_JSON)
    if len(body) > _WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, 1, mtime=0)
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept, Accept-Encoding, Cookie, Authorization"
    response["Cache-Control"] = "private, no-cache"
    response.content = body
    return response


def refused(status: int, text: str) -> HttpResponse:
    """Answer with a sentence for who writes the client."""
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


def alone(pieces: Iterator[bytes | memoryview], length: int, kind: str) -> HttpResponseBase:
    """Answer one thing of `length` bytes piece by piece: no more of it than a piece is in memory.

    The first piece is made before the answer begins: what cannot be read is an error, not a stump.
    """
    first = next(pieces)
    if len(first) == length:
        return HttpResponse(bytes(first), content_type=kind)
    answer = StreamingHttpResponse(chain([first], pieces), content_type=kind)
    answer["Content-Length"] = str(length)
    return answer


class Part(NamedTuple):
    """One part of an answer, `size` bytes when that is known beforehand."""

    content: str
    data: Iterable[bytes | memoryview]
    size: int | None = None


def parts(made: Iterable[Part], kind: str, *, whole: bool = False) -> HttpResponseBase:
    """Answer multipart/related, streamed but when `whole`; its length is said where it is known."""
    boundary, made = secrets.token_hex(12), list(made)
    heads = [
        f"{'\r\n' if number else ''}--{boundary}\r\nContent-Type: {part.content}\r\n\r\n".encode()
        for number, part in enumerate(made)
    ]
    tail = f"\r\n--{boundary}--\r\n".encode()

    def stream() -> Iterator[bytes]:
        for head, part in zip(heads, made, strict=True):
            before = head  # goes with the first piece: each is a step of its own
            for piece in part.data:
                yield b"".join((before, piece))
                before = b""
        yield tail

    label = f'multipart/related; type="{kind}"; boundary={boundary}'
    if whole:
        return HttpResponse(b"".join(stream()), content_type=label)
    answer = StreamingHttpResponse(stream(), content_type=label)
    sizes = [part.size for part in made]
    if None not in sizes:
        length = sum(filter(None, sizes)) + sum(map(len, heads)) + len(tail)
        answer["Content-Length"] = str(length)
    return answer
