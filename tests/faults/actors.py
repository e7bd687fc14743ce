"""What the processes of these tests do: each is started, and some are killed, by a test."""

import json
import os
import sys
import time
from typing import Any

import django

DONE = "-- done --"  # what an obeying process prints behind each answer


def wait_for(instant: str) -> None:
    """Wait until a clock time, so that several processes act in the same moment."""
    time.sleep(max(0.0, float(instant) - time.time()))


def prepare() -> None:
    """Make a family with a submitted and a complete draft, and four coordinators."""
    from secondopinion.accounts import actions as accounts
    from secondopinion.cases import actions
    from tests.cases.test_workflow import complete, staff

    maria = accounts.ensure_person(email="maria@familia.example", full_name="María", language="es")
    case = complete(actions.start_draft(by=maria, language="es"), maria)
    actions.submit(by=maria, case=case)
    draft = complete(actions.start_draft(by=maria, language="es"), maria)
    for name in "abcd":
        staff(f"{name}@h.example", "coordinator")
    print(case.reference, draft.reference)


def _case(reference: str) -> Any:
    from secondopinion.cases.models import Case

    return Case.objects.select_related("request", "child", "specialty").get(reference=reference)


def _person(email: str) -> Any:
    from secondopinion.accounts.models import Person

    return Person.objects.get(email=email)


def _try(action: Any) -> None:
    from secondopinion.core.errors import Conflict

    try:
        action()
    except Conflict as conflict:
        print("conflict", conflict.message)
    else:
        print("won")


def take(reference: str, email: str, instant: str) -> None:
    """Take a case."""
    from secondopinion.cases import actions

    case, person = _case(reference), _person(email)
    wait_for(instant)
    _try(lambda: actions.take(by=person, case=case))


def submit(reference: str, instant: str) -> None:
    """Send a request."""
    from secondopinion.cases import actions

    case, person = _case(reference), _person("maria@familia.example")
    wait_for(instant)
    _try(lambda: actions.submit(by=person, case=case))


def die_in_the_middle(reference: str) -> None:
    """Take a case and die before the transaction ends."""
    from django.db import transaction

    from secondopinion.cases import actions

    with transaction.atomic():
        actions.take(by=_person("a@h.example"), case=_case(reference))
        print("in the middle", flush=True)
        os.kill(os.getpid(), 9)


def receive(reference: str, path: str) -> None:
    """Receive a file whole, to be sorted by a worker."""
    from secondopinion.arrivals import actions

    with open(path, "rb") as file:  # noqa: PTH123 - a path from the command line
        upload = actions.receive_file(
            by=_person("maria@familia.example"), case=_case(reference), name="disc.zip", source=file
        )
    print(upload.pk)


def fetch(reference: str, study: str) -> None:
    """Take a case and have a study fetched into it, by a worker."""
    from secondopinion.cases import actions
    from secondopinion.pacs import actions as pacs

    case, person = _case(reference), _person("a@h.example")
    actions.take(by=person, case=case)
    pacs.fetch(by=person, case=case, server="archive", studies=[study])


def complete_case(reference: str, path: str) -> None:
    """Take a case, receive a file of images into it, and mark its records complete."""
    from pathlib import Path

    from secondopinion.arrivals import actions as arrivals
    from secondopinion.cases import actions
    from secondopinion.core import jobs
    from secondopinion.findings import actions as findings
    from secondopinion.findings.queries import doubts
    from tests.pacs.test_forwarding import completed

    case, person = _case(reference), _person("a@h.example")
    actions.take(by=person, case=case)
    with Path(path).open("rb") as file:
        arrivals.receive_file(by=person, case=case, name="disc.zip", source=file)
    jobs.run_all()
    for finding in doubts(case):
        findings.accept(finding=finding, by=person, reason="The family confirmed.")
    completed(case, person)


def fetched(reference: str) -> None:
    """Print the SHA-256 of every object of a case, in order."""
    from secondopinion.imaging.models import Instance

    rows = Instance.objects.filter(series__study__case=_case(reference))
    print(*sorted(rows.values_list("blob__digest", flat=True)))


def state(reference: str) -> None:
    """Print what is in a case: state, owner, entries, files, images, records, jobs."""
    from django_tasks_db.models import DBTaskResult

    from secondopinion.arrivals.models import ArrivedFile
    from secondopinion.audit.queries import entries_for
    from secondopinion.imaging.models import Instance
    from secondopinion.pacs.models import Forwarded

    case = _case(reference)
    verbs = [entry.verb for entry in entries_for(case.pk)]
    print(
        {
            "state": case.state,
            "owner": str(case.coordinator_id or ""),
            "accepted": verbs.count("case-accept"),
            "submitted": verbs.count("case-submit"),
            "files": ArrivedFile.objects.filter(upload__case=case).count(),
            "doubled": ArrivedFile.objects.filter(upload__case=case, outcome="duplicate").count(),
            "images": Instance.objects.filter(series__study__case=case).count(),
            "records": case.records.count(),
            "forwarded": Forwarded.objects.filter(forward__case=case).count(),
            "checklist": case.checklist.count(),
            "open_jobs": DBTaskResult.objects.exclude(status="SUCCESSFUL").count(),
        }
    )


def content(reference: str) -> None:
    """Print the length of the one record of a case, read from the vault and compared."""
    from secondopinion.core import vault

    record = _case(reference).records.select_related("blob__space").get()
    data = vault.read(record.blob)
    wanted = b"".join(b"%07d\n" % number for number in range(150_000))
    print(len(data) if data == wanted else "other bytes")


def impatient_worker() -> None:
    """Work, and take another's silence of two seconds for its death."""
    import threading
    from datetime import timedelta

    from secondopinion.core import jobs

    jobs.DEAD_AFTER, jobs.BEAT = timedelta(seconds=2), timedelta(seconds=0.5)
    jobs.work(threading.Event())


def number(tries: str, instant: str) -> None:
    """Take numbers of invoices; every third transaction is undone. Print those that stand."""
    from django.db import transaction

    from secondopinion.billing.models import NumberSeries
    from secondopinion.billing.numbering import next_number
    from secondopinion.core import clock

    wait_for(instant)
    for turn in range(int(tries)):
        with transaction.atomic():
            found = next_number(NumberSeries.Kind.INVOICE, clock.now())
            time.sleep(0.005)
            if turn % 3 == 2:
                transaction.set_rollback(True)
            else:
                print(found)


def session(email: str) -> None:
    """Print the key of a session in which a person has signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    person, store = _person(email), SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    print(store.session_key)


def obey() -> None:
    """Do what each line of the standard input asks for, until it ends."""
    for line in sys.stdin:
        name, *words = json.loads(line)
        globals()[name](*words)
        print(DONE, flush=True)


if __name__ == "__main__":
    django.setup()
    globals()[sys.argv[1]](*sys.argv[2:])
