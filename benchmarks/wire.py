"""A light HTTP client for benchmarks: it costs little; what comes is counted and not kept."""

import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlparse

_BUFFER = 1 << 20
_HEAD = 1024  # bytes read where the head of an answer is due
_LINE = 16  # bytes read where the length of a chunk is due


class Wire:
    """One connection that is kept, TCP_NODELAY on."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlparse(url)
        self.root = parts.path
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 80))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(600)
        self.fixed = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.host = f"{parts.hostname}:{parts.port}"
        self.buffer = memoryview(bytearray(_BUFFER))

    def ask(self, method: str, path: str, body: bytes = b"", *, root: bool = False,
            **headers: str) -> tuple[int, int]:  # fmt: skip
        """Send a request; return the status and the number of bytes of the answer's body."""
        lines = "".join(f"{n.replace('_', '-')}: {v}\r\n" for n, v in headers.items())
        length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
        place = path if root else self.root + path
        head = f"{method} {place} HTTP/1.1\r\nHost: {self.host}\r\n{self.fixed}{lines}{length}\r\n"
        self.socket.sendall(head.encode())
        if body:
            self.socket.sendall(body)
        return self._answer()

    def _answer(self) -> tuple[int, int]:
        held = bytearray()
        while (end := held.find(b"\r\n\r\n")) < 0:
            held += self._some(_HEAD)
        head = bytes(held[:end]).decode("latin1").lower()
        status, rest = int(head.split(" ", 2)[1]), bytes(held[end + 4 :])
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        if "chunked" in fields.get("transfer-encoding", ""):
            return status, self._chunks(rest)
        if "content-length" not in fields:
            return status, self._until_closed(len(rest))
        length = int(fields["content-length"])
        self._skip(length - len(rest))
        return status, length

    def _some(self, most: int) -> bytes:
        count = self.socket.recv_into(self.buffer, most)
        if not count:
            raise ConnectionError("the server closed the connection")
        return bytes(self.buffer[:count])

    def _skip(self, left: int) -> None:
        while left > 0:
            count = self.socket.recv_into(self.buffer, min(left, _BUFFER))
            if not count:
                raise ConnectionError("the server closed the connection")
            left -= count

    def _until_closed(self, total: int) -> int:
        while count := self.socket.recv_into(self.buffer):
            total += count
        return total

    def _chunks(self, held: bytes) -> int:
        """Count a chunked body: what is within a chunk is not copied, or the client would tell
        how quick it is itself."""
        total = 0
        while True:
            while (end := held.find(b"\r\n")) < 0:
                held += self._some(_LINE)
            size, held = int(held[:end].split(b";")[0], 16), held[end + 2 :]
            need = size + 2
            if len(held) >= need:
                held = held[need:]
            else:
                self._skip(need - len(held))
                held = b""
            if size == 0:
                return total
            total += size

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()


def together(
    connections: int, url: str, headers: dict[str, str], tasks: list[Callable[[Wire], None]]
) -> float:
    """Do the tasks over some connections at once; return the seconds that it took."""
    wires = [Wire(url, headers) for _ in range(connections)]
    left, lock, failed = list(reversed(tasks)), threading.Lock(), []

    def work(wire: Wire) -> None:
        while True:
            with lock:
                if not left or failed:
                    return
                task = left.pop()
            try:
                task(wire)
            except Exception as error:  # noqa: BLE001 - raised by the caller
                failed.append(error)

    threads = [threading.Thread(target=work, args=(wire,)) for wire in wires]
    began = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    seconds = time.perf_counter() - began
    for wire in wires:
        wire.close()
    if failed:
        raise failed[0]
    return seconds
