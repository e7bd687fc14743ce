"""`secondopinion demo`: made from nothing, served, gone on with, or thrown away."""

import argparse
import logging
import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.db import connection

from secondopinion.accounts.models import Person
from secondopinion.cli import serving, verbs
from secondopinion.core.errors import Refused
from secondopinion.demo import seed
from secondopinion.demo.people import STAFF

# A file that is there while the invented cases are being made: one that is half made stays half.
UNFINISHED = "being-made"
MORE = "The cases are being made; they appear one after the other, those with images last."


def run(given: argparse.Namespace) -> int:
    """Do what was asked for.

    Raises:
        Refused: the port is taken, or the data is not a demonstration's.
    """
    if not given.no_serve:
        serving.require_free(given.host, given.port)
    if _is_real():
        raise Refused(
            f"There is a real installation in {settings.DATA_DIR} or in DATABASE_URL: invented "
            "people do not go into it. Unset both for the demonstration."
        )
    mark = Path(settings.DATA_DIR) / UNFINISHED
    if given.reset:
        _remove()
        verbs.say(f"Removed {settings.DATA_DIR}.")
        if given.no_serve:
            return 0
        _again(given)
    if mark.exists():
        verbs.say("The demonstration was stopped before it was whole: it is made anew.")
        _remove()
        _again(given)
    return _make(given, mark)


def _make(given: argparse.Namespace, mark: Path) -> int:
    logging.getLogger("secondopinion.demo").setLevel(logging.INFO)
    whole = seed.is_whole()
    if not whole:
        mark.touch()
    verbs.migrate()
    if given.no_serve:
        verbs.say("Making the invented cases; this takes a minute or two.")
        seed.ensure()
        verbs.say("Every case of the demonstration is there now.")
        mark.unlink(missing_ok=True)
        return 0
    seed.people()
    if whole:
        return serving.serve(given.host, given.port, ready=seed.lines())
    return serving.serve(
        given.host, given.port, ready=[*seed.lines(), "", MORE],
        meanwhile=[sys.executable, "-m", "secondopinion.demo", str(mark)],
    )  # fmt: skip


def _is_real() -> bool:
    """Say whether somebody is in the database and nobody of the demonstration."""
    if "accounts_person" not in connection.introspection.table_names():
        return False
    return Person.objects.exists() and not Person.objects.filter(email=STAFF[0].email).exists()


def _remove() -> None:
    if connection.vendor != "sqlite":
        raise Refused("The demonstration is in PostgreSQL: drop its database, and start again.")
    connection.close()
    name = str(settings.DATABASES["default"]["NAME"])
    for each in (name, f"{name}-wal", f"{name}-shm"):
        Path(each).unlink(missing_ok=True)
    shutil.rmtree(settings.DATA_DIR)


def _again(given: argparse.Namespace) -> NoReturn:
    """Begin again as a fresh process: the settings of this one belong to what was removed."""
    words = ["demo", "--host", given.host, "--port", str(given.port)]
    more = ["--no-serve"] if given.no_serve else []
    os.execv(sys.executable, [sys.executable, "-m", "secondopinion", *words, *more])  # noqa: S606 - itself
