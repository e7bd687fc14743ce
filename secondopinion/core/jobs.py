"""Jobs: at least once, found again when their worker died, retried with growing pauses.

The queue is django-tasks-db's table. What it leaves out is here: a lease with a heart-beat for
every running job, a bounded number of tries, and jobs that come round by the clock.
"""

import logging
import os
import threading
import traceback
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections, transaction
from django.db.models import Q, QuerySet
from django.tasks import Task, TaskResultStatus
from django.utils.module_loading import autodiscover_modules
from django_tasks_db.models import DBTaskResult, get_date_max

from secondopinion.core import clock
from secondopinion.core.ids import short_code
from secondopinion.core.models import JobLease, PeriodicRun
from secondopinion.core.prepared import prepared

log = logging.getLogger(__name__)

MOST_TRIES = 5
BEAT = timedelta(seconds=5)
DEAD_AFTER = timedelta(seconds=30)  # without a beat
FIRST_PAUSE = timedelta(seconds=5)  # doubles with each try


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function that the worker calls when `every` has passed since the last time."""

    name: str
    every: timedelta
    function: Callable[[], object]


REGISTRY: dict[str, Periodic] = {}


def periodic[F: Callable[[], object]](name: str, *, every: timedelta) -> Callable[[F], F]:
    """Register a function of a ``tasks`` module to be called by the clock; it is idempotent."""

    def register(function: F) -> F:
        REGISTRY[name] = Periodic(name, every, function)
        return function

    return register


def discover() -> None:
    """Import every room's ``tasks`` module, so that its periodic jobs are known."""
    autodiscover_modules("tasks")


def claim(worker: str, least: int | None = None, most: int | None = None) -> DBTaskResult | None:
    """Take the next job that is due, or None. Two workers never take the same one.

    Jobs whose priority is below `least` or above `most` are left to others.
    """
    while True:
        due = (
            DBTaskResult.objects.filter(status=TaskResultStatus.READY)
            .filter(Q(run_after=get_date_max()) | Q(run_after__lte=clock.now()))
            .order_by("-priority", "run_after", "enqueued_at")
        )
        if least is not None:
            due = due.filter(priority__gte=least)
        if most is not None:
            due = due.filter(priority__lte=most)
        job = due.first()
        if job is None:
            return None
        with transaction.atomic():
            taken = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.READY).update(
                status=TaskResultStatus.RUNNING, started_at=clock.now()
            )
            if not taken:
                continue  # another worker was quicker
            lease, _made = JobLease.objects.get_or_create(job_id=job.pk)
            lease.worker, lease.beat_at = worker, clock.now()
            lease.tries += 1
            lease.save()
        job.refresh_from_db()
        return job


def run(job: DBTaskResult, worker: str, *, beating: bool = True) -> BaseException | None:
    """Run a claimed job and write down how it went; return what stopped it, or None.

    Without `beating` nobody else is told that it is being run: for a process that works alone.
    """
    failure: Exception | None = None
    with _Heart(job, worker) if beating else nullcontext():
        try:
            job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
        except Exception as error:  # noqa: BLE001 - whatever a job raises is written down
            failure = error
    lease = JobLease.objects.get(job_id=job.pk)
    mine = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING)
    if failure is None:
        mine.update(status=TaskResultStatus.SUCCESSFUL, finished_at=clock.now())
        JobLease.objects.filter(pk=lease.pk).update(reason="", incident="")
        return None
    incident = short_code(8)
    reason = type(failure).__qualname__
    # Frames only: what an error says may quote what a family wrote.
    frames = "".join(traceback.format_tb(failure.__traceback__))
    log.error("job %s failed: %s, incident %s\n%s", job.task_path, reason, incident, frames)
    JobLease.objects.filter(pk=lease.pk).update(reason=reason, incident=incident)
    if lease.tries < MOST_TRIES:
        pause = FIRST_PAUSE * 2 ** (lease.tries - 1)
        mine.update(status=TaskResultStatus.READY, run_after=clock.now() + pause)
    else:
        mine.update(
            status=TaskResultStatus.FAILED,
            finished_at=clock.now(),
            exception_class_path=f"{type(failure).__module__}.{reason}",
            traceback=f"incident {incident}",
        )
    return failure


class _Heart:
    """Beats in a thread of its own while a job runs, so that nobody takes it for dead."""

    def __init__(self, job: DBTaskResult, worker: str) -> None:
        self.job_id, self.worker = job.pk, worker
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    def _beat(self) -> None:
        beaten = False
        while not self.done.wait(BEAT.total_seconds()):
            beaten = True
            with suppress(DatabaseError):  # one beat may be missed
                JobLease.objects.filter(job_id=self.job_id, worker=self.worker).update(
                    beat_at=clock.now()
                )
        if beaten:
            connections.close_all()


