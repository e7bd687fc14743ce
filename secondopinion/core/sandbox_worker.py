"""The child's side of a pool: one call after the other, each with its own processor time."""

import contextlib
import importlib
import os
import pickle
import resource
import sys
from typing import Any

from secondopinion.core import fork_server, wire


def _call(packed: bytes) -> tuple[str, Any]:
    module, name, cpu_s, args = pickle.loads(packed)  # noqa: S301 - the parent's own
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + cpu_s + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
    try:
        function = getattr(importlib.import_module(module), name)
        with contextlib.redirect_stdout(sys.stderr):
            return "ok", function(*args)
    except Exception as error:  # noqa: BLE001 - told to the parent by its kind
        return "error", type(error).__name__


def main() -> None:
    """Answer calls until the parent closes the pipe."""
    answers = os.dup(1)
    os.dup2(2, 1)  # chatty libraries must not write into the answer
    fork_server.limit_memory(int(sys.argv[1]))
    with contextlib.suppress(EOFError):
        while True:
            outcome = _call(wire.receive_packed(0))
            wire.send_packed(answers, pickle.dumps(outcome))
            del outcome


if __name__ == "__main__":
    main()
