"""The sandbox ends what takes too much and believes nothing that comes out of it."""

import math
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from secondopinion.core import sandbox


def eat_memory() -> int:
    return len(bytearray(3 * 1024**3))


def spin() -> None:
    while True:
        math.sqrt(2)


def sleep() -> None:
    time.sleep(60)


def crash() -> None:
    os.abort()


def answer_with_an_object() -> object:
    return ValueError  # a class cannot come back


def environment() -> dict[str, str]:
    return dict(os.environ)


def test_plain_values_go_in_and_out() -> None:
    assert sandbox.run(max, 3, 4) == 4


@pytest.mark.parametrize(
    ("function", "reason"),
    [(eat_memory, "memory"), (spin, "time"), (crash, "crash"), (answer_with_an_object, "error")],
)
def test_it_says_why_there_is_no_result(function: object, reason: str) -> None:
    with pytest.raises(sandbox.Failed) as failed:
        sandbox.run(function, memory_mb=1024, cpu_s=1, wall_s=20)  # type: ignore[arg-type]
    assert failed.value.reason == reason


def test_what_waits_for_ever_is_ended() -> None:
    with pytest.raises(sandbox.Failed, match="time"):
        sandbox.run(sleep, wall_s=1)


def test_no_secret_of_the_server_is_in_the_childs_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    assert "SECRET_KEY" not in sandbox.run(environment)


HELD: list[int] = []


def hold() -> list[int]:
    HELD.append(os.getpid())
    return [os.getppid(), *HELD]


def end_the_server() -> None:
    os.kill(os.getppid(), signal.SIGKILL)


def crash_with(data: bytes) -> None:
    os.abort()


def write_and_sleep(file: str) -> None:
    Path(file).write_text(str(os.getpid()))
    time.sleep(60)


def test_each_call_has_a_child_of_its_own_that_remembers_nothing() -> None:
    first, second = sandbox.run(hold), sandbox.run(hold)
    assert first[0] == second[0], "both are forked from one process"
    assert len(first) == len(second) == 2
    assert first[1] != second[1]


def test_many_calls_at_once() -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda each: sandbox.run(max, 3, each), range(40)))[-1] == 39


def test_more_is_sent_than_a_child_reads_that_has_ended() -> None:
    with pytest.raises(sandbox.Failed, match="crash"):
        sandbox.run(crash_with, bytes(50_000_000))


def test_a_server_that_is_gone_is_started_again() -> None:
    for _ in range(2):  # the second may be asked of one that is just ending
        with suppress(sandbox.Failed):
            sandbox.run(end_the_server)
    with suppress(sandbox.Failed):
        sandbox.run(max, 3, 4)
    assert sandbox.run(max, 3, 4) == 4


def test_nothing_goes_on_when_the_caller_has_gone(tmp_path: Path) -> None:
    caller = subprocess.Popen(
        [sys.executable, "-c",
         "from tests.core.test_sandbox import *; sandbox.run(write_and_sleep, sys.argv[1])",
         str(tmp_path / "pid")],
    )  # fmt: skip
    end = time.monotonic() + 60
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < end
        time.sleep(0.05)
    child = int((tmp_path / "pid").read_text())
    caller.kill()
    caller.wait()
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < end, "the child lives on"
        time.sleep(0.05)