def enqueue_once(function: Task, *arguments: str) -> None:
    """Enqueue a job unless the same one waits already. For jobs that look at all there is."""
    if not _waiting(function.module_path, {"args": list(arguments), "kwargs": {}}):
        function.enqueue(*arguments)


@prepared
def _waiting(path: str, given: dict[str, Any]) -> QuerySet[DBTaskResult, UUID]:
    rows = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=path)
    return rows.filter(args_kwargs=given).order_by().values_list("pk", flat=True)[:1]


def reclaim() -> int:
    """Give back the jobs whose worker died; return how many. A job that killed five is given up."""
    dead = JobLease.objects.filter(beat_at__lt=clock.now() - DEAD_AFTER)
    given_back = 0
    for lease in dead.filter(job_id__in=_running()):
        with transaction.atomic():
            spent = lease.tries >= MOST_TRIES
            given_back += DBTaskResult.objects.filter(
                pk=lease.job_id, status=TaskResultStatus.RUNNING
            ).update(
                status=TaskResultStatus.FAILED if spent else TaskResultStatus.READY,
                finished_at=clock.now() if spent else None,
            )
            JobLease.objects.filter(pk=lease.pk).update(reason="worker died")
    return given_back


def _running() -> list[UUID]:
    return list(
        DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).values_list("pk", flat=True)
    )


def retry(job: DBTaskResult) -> None:
    """Run a job again that has failed for good, with all its tries."""
    with transaction.atomic():
        DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY, run_after=clock.now(), finished_at=None
        )
        JobLease.objects.filter(job_id=job.pk).update(tries=0)


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed for good, as a page shows it."""

    job: DBTaskResult
    reason: str
    incident: str
    tries: int


def failed() -> list[FailedJob]:
    """Return the jobs that failed for good, the latest first."""
    rows = list(
        DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")[:200]
    )
    leases = {
        each.job_id: each for each in JobLease.objects.filter(job_id__in=[r.pk for r in rows])
    }
    found = []
    for row in rows:
        lease = leases.get(row.pk) or JobLease(job_id=row.pk)
        found.append(FailedJob(row, lease.reason, lease.incident, lease.tries))
    return found


def run_periodic(now: datetime | None = None) -> int:
    """Call the periodic functions whose time has come; return how many. One worker calls each."""
    now = now or clock.now()
    called = 0
    for each in REGISTRY.values():
        row, _made = PeriodicRun.objects.get_or_create(name=each.name)
        if row.ran_at is not None and now - row.ran_at < each.every:
            continue
        mine = PeriodicRun.objects.filter(name=each.name, ran_at=row.ran_at).update(ran_at=now)
        if not mine:
            continue
        called += 1
        try:
            each.function()
        except Exception as error:  # noqa: BLE001 - one that fails must not stop the others
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s failed: %s\n%s", each.name, type(error).__qualname__, frames)  # noqa: TRY400 - no message: it may quote
    return called


def run_all(*, least: int | None = None) -> int:
    """Run every job that is due in this process, and those that they enqueue; return how many.

    For the demonstration's seed and for tests. Jobs whose priority is below `least` are left.

    Raises:
        Exception: what stopped a job.
    """
    worker = f"here-{os.getpid()}"
    count = 0
    while (job := claim(worker, least)) is not None:
        failure = run(job, worker, beating=False)
        if failure is not None:
            raise failure
        count += 1
    return count


def work(stop: threading.Event, *, worker: str = "", pause: float = 0.5) -> None:
    """Work until `stop` is set: jobs first, then what comes round by the clock.

    Jobs of a priority below 0 take long and nobody waits for them: a second thread does them, so
    that what a family or the desk waits for is never behind one.
    """
    worker = worker or f"{os.uname().nodename}-{os.getpid()}-{short_code(4)}"
    discover()

    def next_one(name: str) -> DBTaskResult | None:
        reclaim()
        run_periodic()
        return claim(name, least=0)

    def long_ones() -> None:
        try:
            _work_off(stop, pause, f"{worker}-long", partial(claim, most=-1))
        finally:
            stop.set()  # a worker does both or neither
            connections.close_all()

    beside = threading.Thread(target=long_ones)
    beside.start()
    try:
        _work_off(stop, pause, worker, next_one)
    finally:
        stop.set()
        beside.join()


def _work_off(
    stop: threading.Event, pause: float, worker: str, take: Callable[[str], DBTaskResult | None]
) -> None:
    """Run jobs until `stop` is set; the one under way is finished first."""
    while not stop.is_set():
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
        try:
            job = take(worker)
        except Exception as error:  # noqa: BLE001 - the database may be away for a moment
            log.warning("worker waits: %s", type(error).__qualname__)
            stop.wait(5)
            continue
        if job is None:
            stop.wait(pause)
        else:
            run(job, worker)
