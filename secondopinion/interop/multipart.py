"""multipart/related as it streams in (RFC 2046, section 5.1): never more than a piece in memory."""

from collections.abc import Iterator
from email.message import Message

_MOST_HEADERS = 8 * 1024  # bytes of one part's headers
_MOST_PREAMBLE = 64 * 1024


class Malformed(Exception):
    """The body is not what its content type says."""


def content_type(header: str) -> tuple[str, dict[str, str]]:
    """Return a media type in lower case and its parameters."""
    message = Message()
    message["Content-Type"] = header
    found = message.get_params([("", "")])
    return found[0][0].lower(), {name.lower(): value for name, value in found[1:]}


class Part:
    """The head of a part."""

    def __init__(self, head: bytes) -> None:
        self.type, self.parameters = "application/octet-stream", dict[str, str]()
        for line in head.split(b"\r\n"):
            name, _colon, value = line.partition(b":")
            if name.strip().lower() == b"content-type":
                self.type, self.parameters = content_type(value.strip().decode("latin1"))


Event = Part | memoryview | None  # a part begins, bytes of it, it ends


class Parser:
    """Cuts a body into parts as its pieces come in; what is in a part is not copied."""

    def __init__(self, boundary: str) -> None:
        if not boundary or len(boundary) > 200:
            raise Malformed
        self._line = b"\r\n--" + boundary.encode("latin1")
        self._held = b"\r\n"  # the first boundary may have no line before it
        self._at = 0  # what of it has been told
        self._state = "preamble"
        self._skipped = 0

    def feed(self, piece: bytes) -> Iterator[Event]:
        """Yield what a piece completes; the views go on being right as long as they are kept.

        Raises:
            Malformed: what is there is no multipart body.
        """
        self._held = self._held[self._at :] + piece if self._at < len(self._held) else piece
        self._at = 0
        while self._state != "end":
            before = self._state, self._at
            if self._state == "preamble":
                self._preamble()
            elif self._state == "boundary":
                self._boundary()
            elif self._state == "head":
                yield from self._head()
            else:
                yield from self._body()
            if (self._state, self._at) == before:
                return
        self._at = len(self._held)

    def close(self) -> None:
        """Say that the body has ended.

        Raises:
            Malformed: its last boundary has not come.
        """
        if self._state != "end":
            raise Malformed

    def _preamble(self) -> None:
        at = self._held.find(self._line, self._at)
        if at < 0:
            kept = max(self._at, len(self._held) - len(self._line) + 1)
            self._skipped += kept - self._at
            self._at = kept
            if self._skipped > _MOST_PREAMBLE:
                raise Malformed
            return
        self._at = at + len(self._line)
        self._state = "boundary"

    def _boundary(self) -> None:
        """Decide what follows a boundary: the end, or a part."""
        if self._held.startswith(b"--", self._at):
            self._state = "end"
            return
        end = self._held.find(b"\r\n", self._at)
        if end < 0:
            if len(self._held) - self._at > _MOST_HEADERS:
                raise Malformed
            return
        if self._held[self._at : end].strip(b" \t"):
            raise Malformed
        self._at = end  # a part without headers has its empty line here
        self._state = "head"

    def _head(self) -> Iterator[Event]:
        end = self._held.find(b"\r\n\r\n", self._at, self._at + _MOST_HEADERS + 4)
        if end < 0:
            if len(self._held) - self._at > _MOST_HEADERS:
                raise Malformed
            return
        yield Part(self._held[self._at + 2 : end])
        self._at = end + 4
        self._state = "body"

    def _body(self) -> Iterator[Event]:
        at = self._held.find(self._line, self._at)
        if at >= 0:
            yield from self._told(at)
            yield None
            self._at = at + len(self._line)
            self._state = "boundary"
            return
        # What may be the beginning of a boundary waits for the next piece.
        end = len(self._held)
        tail = self._held.rfind(b"\r", max(self._at, end - len(self._line) + 1))
        yield from self._told(tail if tail >= 0 else end)

    def _told(self, end: int) -> Iterator[Event]:
        if end > self._at:
            yield memoryview(self._held)[self._at : end]
        self._at = end
