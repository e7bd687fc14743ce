"""A bad link between a browser and the server: slow, far away, losing packets, cut at times.

Not every kernel can emulate a network, so a small proxy does. A lost packet shows as what it costs
on a real link, a pause of its connection for one round trip; it is drawn for each 1,460 bytes.
"""

import asyncio
import math
import random
import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlparse

SEGMENT = 1460  # bytes
PIECE = 4 * SEGMENT
BUFFER = 64 * 1024  # bytes that wait before the link


class Link:
    """A proxy before `target`; `url` is its other end. Use it as a context.

    With `cut_at` it breaks, and stays so, when it has carried as many bytes towards the server.
    """

    def __init__(
        self, target: str, *, bytes_a_second: float, round_trip: float = 0.0, loss: float = 0.0,
        seed: int = 1, cut_at: int | None = None,
    ) -> None:  # fmt: skip
        where = urlparse(target)
        self.target = (where.hostname or "127.0.0.1", where.port or 80)
        self.rate, self.round_trip, self.loss = bytes_a_second, round_trip, loss
        self.carried = 0  # bytes towards the server that the link has carried
        self.cuts, self.cut_at = 0, cut_at
        self.url = ""
        self._free = {"up": 0.0, "down": 0.0}
        self._down_until = 0.0
        self._chance = random.Random(seed)
        self._open: set[asyncio.StreamWriter] = set()
        self._near: set[asyncio.StreamWriter] = set()  # those at the browser's end
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def cut(self, seconds: float = 2.0) -> None:
        """Break every connection near the browser, and let none begin for a while.

        What the link had carried until then goes on to the server.
        """

        self._loop.call_soon_threadsafe(self._cut, seconds)

    def _cut(self, seconds: float) -> None:
        self.cuts += 1
        self._down_until = self._loop.time() + seconds
        for writer in list(self._near):
            writer.transport.abort()

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        door.bind(("127.0.0.1", 0))
        server = await asyncio.start_server(self._serve, sock=door, limit=BUFFER)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        await asyncio.sleep(0.1)  # who knocked just now is let in, to be closed like the others
        for writer in list(self._open):
            writer.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # transports close in the turn after they were aborted

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self._open.add(writer)
        self._near.add(writer)
        with suppress(OSError):
            try:
                if self._loop.time() >= self._down_until:
                    await self._join(reader, writer, ends)
            finally:
                for each in ends:
                    self._open.discard(each)
                    self._near.discard(each)
                    each.transport.abort()

    async def _join(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
        ends: list[asyncio.StreamWriter],
    ) -> None:  # fmt: skip
        await asyncio.sleep(self.round_trip)  # the handshake
        inner_reader, inner = await asyncio.open_connection(*self.target, limit=BUFFER)
        ends.append(inner)
        self._open.add(inner)
        down = asyncio.ensure_future(self._pump(inner_reader, writer, "down"))
        try:
            await self._pump(reader, inner, "up")
            await down
        finally:
            down.cancel()
            await asyncio.gather(down, return_exceptions=True)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str
    ) -> None:
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        flying = asyncio.ensure_future(self._deliver(line, writer))
        try:
            with suppress(ConnectionError):
                while piece := await reader.read(PIECE):
                    await self._carry(len(piece), way)
                    line.put_nowait((self._loop.time() + self.round_trip / 2, piece))
            line.put_nowait((self._loop.time() + self.round_trip / 2, b""))
            await flying
        finally:
            flying.cancel()
            await asyncio.gather(flying, return_exceptions=True)

    async def _carry(self, size: int, way: str) -> None:
        """Wait until the link, which all connections share, has carried so many bytes."""
        lost = sum(self._chance.random() < self.loss for _each in range(-(-size // SEGMENT)))
        if lost:
            await asyncio.sleep(lost * self.round_trip)
        now = self._loop.time()
        self._free[way] = max(now, self._free[way]) + size / self.rate
        await asyncio.sleep(self._free[way] - now)
        if way == "up":
            self.carried += size
            if self.cut_at is not None and self.carried >= self.cut_at and not self.cuts:
                self._cut(math.inf)

    async def _deliver(
        self, line: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter
    ) -> None:
        while True:
            due, piece = await line.get()
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            if not piece:
                writer.write_eof()
                return
            writer.write(piece)
            await writer.drain()
