"""What the commands do."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

from django.core.management import call_command, execute_from_command_line

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cli.doctor import examine
from secondopinion.core import jobs
from secondopinion.opinions import verifying
from secondopinion.program.actions import set_up

_PR_SET_PDEATHSIG = 1


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def migrate() -> int:
    """Bring the database up to date and make the program when there is none."""
    call_command("migrate", verbosity=0)
    set_up()
    return 0


def _die_with_parent() -> None:
    """Ask Linux to end this child when its parent dies; other systems have no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def serve(
    host: str, port: int, *, workers: int = 1, worker: bool = True, ready: list[str] | None = None
) -> int:
    """Serve until Ctrl-C or SIGTERM, then end every child."""
    memory = Path("/dev/shm")  # noqa: S108 - the server makes files of its own in it
    environment = dict(os.environ)
    if memory.is_dir() and "TMPDIR" not in environment:
        # What a form sends passes through temporary files: not on the disk, where it can be helped.
        environment["TMPDIR"] = str(memory)
    commands = [
        [
            sys.executable, "-m", "granian", "--interface", "asginl", "--host", host,
            "--port", str(port), "--workers", str(workers), "--no-ws", "--log-level", "warning",
            "secondopinion.web.asgi:application",
        ]
    ]  # fmt: skip
    if worker:
        commands.append([sys.executable, "-m", "secondopinion", "worker"])
    children = [
        subprocess.Popen(
            command, env=environment, start_new_session=True, preexec_fn=_die_with_parent  # noqa: PLW1509 - one call into libc
        )
        for command in commands
    ]  # fmt: skip
    stop = _stopped()
    for line in ready or []:
        say(line)
    status = 0
    while not stop.wait(0.3):
        ended = next((child for child in children if child.poll() is not None), None)
        if ended is not None:
            status = ended.returncode or 1
            say("A part of the server has ended by itself; the rest is stopped.")
            break
    _end(children)
    return status


def _stopped() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    deadline = time.monotonic() + 10
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()


def worker() -> int:
    """Work on jobs until Ctrl-C or SIGTERM; the job under way is finished first."""
    jobs.work(_stopped())
    return 0


def demo(host: str, port: int, *, serving: bool) -> int:
    """Set the demonstration up and serve it."""
    logging.getLogger("secondopinion.demo").setLevel(logging.INFO)
    migrate()
    seed = import_module("secondopinion.demo.seed")  # its models exist in the demonstration only
    seed.ensure()
    if not serving:
        return 0
    return serve(host, port, ready=seed.lines())


def doctor() -> int:
    """Say what is mis-set; the exit status is 1 when something must be mended."""
    found = examine()
    for each in found:
        say(f"{each.sign} {each.sentence}")
    return 1 if any(each.bad for each in found) else 0


def grant(email: str, role: str) -> int:
    """Give a person a staff role, and make the person when there is none."""
    person: Person = accounts.ensure_person(email=email)
    accounts.grant_role(by=None, person=person, role=role)
    say(f"{email} is {role} now. At the first sign-in they set up a second factor.")
    return 0


def audit_verify() -> int:
    """Walk the audit's chain."""
    verdict = audit.verify()
    if verdict.holds:
        say(f"The chain holds: {verdict.links} links, {verdict.unsealed} entries not sealed yet.")
        say(f"Head: {verdict.head}")
        return 0
    say(f"The chain breaks at {verdict.broken_at}: {verdict.reason}.")
    return 1


def report_verify(file: Path) -> int:
    """Verify a signed report."""
    found = verifying.verify_file(file.read_bytes())
    for line in found.lines:
        say(str(line))
    if found.known:
        say(f"{found.kind} {found.code}, signed by {found.signer}, {found.signed_at}")
    return 0 if found.holds else 1


def manage(rest: list[str]) -> int:
    """Run one of Django's commands."""
    execute_from_command_line(["secondopinion", *rest])
    return 0
