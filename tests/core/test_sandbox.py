"""The sandbox ends what takes too much and believes nothing that comes out of it."""

import math
import os
import time

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
