"""Jobs: tried again with pauses, given up after five, found when their worker died, run once."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from secondopinion.core import clock, jobs
from secondopinion.core.models import JobLease, PeriodicRun

pytestmark = pytest.mark.django_db
DONE: list[str] = []


@task()
def note(word: str) -> None:
    DONE.append(word)


@task()
def stumble(secret: str) -> None:
    raise ValueError(secret)


@pytest.fixture(autouse=True)
def fresh() -> None:
    DONE.clear()


def test_what_is_queued_is_run_once() -> None:
    note.enqueue("a")
    assert jobs.run_all() == 1
    assert jobs.run_all() == 0
    assert DONE == ["a"]


def test_the_same_job_waits_once_and_is_found_among_many() -> None:
    for word in ("a", "a", "b"):
        jobs.enqueue_once(note, word)
    assert DBTaskResult.objects.count() == 2
    if connection.vendor == "sqlite":
        waits = DBTaskResult.objects.filter(status="READY", args_kwargs={"args": ["a"]})
        assert "job_that_waits" in waits.order_by().explain()
    assert jobs.run_all() == 2
    jobs.enqueue_once(note, "a")
    assert jobs.run_all() == 1


def test_a_job_of_a_transaction_that_failed_is_not_there() -> None:
    def fail() -> None:
        with transaction.atomic():
            note.enqueue("a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert jobs.run_all() == 0


def test_it_is_tried_five_times_with_growing_pauses_and_then_given_up() -> None:
    stumble.enqueue("epilepsy")
    now, pauses = clock.now(), []
    for _try in range(jobs.MOST_TRIES):
        with time_machine.travel(now, tick=False):
            job = jobs.claim("w")
            assert job is not None
            assert isinstance(jobs.run(job, "w"), ValueError)
            job.refresh_from_db()
            pauses.append(job.run_after - now)
            now = max(now, job.run_after) + timedelta(seconds=1)
    assert pauses[1] > pauses[0]
    assert job.status == TaskResultStatus.FAILED
    [failed] = jobs.failed()
    assert failed.reason == "ValueError"
    assert "epilepsy" not in f"{job.traceback}{job.exception_class_path}{failed.reason}"
    jobs.retry(job)
    assert jobs.failed() == []


def test_what_a_job_says_when_it_fails_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    stumble.enqueue("epilepsy")
    job = jobs.claim("w")
    assert job is not None
    jobs.run(job, "w")
    assert "ValueError" in caplog.text
    assert "epilepsy" not in caplog.text


def test_a_job_whose_worker_died_is_found() -> None:
    note.enqueue("a")
    assert jobs.claim("dead") is not None
    assert jobs.reclaim() == 0, "its heart may still beat"
    JobLease.objects.update(beat_at=clock.now() - jobs.DEAD_AFTER * 2)
    assert jobs.reclaim() == 1
    assert jobs.run_all() == 1
    assert DONE == ["a"]


def test_a_job_that_kills_every_worker_is_given_up() -> None:
    note.enqueue("a")
    for _try in range(jobs.MOST_TRIES):
        assert jobs.claim("dead") is not None
        JobLease.objects.update(beat_at=clock.now() - jobs.DEAD_AFTER * 2)
        jobs.reclaim()
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


def test_what_comes_round_by_the_clock_comes_once_in_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called = []
    each = jobs.Periodic("x", timedelta(hours=1), lambda: called.append(1))
    monkeypatch.setattr(jobs, "REGISTRY", {"x": each})
    jobs.run_periodic()
    jobs.run_periodic()
    assert len(called) == 1
    jobs.run_periodic(clock.now() + timedelta(hours=2))
    assert len(called) == 2
    assert PeriodicRun.objects.count() == 1
