"""Runs a function of many files in sandbox children, so that one damaged file never loses its
siblings: where a batch brings its child down, a second child tries each file in a fork of its own.
"""

import importlib
import os
import pickle
import resource
from collections.abc import Callable, Sequence
from typing import Any

from secondopinion.core import sandbox

MEMORY, GROWTH = 1024, 4  # MB for the child itself; times the bytes that it is given
MOST_MEMORY = 4096
WARM = ("pydicom.pixels", "pydicom.pixels.decoders", "numpy", "cv2", "PIL.Image")
SECONDS = 20  # of processor time for one file that is tried alone


def each(function: Callable[[list[bytes]], list[Any]], files: Sequence[bytes]) -> list[Any]:
    """Return what `function` returns for each file; ``{"error": reason}`` where it brings its child
    down (``memory``, ``time``, ``crash``, ``error``)."""
    if not files:
        return []
    try:
        return _run(len(files), function, list(files))
    except sandbox.Failed as failed:
        if len(files) == 1:
            return [{"error": failed.reason}]
    try:
        return _run(len(files), apart, list(files), function.__module__, function.__qualname__)
    except sandbox.Failed:  # together they take too long
        middle = len(files) // 2
        return each(function, files[:middle]) + each(function, files[middle:])


def _run(count: int, function: Callable[..., Any], files: list[bytes], *more: str) -> list[Any]:
    size = sum(map(len, files)) // 1024**2
    answers = sandbox.run(
        function, files, *more, memory_mb=min(MOST_MEMORY, MEMORY + GROWTH * size),
        cpu_s=60 + 4 * size, wall_s=180 + 8 * size,
    )  # fmt: skip
    if not isinstance(answers, list) or len(answers) != count:
        raise sandbox.Failed("error")
    return answers


def apart(files: list[bytes], module: str, name: str) -> list[Any]:
    """Call a function for each file in a fork of this process; runs inside the sandbox."""
    function = getattr(importlib.import_module(module), name)
    for needed in WARM:  # once, not in every fork
        importlib.import_module(needed)
    return [_alone(function, data) for data in files]


def _alone(function: Callable[[list[bytes]], list[Any]], data: bytes) -> Any:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
            with os.fdopen(writing, "wb") as out:
                out.write(pickle.dumps(function([data])[0]))
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        packed = answer.read()
    _pid, status = os.waitpid(child, 0)
    if status:
        return {"error": sandbox.reason_of(-os.WTERMSIG(status)) if os.WIFSIGNALED(status) else
                "error"}  # fmt: skip
    return pickle.loads(packed)  # noqa: S301 - a fork of this very process, inside the sandbox
