"""The child's side of the sandbox: sets its limits, calls one function, answers in plain values."""

import contextlib
import importlib
import os
import pickle
import resource
import sys


def _limit(memory_mb: int, cpu_s: int) -> None:
    size = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024 * 1024,) * 2)


def main() -> None:
    """Read one call from standard input and write its outcome to standard output."""
    # The parent's own pickle: the child trusts the parent, never the other way round.
    module, name, memory_mb, cpu_s, args = pickle.load(sys.stdin.buffer)  # noqa: S301
    # Chatty libraries must not write into the answer.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit(memory_mb, cpu_s)
    try:
        function = getattr(importlib.import_module(module), name)
        with contextlib.redirect_stdout(sys.stderr):
            outcome = ("ok", function(*args))
        packed = pickle.dumps(outcome)
    except Exception as error:  # noqa: BLE001 - told to the parent by its kind
        packed = pickle.dumps(("error", type(error).__name__))
    with answer:
        answer.write(packed)
    sys.stdout.flush()
    os._exit(0)  # no clean-up of libraries that a hostile file may have confused


if __name__ == "__main__":
    main()
