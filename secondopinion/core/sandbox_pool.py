"""Children of the sandbox that live for many calls: for decoders that are called often.

The limits hold for each call, and whoever breaks one is not asked again. A child serves one owner
(a case) in its life, so that what a hostile file might do to it reaches no other case.
"""

import atexit
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from secondopinion.core import sandbox, wire

CHILD = "secondopinion.core.sandbox_worker"
_MOST_CALLS = 5000
_IDLE_S = 60.0


class _Child:
    """One process, one owner."""

    def __init__(self, owner: str, memory_mb: int) -> None:
        self.owner, self.memory_mb, self.calls, self.used_at = owner, memory_mb, 0, time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", CHILD, str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=sandbox.environment(),
            bufsize=0,
        )
        assert self.process.stdin is not None  # noqa: S101 - for the type checker
        os.set_blocking(self.process.stdin.fileno(), False)

    def call(self, packed: bytes, wall_s: float) -> bytes:
        """Send one call and return the packed answer."""
        assert self.process.stdin is not None  # noqa: S101 - for the type checker
        assert self.process.stdout is not None  # noqa: S101 - likewise
        self.calls += 1
        self.used_at = time.monotonic()
        deadline = self.used_at + wall_s
        try:
            wire.send_packed(self.process.stdin.fileno(), packed, deadline)
            answer = wire.receive_packed(self.process.stdout.fileno(), deadline)
        except wire.Late:
            raise sandbox.Failed("time") from None
        except (BrokenPipeError, EOFError):
            raise sandbox.Failed(sandbox.reason_of(self.process.wait())) from None
        self.used_at = time.monotonic()
        return answer

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class Pool:
    """At most `size` children; a call waits for one that is free."""

    def __init__(self, size: int, *, memory_mb: int) -> None:
        self.memory_mb = memory_mb
        self._places = threading.Semaphore(size)
        self._lock = threading.Lock()
        self._free: list[_Child] = []
        atexit.register(self.close)

    def run(
        self,
        owner: str,
        function: Callable[..., Any],
        *args: Any,
        cpu_s: int = 30,
        wall_s: float = 60,
    ) -> Any:
        """Call a function of a module in a child of this owner; see `sandbox.run`.

        Raises:
            sandbox.Failed: with the reason; the child is gone then.
        """
        packed = pickle.dumps((function.__module__, function.__qualname__, cpu_s, args))
        with self._places:
            child = self._take(owner)
            try:
                answer = child.call(packed, wall_s)
            except BaseException:
                child.end()
                raise
            self._give(child)
        return sandbox.outcome(answer)

    def _take(self, owner: str) -> _Child:
        now, old, found = time.monotonic(), [], None
        with self._lock:
            kept = []
            for child in self._free:
                if found is None and child.owner == owner:
                    found = child
                elif now - child.used_at > _IDLE_S:
                    old.append(child)
                else:
                    kept.append(child)
            if found is None and kept:
                old.append(kept.pop(0))  # another owner's makes room
            self._free = kept
        for child in old:
            child.end()
        return found or _Child(owner, self.memory_mb)

    def _give(self, child: _Child) -> None:
        if child.calls >= _MOST_CALLS:
            child.end()
            return
        with self._lock:
            self._free.append(child)

    def close(self) -> None:
        """End every child that is free."""
        with self._lock:
            free, self._free = self._free, []
        for child in free:
            child.end()
