"""Speaks DICOMweb to another server (PS3.18): QIDO-RS, WADO-RS, STOW-RS; no series is held whole.

Objects are passed on as they come and parsed nowhere here: what they are is looked at where all
arrivals are.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import quote, urlencode

import requests

from secondopinion.interop.multipart import Event, Malformed, Parser, Part, content_type
from secondopinion.pacs.servers import Server

_JSON = "application/dicom+json"
_DICOM = "application/dicom"
_OBJECTS = f'multipart/related; type="{_DICOM}"; transfer-syntax=*'
_MOST_JSON = 64 * 1024**2  # bytes
_PIECE = 64 * 1024  # bytes; what comes of a piece that breaks off is lost
_CONNECT, _READ = 5.0, 60.0  # seconds; the second for each piece
_PAGE = 1000  # rows of one answer
_MOST_ROWS = 50_000
_CODES = {
    401: "not-let-in", 403: "not-let-in", 404: "not-there", 410: "not-there", 413: "too-large",
    429: "busy", 503: "busy", 507: "full",
}  # fmt: skip
_LASTING = frozenset({
    "not-let-in", "too-large", "certificate", "no-images", "unknown-server", "case-ended",
})  # fmt: skip

Row = dict[str, Any]


class Trouble(Exception):
    """The other server did not do what it was asked to; `code` says why (see `words`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def lasting(self) -> bool:
        """Whether trying again cannot help before somebody has changed something."""
        return self.code in _LASTING


class Client:
    """A connection to a server; use it in a ``with``."""

    def __init__(self, server: Server, *, read: float = _READ) -> None:
        self.url, self._read = server.url, read
        self._session = requests.Session()
        self._session.trust_env = False  # neither proxies nor passwords of the machine
        self._session.verify = server.ca_file or True
        if server.token:
            self._session.headers["Authorization"] = f"Bearer {server.token}"
        elif server.user:
            secrets = (server.user.encode(), server.password.encode())
            self._session.auth = requests.auth.HTTPBasicAuth(*secrets)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def page(self, path: str, asked: list[tuple[str, str]]) -> list[Row]:
        """Return one answer of QIDO-RS.

        Raises:
            Trouble: there is none.
        """
        # Orthanc 1.10 does not decode a wild card that is percent-encoded.
        search = urlencode(asked, safe="*", quote_via=quote)
        with self._ask("GET", f"{path}?{search}", {"Accept": _JSON}) as answer:
            if answer.status_code == 204:
                return []
            _told(answer)
            found = _json(answer)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise Trouble("odd-answer")
        return found

    def rows(self, path: str, key: str) -> list[Row]:
        """Return all rows of a search, page by page; `key` is the tag that tells them apart.

        Raises:
            Trouble: they cannot be had.
        """
        found: dict[str, Row] = {}
        while len(found) < _MOST_ROWS:
            asked = [("limit", str(_PAGE)), ("offset", str(len(found)))]
            fresh = {uid: row for row in self.page(path, asked) if (uid := text(row, key))}
            before = len(found)
            found |= {uid: row for uid, row in fresh.items() if uid not in found}
            # A server may give fewer rows at once than it is asked for, or ignore the offset.
            if len(found) == before:
                return list(found.values())
        raise Trouble("too-large")

    def objects(self, path: str) -> Iterator[Event]:
        """Yield the objects of WADO-RS, as `Parser` does: each begins, has bytes, ends.

        Raises:
            Trouble: they do not come, or not to their end.
        """
        with self._ask("GET", path, {"Accept": _OBJECTS, "Accept-Encoding": "identity"}) as answer:
            _told(answer)
            kind, parameters = content_type(answer.headers.get("Content-Type", ""))
            pieces: Iterator[bytes] = answer.iter_content(_PIECE)
            if kind == _DICOM:
                yield Part(b"")
                yield from (memoryview(piece) for piece in pieces)
                yield None
                return
            if kind != "multipart/related":
                raise Trouble("odd-answer")
            try:
                parser = Parser(parameters.get("boundary", ""))
                for piece in pieces:
                    yield from parser.feed(piece)
                parser.close()
            except Malformed:
                raise Trouble("broke-off") from None

    def store(self, body: "Body") -> Row | None:
        """Send objects by STOW-RS; return what is said of each, None where that is not told.

        Raises:
            Trouble: nothing of it may have been stored.
        """
        headers = {"Accept": _JSON, "Content-Type": body.content_type}
        with self._ask("POST", "/studies", headers, data=body) as answer:
            # Servers refuse the whole for one bad object, and still say which were stored.
            if answer.status_code not in {200, 202, 400, 409, 415}:
                _told(answer)
                raise Trouble("odd-answer")
            try:
                found = _json(answer)
            except Trouble:
                return None
            return found if isinstance(found, dict) else None

    @contextmanager
    def _ask(
        self, method: str, path: str, headers: dict[str, str], **more: Any
    ) -> Iterator[requests.Response]:
        answer = None
        try:
            answer = self._session.request(
                method, self.url + path, headers=headers, stream=True, allow_redirects=False,
                timeout=(_CONNECT, self._read), **more,
            )  # fmt: skip
            yield answer
        except requests.exceptions.SSLError:
            raise Trouble("certificate") from None
        except requests.exceptions.RequestException:
            raise Trouble("no-answer" if answer is None else "broke-off") from None
        finally:
            if answer is not None:
                answer.close()


class Body:
    """The body of a request that stores: its length is known, its parts are read when sent."""

    BOUNDARY = "an-object-of-second-opinion-4f1c9e02"

    def __init__(self, parts: list[tuple[int, Iterable[bytes | memoryview]]]) -> None:
        self._parts = parts
        self._head = f"--{self.BOUNDARY}\r\nContent-Type: {_DICOM}\r\n\r\n".encode()
        self._end = f"--{self.BOUNDARY}--\r\n".encode()
        self.content_type = f'multipart/related; type="{_DICOM}"; boundary={self.BOUNDARY}'

    def __len__(self) -> int:
        each = len(self._head) + 2
        return sum(length + each for length, _data in self._parts) + len(self._end)

    def __iter__(self) -> Iterator[bytes]:
        for _length, data in self._parts:
            yield self._head
            yield from (bytes(piece) for piece in data)
            yield b"\r\n"
        yield self._end


def _told(answer: requests.Response) -> None:
    """Raise what a status means, unless it is good."""
    if answer.status_code not in {200, 206}:
        most = "server-error" if answer.status_code >= 500 else "odd-answer"
        raise Trouble(_CODES.get(answer.status_code, most))


def _json(answer: requests.Response) -> Any:
    body = bytearray()
    for piece in answer.iter_content(_PIECE):
        body += piece
        if len(body) > _MOST_JSON:
            raise Trouble("too-large")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Trouble("odd-answer") from None


def values(row: Row, tag: str) -> list[Any]:
    """Return the values of a tag of DICOM JSON (PS3.18, annex F); what is odd is left out."""
    element = row.get(tag)
    found = element.get("Value") if isinstance(element, dict) else None
    return found if isinstance(found, list) else []


def text(row: Row, tag: str) -> str:
    """Return the first value of a tag as text; of a name the Latin letters, else the others."""
    first = next(iter(values(row, tag)), "")
    if isinstance(first, dict):
        groups = ("Alphabetic", "Ideographic", "Phonetic")
        first = next((first[each] for each in groups if first.get(each)), "")
    return str(first).strip() if isinstance(first, str | int | float) else ""


def number(row: Row, tag: str) -> int | None:
    """Return the first value of a tag as a number that counts something, or None."""
    found = text(row, tag)
    return int(found) if found.isdecimal() and len(found) < 10 else None
