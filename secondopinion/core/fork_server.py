"""The process from which the sandbox's children are forked, and their side of it.

It imports what a child will need, once, so that a child starts in milliseconds. It never sees a
byte of a stranger's: a call goes from the caller straight into the child, through a socket of that
child's own. A child ends with its one call; what a file did to it is gone with it.
"""

import contextlib
import importlib
import os
import pickle
import resource
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from secondopinion.core import wire

REQUEST = 512  # bytes of a request: seconds and the module's name, filled up with blanks
STATUS = 4  # bytes that tell how a child ended


def limit_memory(memory_mb: int) -> None:
    """Bound what may be added to the address space, and what could be left behind."""
    size = _mapped() + memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024 * 1024,) * 2)


def _mapped() -> int:
    """Return the bytes of address space in use, mostly code; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def warm(module: str) -> None:
    """Import a module and what it names as ``WARM``; a child tells if that fails."""
    with contextlib.suppress(Exception):
        for name in getattr(importlib.import_module(module), "WARM", ()):
            importlib.import_module(name)


def answer(packed: bytes) -> bytes:
    """Do one call within its limits and return the packed outcome."""
    call: tuple[str, str, int, int, Any] = pickle.loads(packed)  # noqa: S301 - the caller's own
    module, name, memory_mb, cpu_s, args = call
    limit_memory(memory_mb)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    try:
        function = getattr(importlib.import_module(module), name)
        with contextlib.redirect_stdout(sys.stderr):
            return pickle.dumps(("ok", function(*args)))
    except Exception as error:  # noqa: BLE001 - told to the caller by its kind
        return pickle.dumps(("error", type(error).__name__))


def _be_child(handle: int) -> None:
    """Read the call, answer it, and end without any clean-up that a hostile file may have bent."""
    status = 1
    try:
        packed = wire.receive_packed(handle)
        wire.send_packed(handle, answer(packed))
        status = 0
    finally:
        os._exit(status)


class Server:
    """Forks children on request, tells how each ended, ends those that take too long."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.woken, wake = os.pipe()
        os.set_blocking(self.woken, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, who then goes
        self.children: dict[int, tuple[int, float]] = {}  # by pid: where to tell, and until when

    def serve(self) -> None:
        """Go on until the caller goes; then nothing of its goes on."""
        control = self.control.fileno()
        while True:
            now = time.monotonic()
            patience = min((until for _, until in self.children.values()), default=now + 60) - now
            ready, _, _ = select.select([control, self.woken], [], [], max(0.0, patience))
            self._end_late()
            if self.woken in ready:
                os.read(self.woken, 4096)
                self._tell_ended()
            if control in ready and not self._take():
                break
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)

    def _take(self) -> bool:
        request, handles, _, _ = socket.recv_fds(self.control, REQUEST, 2, socket.MSG_WAITALL)
        if len(request) < REQUEST or len(handles) != 2:
            return False
        seconds, module = request.decode().split()
        warm(module)
        calls, tells = handles
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for handle in (self.control.fileno(), tells, *(to for to, _ in self.children.values())):
                os.close(handle)
            _be_child(calls)
        os.close(calls)
        self.children[pid] = (tells, time.monotonic() + float(seconds))
        return True

    def _tell_ended(self) -> None:
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            tells, _ = self.children.pop(pid)
            with contextlib.suppress(OSError):  # nobody listens any more
                os.write(tells, os.waitstatus_to_exitcode(status).to_bytes(STATUS, signed=True))
            os.close(tells)

    def _end_late(self) -> None:
        for pid, (_, until) in self.children.items():
            if until <= time.monotonic():
                os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Serve the caller at the other end of the socket whose number is given."""
    os.dup2(2, 1)  # chatty libraries write nowhere else
    Server(socket.socket(fileno=int(sys.argv[1]))).serve()


if __name__ == "__main__":
    main()
