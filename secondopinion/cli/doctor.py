"""Says in plain words what is mis-set."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django_tasks_db.models import DBTaskResult

from secondopinion.accounts.models import Role
from secondopinion.cli import dicomweb
from secondopinion.cli.doctor_program import program
from secondopinion.cli.found import Found, fine
from secondopinion.cli.reaching import unreachable
from secondopinion.coding.codes import HPO, SYSTEMS
from secondopinion.coding.searching import search
from secondopinion.core import antivirus, clock, master_key, triggers
from secondopinion.core.models import JobLease, PeriodicRun, VaultSpace
from secondopinion.opinions import signing
from secondopinion.program.models import Program

LEAST_SPACE = 5 * 1024**3  # bytes
INSERT_ONLY = (
    "audit_entry", "audit_seal", "opinions_keptdoubt", "opinions_signedreport", "program_change",
    "program_disclaimer",
)  # fmt: skip


def examine() -> list[Found]:
    """Look at everything that can be mis-set; a database that is away ends the examination."""
    found = list(_settings())
    try:
        found += _database()
    except DatabaseError as error:
        found.append(Found(f"{unreachable(error)} Check DATABASE_URL.", bad=True))
    return found


def _settings() -> Iterator[Found]:
    if settings.DEMO:
        yield Found("This is the demonstration: anybody can sign in as anybody.")
    if settings.DEBUG:
        yield Found("DEBUG is on: error pages tell too much. Unset it.", bad=True)
    yield from _address()
    yield from _mail()
    yield from _antivirus()
    if signing.self_made():
        yield Found("SIGNING_CERT_FILE is not set: reports are signed with a certificate that this "
                    "installation made. They verify here and nowhere else.")  # fmt: skip
    elif not signing.key_answers():
        yield Found("The key of SIGNING_CERT_FILE cannot be reached (SIGNING_KEY_FILE, or the "
                    "device of SIGNING_PKCS11_MODULE): no report can be signed.",
                    bad=True)  # fmt: skip
    else:
        yield fine("Reports are signed with the hospital’s certificate.")
    if bool(settings.TSA_URL) != bool(settings.TSA_TRUST_ROOTS):
        yield Found("TSA_URL and TSA_TRUST_ROOTS belong together: without both nothing is stamped.")
    elif not settings.TSA_URL:
        yield Found("TSA_URL is not set: signatures carry no time stamp of a third party.")
    yield from _codes()
    yield from _single_sign_on()
    yield from dicomweb.examine()
    for folder in dict.fromkeys((Path(settings.DATA_DIR), Path(settings.VAULT_DIR))):
        free = shutil.disk_usage(folder).free if folder.exists() else LEAST_SPACE
        if free < LEAST_SPACE:
            yield Found(f"Only {free // 1024**2} MB of disk are free for {folder}.", bad=True)
    yield from _keys()
    yield from _readable()


def _address() -> Iterator[Found]:
    if not settings.SITE_URL.startswith("https://"):
        yield Found("SITE_URL does not begin with https://: put a proxy with TLS in front.",
                    bad=not settings.DEMO)  # fmt: skip
        return
    yield fine(f"The site is at {settings.SITE_URL}.")
    if settings.SECURE_PROXY_SSL_HEADER is None:
        yield Found(
            "BEHIND_PROXY is not set: every page sends its reader to HTTPS again and again, and "
            "everybody counts as one address. Set BEHIND_PROXY=1; let the proxy overwrite "
            "X-Forwarded-Proto and X-Forwarded-For.", bad=True,
        )  # fmt: skip


def _antivirus() -> Iterator[Found]:
    if not antivirus.is_set_up():
        yield Found("CLAMD is not set: files are not scanned for viruses.")
    elif antivirus.answers():
        yield fine("ClamAV's daemon answers.")
    else:
        yield Found(
            "ClamAV's daemon does not answer at the place that CLAMD names: what families send "
            "waits and is not looked at.", bad=True,
        )  # fmt: skip


def _mail() -> Iterator[Found]:
    if not settings.SMTP_HOST:
        yield Found(
            f"SMTP_HOST is not set: nobody gets mail. It lies in {settings.DATA_DIR / 'mail'}: "
            "the newest file has your code to sign in.", bad=not settings.DEMO,
        )  # fmt: skip
        return
    yield fine(f"Mail goes out by {settings.SMTP_HOST}. Try it: secondopinion mail test ADDRESS")
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield Found("MAIL_FROM is not set: mail from an address at localhost is refused by others.",
                    bad=True)  # fmt: skip


def _codes() -> Iterator[Found]:
    try:
        search([HPO], "fever")
    except sqlite3.Error as error:
        yield Found(f"Codes of diagnoses, findings and procedures cannot be searched ({error}): "
                    "this Python’s SQLite needs FTS5.", bad=True)  # fmt: skip
    else:
        told = ", ".join(f"{each.name} {each.version}" for each in SYSTEMS.values())
        yield fine(f"Codes of diagnoses, findings and procedures: {told}.")


def _readable() -> Iterator[Found]:
    """Look for what other accounts of this machine can read: codes, names, keys."""
    data = Path(settings.DATA_DIR)
    paths = [
        data, *data.glob("*.sqlite3*"), data / "mail", *(data / "mail").glob("*"),
        data / "secret-key", Path(settings.VAULT_DIR), *(data / "signing").glob("*.pem"),
    ]  # fmt: skip
    if settings.SIGNING_KEY_FILE:
        paths.append(Path(settings.SIGNING_KEY_FILE))
    # In a folder that only its owner may enter, what lies in it cannot be reached by others.
    open_ones = [
        path for path in paths
        if path.exists() and path.stat().st_mode & 0o077
        and not (path != data and data in path.parents and not data.stat().st_mode & 0o077)
    ]  # fmt: skip
    if open_ones:
        names = ", ".join(str(path) for path in open_ones[:3])
        more = f" and {len(open_ones) - 3} more" if len(open_ones) > 3 else ""
        yield Found(
            f"Others on this machine can read {names}{more}: run chmod -R go= {data}", bad=True
        )
    else:
        yield fine(f"Only its owner can read {data}.")


def _single_sign_on() -> Iterator[Found]:
    if not settings.OIDC_ISSUER:
        return
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    if not settings.OIDC_ISSUER.startswith("https://"):
        yield Found("OIDC_ISSUER does not begin with https://: tokens could be forged.", bad=True)
    if not app["client_id"] or not app["secret"]:
        yield Found("OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is not set.", bad=True)
    if settings.OIDC_FACTOR not in {"no", "amr", "yes"}:
        yield Found("OIDC_FACTOR is none of no, amr, yes: it counts as no.", bad=True)
    unknown = sorted(set(settings.OIDC_ROLES.values()) - set(Role.values))
    if unknown:
        yield Found(f"OIDC_ROLES names roles that do not exist: {', '.join(unknown)}.", bad=True)
    yield fine(f"Staff can sign in with {settings.OIDC_LABEL}.")


def _keys() -> Iterator[Found]:
    path = Path(settings.VAULT_MASTER_KEY_FILE)
    if not path.exists():
        if settings.VAULT_MASTER_KEY_NAMED:
            yield Found(master_key.absent(), bad=True)
        return
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
    data = Path(settings.DATA_DIR)
    if data in path.resolve().parents and not settings.DEMO:
        yield Found(f"The master key lies beside the data: whoever copies {data} can read it all. "
                    "Move it, and set VAULT_MASTER_KEY_FILE.")  # fmt: skip


def _proof() -> Iterator[Found]:
    """Try the key on the oldest and the newest of what it must open; nothing is made."""
    path = Path(settings.VAULT_MASTER_KEY_FILE)
    spaces = VaultSpace.objects.filter(wrapped_key__isnull=False).order_by("created_at", "pk")
    tried = [each for each in (spaces.first(), spaces.last()) if each]
    if not path.exists():
        if VaultSpace.objects.exists() and not settings.VAULT_MASTER_KEY_NAMED:
            yield Found(master_key.absent(), bad=True)
        elif not settings.VAULT_MASTER_KEY_NAMED:
            yield Found(f"There is no master key yet: it is made at {path} with the first request.")
        return
    try:
        fits = all(
            master_key.fits(each.master_version, bytes(each.wrapped_key or b"")) for each in tried
        )
    except (OSError, ValueError):  # told above
        return
    if not fits:
        yield Found(f"The master key at {path} does not open what is stored: put your copy there.",
                    bad=True)  # fmt: skip
    elif tried:
        yield fine("The master key opens the oldest and the newest request.")


def _database() -> Iterator[Found]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Found("The database is not up to date: run secondopinion migrate.", bad=True)
        return
    yield fine(f"The database ({connection.vendor}) answers and is up to date.")
    yield from _proof()
    missing = sorted(set(_wanted_triggers()) - _triggers())
    if missing:
        yield Found(
            f"Triggers are missing: {', '.join(missing)}. The audit can be changed.", bad=True
        )
    else:
        yield fine("The audit and the signed reports refuse to be changed.")
    if Program.objects.exists():
        yield from program()
    else:
        yield Found("The program is not set up: run secondopinion migrate.", bad=True)
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
