"""What the commands do."""

import smtplib
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, execute_from_command_line
from django.db import DatabaseError

from secondopinion.accounts.rules import clean_email
from secondopinion.audit import actions as audit
from secondopinion.cli.doctor import examine
from secondopinion.core import jobs, master_key, streams
from secondopinion.core.errors import Refused
from secondopinion.core.supervisor import stopped
from secondopinion.desk.mail_reading import LONGEST
from secondopinion.desk.mailing import Outcome, receive
from secondopinion.messaging.delivery import send_test
from secondopinion.opinions import verifying
from secondopinion.program.actions import set_up


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def migrate() -> int:
    """Bring the database up to date and make the program when there is none."""
    say("Bringing the database up to date; the first time takes up to half a minute.")
    call_command("migrate", verbosity=0)
    master_key.require()
    set_up()
    say("The database is up to date.")
    return 0


def worker() -> int:
    """Work on jobs until Ctrl-C or SIGTERM; the job under way is finished first."""
    jobs.work(stopped())
    return 0


def doctor() -> int:
    """Say what is mis-set; the exit status is 1 when something must be mended."""
    found = examine()
    for each in found:
        say(f"{each.sign} {each.sentence}")
    return 1 if any(each.bad for each in found) else 0


def mail_receive(to: str) -> int:
    """Take a mail in from standard input; the exit status tells the mail server (sysexits.h).

    77 gives the mail back to its sender with the sentence that is printed; 75 lets the server try
    again later.
    """
    raw = sys.stdin.buffer.read(LONGEST + 1)
    try:
        found = receive(raw, to)
    except (DatabaseError, OSError) as error:
        sys.stderr.write(f"not now: {type(error).__name__}\n")
        return 75
    say(found.words or found.outcome)
    return 77 if found.outcome == Outcome.REFUSED else 0


def mail_test(address: str) -> int:
    """Send a mail at once and say where it went; the exit status is 2 when it did not go out."""
    address = clean_email(address)
    try:
        send_test(address)
    except OSError as error:  # what every trouble with a mail server is, refusals included
        sys.stderr.write(f"It did not go out ({type(error).__name__}): {error}{_hint(error)}\n")
        return 2
    if settings.SMTP_HOST:
        say(f"{settings.SMTP_HOST} has taken a mail to {address}. Look whether it arrives.")
    else:
        say(f"SMTP_HOST is not set: the mail lies in {settings.DATA_DIR / 'mail'}.")
    return 0


def _hint(error: OSError) -> str:
    """Return what to try where the server does not speak the encryption that is set."""
    if isinstance(error, smtplib.SMTPNotSupportedError) and settings.SMTP_TLS == "starttls":
        return (
            ". The server offers no STARTTLS: set SMTP_TLS=implicit (port 465), or SMTP_TLS=0 for "
            "a server on this machine."
        )
    return ""


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
    """Verify a signed report.

    Raises:
        Refused: the file cannot be read.
    """
    try:
        with file.open("rb") as source:
            found = verifying.verify_file(streams.pieces_of(lambda: source))
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from None
    for line in found.lines:
        say(str(line))
    if found.known:
        say(f"{found.kind} {found.code}, signed by {found.signer}, {found.signed_at}")
    return 0 if found.holds else 1


def manage(rest: list[str]) -> int:
    """Run one of Django's commands."""
    execute_from_command_line(["secondopinion", *rest])
    return 0
