"""Reads the command line and calls what it names."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured

from secondopinion.cli import compare, dicomweb, imaging, keeping, pages, program, staff
from secondopinion.core.errors import Refused, Unusable

NEED_DATABASE = {
    "serve",
    "worker",
    "migrate",
    "staff",
    "program",
    "backup",
    "vault",
    "audit",
    "report",
}
NEED_KEY = {"serve", "worker"}  # and `migrate`, which may have to make the tables first
_PIPE_CLOSED = 141  # as a shell says of a program that a closed pipe ended


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"PORT is {text}: write a number below 65536")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(prog="secondopinion", description="Second Opinion")
    verbs = top.add_subparsers(dest="verb", required=True)
    demo = verbs.add_parser("demo", help="set up the demonstration and serve it")
    demo.add_argument("--reset", action="store_true", help="start over")
    demo.add_argument("--no-serve", action="store_true", help="set up only")
    serve = verbs.add_parser("serve", help="serve the site, with a worker beside it")
    serve.add_argument("--workers", type=int, default=1, help="processes that answer")
    serve.add_argument("--no-worker", action="store_true", help="without the worker of jobs")
    for each in (demo, serve):
        each.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        each.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")
    verbs.add_parser("worker", help="work on jobs")
    verbs.add_parser("doctor", help="say in plain words what is mis-set")
    verbs.add_parser("migrate", help="bring the database up to date, and set the program up")
    staff.add_to(verbs)
    program.add_to(verbs)
    keeping.add_to(verbs)
    mail = verbs.add_parser("mail", help="mail that goes out and comes in").add_subparsers(
        dest="what", required=True
    )
    mail.add_parser("test", help="send one to see whether it arrives").add_argument("address")
    taken = mail.add_parser("receive", help="take one in from standard input, for the mail server")
    taken.add_argument("--to", default="", help="the address that it came to")
    audit = verbs.add_parser("audit", help="walk the audit's chain").add_subparsers(
        dest="what", required=True
    )
    audit.add_parser("verify", help="say whether every link holds")
    report = verbs.add_parser("report", help="verify a signed report").add_subparsers(
        dest="what", required=True
    )
    report.add_parser("verify", help="verify one file").add_argument("file", type=Path)
    imaging.add_to(verbs)
    records = verbs.add_parser("records", help="check records, without a server").add_subparsers(
        dest="what", required=True
    )
    pages.add_to(records)
    compare.add_to(records)
    dicomweb.add_to(verbs)
    manage = verbs.add_parser("manage", help="Django's own commands")
    manage.add_argument("rest", nargs=argparse.REMAINDER)
    return top


def _checked(given: argparse.Namespace) -> int:
    """Run a verb that prints what it found, to whoever reads it to the end or not."""
    try:
        if given.verb == "imaging":
            done = imaging.run(given)
        else:
            done = pages.check(given) if given.what == "check" else compare.run(given)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    return done


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secondopinion.settings")
    os.umask(0o077)  # what this installation writes is its own, whatever the shell has set
    given = parser().parse_args(arguments)
    if given.verb == "demo":
        return _demo(given)
    if given.verb in {"imaging", "records"}:  # without settings, folder or database
        return _checked(given)
    if not _set_up():
        return 2
    # What follows needs Django's applications to be there.
    from secondopinion.cli import reaching, serving, verbs
    from secondopinion.core import master_key

    run: dict[str, Callable[[], int]] = {
        "serve": lambda: serving.serve(
            given.host,
            given.port,
            workers=given.workers,
            worker=not given.no_worker,
            ready=[f"Serving at http://{given.host}:{given.port}/. Ctrl-C stops it."],
        ),
        "worker": verbs.worker,
        "doctor": verbs.doctor,
        "migrate": verbs.migrate,
        "staff": lambda: staff.run(given),
        "program": lambda: program.run(given),
        "backup": lambda: keeping.backup(given.folder),
        "restore": lambda: keeping.restore(given.folder),
        "vault": keeping.verify_vault,
        "mail": lambda: (
            verbs.mail_test(given.address) if given.what == "test" else verbs.mail_receive(given.to)
        ),
        "dicomweb": lambda: dicomweb.run(given),
        "audit": verbs.audit_verify,
        "report": lambda: verbs.report_verify(given.file),
        "manage": lambda: verbs.manage(given.rest),
    }

    def verb() -> int:
        if given.verb in NEED_DATABASE:
            reaching.require_database()
        if given.verb in NEED_KEY:
            master_key.require()
        return run[given.verb]()

    return _refusing(verb)


def _set_up() -> bool:
    """Read the settings; say in a sentence what is wrong with one of them."""
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        return False
    return True


def _demo(given: argparse.Namespace) -> int:
    os.environ.setdefault("DATA_DIR", str(Path.cwd() / "var" / "demo"))
    os.environ["DEMO"] = "1"
    os.environ.setdefault("SITE_URL", f"http://{given.host}:{given.port}")
    if not _set_up():
        return 2
    from secondopinion.cli import demonstration, reaching  # models of the demonstration only

    def verb() -> int:
        reaching.require_database()
        return demonstration.run(given)

    return _refusing(verb)


def _refusing(verb: Callable[[], int]) -> int:
    """Run a verb; what it refuses is a line for the operator, and status 2."""
    try:
        return verb()
    except (Refused, Unusable) as refused:
        sys.stderr.write(f"{refused.message}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130
