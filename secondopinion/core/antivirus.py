"""Asks ClamAV's daemon whether a content is malicious, where an operator has set one up (CLAMD).

The daemon's own protocol (clamd(8), INSTREAM): the content travels in pieces with their lengths
and is never written to a disk in the open by us.
"""

import socket
import struct
from collections.abc import Iterable

from django.conf import settings

PATIENCE = 60  # seconds for an answer
_PIECE = 64 * 1024


class Away(Exception):
    """The daemon does not answer, or answers with trouble of its own: nothing is known yet."""


class TooLarge(Exception):
    """The content is longer than the daemon takes (its StreamMaxLength)."""


def is_set_up() -> bool:
    """Say whether there is a daemon to ask."""
    return bool(settings.CLAMD)


def answers() -> bool:
    """Say whether the daemon answers."""
    try:
        with _connected() as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection) == "PONG"
    except OSError:
        return False


def found_in(pieces: Iterable[bytes | memoryview]) -> str:
    """Return the name of what was found in a content, or nothing.

    Raises:
        Away: the daemon cannot say.
        TooLarge: it is longer than the daemon takes.
    """
    try:
        with _connected() as connection:
            try:
                connection.sendall(b"zINSTREAM\0")
                for piece in pieces:
                    view = memoryview(piece)
                    for at in range(0, len(view), _PIECE):
                        part = view[at : at + _PIECE]
                        connection.sendall(struct.pack(">L", len(part)))
                        connection.sendall(part)
                connection.sendall(struct.pack(">L", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has said why before it closed
            said = _answer(connection)
    except OSError as error:
        raise Away(type(error).__name__) from None
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    if "size limit exceeded" in said:
        raise TooLarge
    raise Away("an answer that is none")


def _connected() -> socket.socket:
    place: str = settings.CLAMD
    if place.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        try:
            connection.connect(place)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def _answer(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096:
        more = connection.recv(4096)
        if not more:
            break
        said += more
    return said.rstrip(b"\0").decode("utf-8", "replace")
