"""Photos from a phone beside the computer: a square code opens one page, for one case, for minutes.

Who opens the page on the phone is nobody to us: what it sends is sent by the person who asked for
the code, as long as that person may send.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.tokens import hash_of, new_token
from secondopinion.arrivals.actions import SENDERS, receive_file, source_of
from secondopinion.arrivals.models import Capture, Upload
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.cases.queries import roles_of
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused

OPENS_FOR = timedelta(minutes=10)  # from the code on the screen to the phone
LASTS = timedelta(minutes=45)  # from the phone's first tap
MOST_FILES = 300


@transaction.atomic
def open_capture(*, by: Person, case: Case) -> tuple[Capture, str]:
    """Return a fresh way in for a phone, and its token; the person's earlier ones end.

    Raises:
        NotYours: no part that sends.
        Conflict: the case has ended.
    """
    source_of(case, by)
    end_captures(by=by, case=case)
    token = new_token()
    capture = Capture.objects.create(
        case=case, by=by, token_hash=hash_of(token), expires_at=clock.now() + OPENS_FOR
    )
    audit.record("capture-opened", by=by, case_id=case.pk, target=capture)
    return capture, token


@transaction.atomic
def open_here(*, by: Person, case: Case) -> Capture:
    """Return what a phone opens on which the person is signed in: no square code is shown.

    Raises:
        NotYours: no part that sends.
        Conflict: the case has ended.
    """
    _capture, token = open_capture(by=by, case=case)
    return claim(token=token)


def latest(*, by: Person, case: Case) -> Capture | None:
    """Return what this person last opened in this case for a phone."""
    return Capture.objects.filter(by=by, case=case).last()


@transaction.atomic
def end_captures(*, by: Person, case: Case) -> int:
    """Let no phone send for this person into this case any more; return how many could."""
    live = Capture.objects.filter(by=by, case=case, ended_at=None, expires_at__gt=clock.now())
    count = 0
    for capture in live:
        _end(capture)
        count += 1
    return count


def waiting_for(token: str) -> Capture | None:
    """Return what a token opens, if no phone has opened it yet."""
    return (
        Capture.objects.select_related("case", "by")
        .filter(
            token_hash=hash_of(token), claimed_at=None, ended_at=None, expires_at__gt=clock.now()
        )
        .first()
    )


@transaction.atomic
def claim(*, token: str) -> Capture:
    """Open it on a phone: the first does, and no other.

    Raises:
        Refused: unknown, out of date, ended, or opened before.
    """
    capture = waiting_for(token)
    done = capture is not None and Capture.objects.filter(pk=capture.pk, claimed_at=None).update(
        claimed_at=clock.now(), expires_at=clock.now() + LASTS
    )
    if capture is None or not done:
        raise Refused(
            _("This code has been used or is out of date. Show a new one on the other screen."),
            code="code-used",
        )
    audit.record("capture-claimed", by=capture.by, case_id=capture.case_id, target=capture)
    return capture


def live(capture_id: UUID) -> Capture:
    """Return what a phone has open.

    Raises:
        NotYours: it has ended, or who asked for the code has no part that sends any more.
    """
    found = (
        Capture.objects.select_related("case__vault", "by")
        .filter(pk=capture_id, claimed_at__isnull=False, ended_at=None, expires_at__gt=clock.now())
        .first()
    )
    if found is None or not roles_of(found.case, found.by) & {*SENDERS}:
        raise NotYours
    return found


def receive(*, capture: Capture, name: str, source: Any) -> Upload:
    """Take a photo or a scan from the phone.

    Raises:
        NotYours: the person who asked for the code has no part that sends any more.
        Conflict: the case has ended.
        Refused: more than a phone may send at one time.
    """
    if not Capture.objects.filter(pk=capture.pk, sent__lt=MOST_FILES).update(sent=F("sent") + 1):
        raise Refused(_("That is a lot. Show a new code to send more."), code="too-many-files")
    return receive_file(by=capture.by, case=capture.case, name=name, source=source)


@transaction.atomic
def end(*, capture: Capture) -> None:
    """End it from the phone."""
    _end(capture)


def _end(capture: Capture) -> None:
    if Capture.objects.filter(pk=capture.pk, ended_at=None).update(ended_at=clock.now()):
        audit.record("capture-ended", by=capture.by, case_id=capture.case_id, target=capture)
