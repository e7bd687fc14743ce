"""Reads the command line and calls what it names."""

import argparse
import os
import shutil
import sys
from pathlib import Path

import django


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
        each.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        each.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    verbs.add_parser("worker", help="work on jobs")
    verbs.add_parser("doctor", help="say in plain words what is mis-set")
    verbs.add_parser("migrate", help="bring the database up to date, and set the program up")
    grant = verbs.add_parser("grant", help="give a person a staff role")
    grant.add_argument("email")
    grant.add_argument("role")
    audit = verbs.add_parser("audit", help="walk the audit's chain").add_subparsers(
        dest="what", required=True
    )
    audit.add_parser("verify", help="say whether every link holds")
    report = verbs.add_parser("report", help="verify a signed report").add_subparsers(
        dest="what", required=True
    )
    report.add_parser("verify", help="verify one file").add_argument("file", type=Path)
    manage = verbs.add_parser("manage", help="Django's own commands")
    manage.add_argument("rest", nargs=argparse.REMAINDER)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secondopinion.settings")
    given = parser().parse_args(arguments)
    if given.verb == "demo":
        return _demo(given)
    django.setup()
    # What follows needs Django's applications to be there.
    from secondopinion.cli import verbs

    run = {
        "serve": lambda: verbs.serve(
            given.host, given.port, workers=given.workers, worker=not given.no_worker
        ),
        "worker": verbs.worker,
        "doctor": verbs.doctor,
        "migrate": verbs.migrate,
        "grant": lambda: verbs.grant(given.email, given.role),
        "audit": verbs.audit_verify,
        "report": lambda: verbs.report_verify(given.file),
        "manage": lambda: verbs.manage(given.rest),
    }
    return run[given.verb]()


def _demo(given: argparse.Namespace) -> int:
    folder = Path(os.environ.setdefault("DATA_DIR", str(Path.cwd() / "var" / "demo")))
    if given.reset and folder.exists():
        shutil.rmtree(folder)
        sys.stdout.write(f"Removed {folder}.\n")
        if given.no_serve:
            return 0
    os.environ["DEMO"] = "1"
    os.environ.setdefault("SITE_URL", f"http://{given.host}:{given.port}")
    django.setup()
    from secondopinion.cli import verbs

    return verbs.demo(given.host, given.port, serving=not given.no_serve)
