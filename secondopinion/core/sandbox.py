"""Runs a parser in a child process with limits; what a stranger's file does stays in there."""

import atexit
import contextlib
import io
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from secondopinion.core import wire

SERVER = "secondopinion.core.fork_server"
_REQUEST, _STATUS = 512, 4  # as in `fork_server`, which this process does not import
_PATIENCE_S = 60.0  # beyond a call's own time, for a server that starts on a busy machine


class Failed(Exception):
    """The child gave no result; `reason` is ``memory``, ``time``, ``crash`` or ``error``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Plain(pickle.Unpickler):
    """Reads numbers, texts, bytes and containers of them; a child cannot make us import a thing."""

    def find_class(self, module: str, name: str) -> Any:
        raise Failed("error", f"the child answered with a {module}.{name}")


def run(
    function: Callable[..., Any],
    *args: Any,
    memory_mb: int = 1024,
    cpu_s: int = 30,
    wall_s: int = 60,
) -> Any:
    """Call a function of a module in a fresh child and return what it returns.

    Arguments and result are plain: None, bool, int, float, str, bytes, and lists, tuples and dicts
    of these. `memory_mb` bounds what the call may add to the address space, `cpu_s` the processor
    time, `wall_s` the time. What the function's module names as ``WARM`` is imported before the
    child is forked, once.

    Raises:
        Failed: with the reason.
    """
    call = pickle.dumps((function.__module__, function.__qualname__, memory_mb, cpu_s, args))
    return outcome(_SERVER.call(function.__module__, call, wall_s))


def outcome(packed: bytes) -> Any:
    """Return what a child answered.

    Raises:
        Failed: where that is a failure, or not plain.
    """
    kind, value = Plain(io.BytesIO(packed)).load()
    if kind != "ok":
        raise Failed("memory" if value == "MemoryError" else "error", value)
    return value


def environment() -> dict[str, str]:
    """Return what a child may know of ours: where Python's modules are, and no secrets."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def reason_of(status: int) -> str:
    """Return why a child has ended, by its exit status."""
    # A child that runs out of processor time is ended by SIGXCPU (24) or SIGKILL (9).
    return "time" if status in {-24, -9} else "crash"


class _Server:
    """The process of ours that forks children; started when first needed, again when it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        atexit.register(self.end)
        os.register_at_fork(after_in_child=self._forget)

    def call(self, module: str, packed: bytes, wall_s: float) -> bytes:
        """Do one call in a child of its own and return the packed answer."""
        deadline = time.monotonic() + wall_s + _PATIENCE_S
        calls, calls_there = socket.socketpair()
        tells, tells_there = socket.socketpair()
        calls.setblocking(False)  # so that a child that reads nothing cannot hold us
        with calls, tells:
            with calls_there, tells_there:
                request = f"{wall_s} {module}".encode().ljust(_REQUEST)
                self._ask(request, [calls_there.fileno(), tells_there.fileno()])
            try:
                # A child may end before it has read all; how it ended says why.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    wire.send_packed(calls.fileno(), packed, deadline)
                with contextlib.suppress(EOFError, ConnectionResetError):
                    return wire.receive_packed(calls.fileno(), deadline)
                status = wire.receive(tells.fileno(), _STATUS, deadline)
            except wire.Late:
                raise Failed("time") from None
            except (EOFError, ConnectionResetError):
                raise Failed("crash", "the server of children is gone") from None
        raise Failed(reason_of(int.from_bytes(status, signed=True)))

    def _ask(self, request: bytes, handles: list[int]) -> None:
        with self._lock:
            for tried_again in (False, True):
                if self._process is None or self._process.poll() is not None or tried_again:
                    self._start()
                assert self._control is not None  # noqa: S101 - for the type checker
                try:
                    socket.send_fds(self._control, [request], handles)
                except (BrokenPipeError, ConnectionResetError):
                    continue
                return
        raise Failed("crash", "no children can be started")

    def _start(self) -> None:
        self._close()
        self._control, there = socket.socketpair()
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-m", SERVER, str(there.fileno())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=environment(), pass_fds=[there.fileno()],
            )  # fmt: skip

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.wait()  # it goes when its caller goes
            self._process = None

    def end(self) -> None:
        """End the server, and with it whatever child still runs."""
        with self._lock:
            self._close()

    def _forget(self) -> None:
        """In a fork of ours: the server is the parent's, and so is the lock."""
        self._lock = threading.Lock()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.returncode = 0  # not a child of ours: nothing to wait for
            self._process = None


_SERVER = _Server()
