"""Says in plain words what is mis-set."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django_tasks_db.models import DBTaskResult

from secondopinion.core import clock, master_key, triggers
from secondopinion.core.models import JobLease, PeriodicRun
from secondopinion.opinions import signing
from secondopinion.program.models import Disclaimer, Program

LEAST_SPACE = 5 * 1024**3  # bytes
INSERT_ONLY = ("audit_entry", "audit_seal", "opinions_signedreport")


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence, and whether it must be mended (bad) or only known."""

    sentence: str
    bad: bool = False
    fine: bool = False

    @property
    def sign(self) -> str:
        """The mark in front of the sentence."""
        return "ok     " if self.fine else "MEND   " if self.bad else "note   "


def fine(sentence: str) -> Found:
    """Return a sentence about something that is as it should be."""
    return Found(sentence, fine=True)


def examine() -> list[Found]:
    """Look at everything that can be mis-set; a database that is away ends the examination."""
    found = list(_settings())
    try:
        found += _database()
    except DatabaseError as error:
        found.append(
            Found(
                f"The database does not answer ({type(error).__name__}): check DATABASE_URL.",
                bad=True,
            )
        )
    return found


def _settings() -> Iterator[Found]:
    if settings.DEMO:
        yield Found("This is the demonstration: anybody can sign in as anybody.")
    if settings.DEBUG:
        yield Found("DEBUG is on: error pages tell too much. Unset it.", bad=True)
    if settings.SITE_URL.startswith("https://"):
        yield fine(f"The site is at {settings.SITE_URL}.")
    else:
        yield Found("SITE_URL does not begin with https://: put a proxy with TLS in front.",
                    bad=not settings.DEMO)  # fmt: skip
    if settings.SMTP_HOST:
        yield fine(f"Mail goes out by {settings.SMTP_HOST}.")
    else:
        yield Found("SMTP_HOST is not set: mail goes into files, and nobody gets a code.",
                    bad=not settings.DEMO)  # fmt: skip
    if signing.self_made():
        yield Found("SIGNING_CERT_FILE is not set: reports are signed with a certificate that this "
                    "installation made. They verify here and nowhere else.")  # fmt: skip
    else:
        yield fine("Reports are signed with the hospital’s certificate.")
    if not settings.TSA_URL:
        yield Found("TSA_URL is not set: signatures carry no time stamp of a third party.")
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < LEAST_SPACE:
        yield Found(
            f"Only {free // 1024**2} MB of disk are free for {settings.DATA_DIR}.", bad=True
        )
    yield from _keys()


def _keys() -> Iterator[Found]:
    path = Path(settings.VAULT_MASTER_KEY_FILE)
    try:
        version, _key = master_key.newest()
    except (OSError, ValueError) as error:
        yield Found(f"The master key in {path} cannot be read: {error}", bad=True)
        return
    if path.stat().st_mode & 0o077:
        yield Found(f"Others can read the master key: run chmod 600 {path}", bad=True)
    else:
        yield fine(
            f"The master key (version {version}) is readable, by its owner only. Keep a copy apart."
        )


def _database() -> Iterator[Found]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Found("The database is not up to date: run secondopinion migrate.", bad=True)
        return
    yield fine(f"The database ({connection.vendor}) answers and is up to date.")
    missing = sorted(set(_wanted_triggers()) - _triggers())
    if missing:
        yield Found(
            f"Triggers are missing: {', '.join(missing)}. The audit can be changed.", bad=True
        )
    else:
        yield fine("The audit and the signed reports refuse to be changed.")
    if not Program.objects.exists():
        yield Found("The program is not set up: run secondopinion migrate.", bad=True)
    for code, _name in settings.LANGUAGES:
        if not Disclaimer.objects.filter(language=code).exists():
            yield Found(f"There is no disclaimer in the language {code}.", bad=True)
    yield from _work()


def _wanted_triggers() -> list[str]:
    wanted = [name for table in INSERT_ONLY for name in triggers.names(table)]
    if connection.vendor == "sqlite":
        return [name for name in wanted if not name.endswith("truncate")]
    return wanted


def _triggers() -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {str(row[0]) for row in cursor.fetchall()}


def _work() -> Iterator[Found]:
    last = PeriodicRun.objects.order_by("-ran_at").values_list("ran_at", flat=True).first()
    beat = JobLease.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    seen = max((each for each in (last, beat) if each), default=None)
    if seen is None or clock.now() - seen > timedelta(minutes=5):
        yield Found("No worker has been seen in the last five minutes: run secondopinion worker.",
                    bad=not settings.DEMO)  # fmt: skip
    else:
        yield fine("A worker is at work.")
    failed = DBTaskResult.objects.filter(status="FAILED").count()
    if failed:
        yield Found(f"{failed} jobs failed for good: see the page of jobs.", bad=True)
