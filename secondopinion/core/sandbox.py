"""Runs a parser in a child process with limits; what a stranger's file does stays in there."""

import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

CHILD = "secondopinion.core.sandbox_child"


class Failed(Exception):
    """The child gave no result; `reason` is ``memory``, ``time``, ``crash`` or ``error``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class _Plain(pickle.Unpickler):
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
    of these. `memory_mb` bounds the address space, `cpu_s` the processor time, `wall_s` the time.

    Raises:
        Failed: with the reason.
    """
    call = pickle.dumps((function.__module__, function.__qualname__, memory_mb, cpu_s, args))
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", CHILD],
            input=call,
            capture_output=True,
            timeout=wall_s,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed("time") from None
    if done.returncode != 0:
        raise Failed(_reason(done.returncode))
    kind, value = _Plain(io.BytesIO(done.stdout)).load()
    if kind != "ok":
        raise Failed("memory" if value == "MemoryError" else "error", value)
    return value


def _reason(status: int) -> str:
    # A child that runs out of processor time is ended by SIGXCPU (24) or SIGKILL (9).
    return "time" if status in {-24, -9} else "crash"
