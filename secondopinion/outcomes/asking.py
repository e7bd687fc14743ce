"""Asking families by mail how it went, 30 and 90 days after the report reached them.

The mail says nothing of health. Its link is signed, works for a month and for one answer, and opens
a page without names: whoever else opens it learns that somebody had a report.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.messaging.actions import notify
from secondopinion.outcomes.actions import DAYS, check, tell_outcome
from secondopinion.outcomes.models import Enquiry, Outcome, Silence
from secondopinion.outcomes.queries import quiet

REMIND_AFTER = timedelta(days=7)
LASTS = timedelta(days=30)
GOES_ON = timedelta(hours=1)  # after the first answer, for the other one
MAIL = "outcome-wanted"
_SIGNER = signing.Signer(salt="how it went")
_MORE = ("satisfied", "recommends")


def token_of(enquiry: Enquiry) -> str:
    """Return what stands in the address of the page that an enquiry opens."""
    return _SIGNER.sign(enquiry.pk.hex)


def enquiry_at(token: str) -> Enquiry:
    """Return the enquiry of a rightly signed address.

    Raises:
        NotYours: it is not ours, it is too old, or its reader has no part in the case any more.
    """
    try:
        key = UUID(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        raise NotYours from None
    row = Enquiry.objects.select_related("case", "to").filter(pk=key).first()
    if row is None or row.expires_at < clock.now():
        raise NotYours
    if not holders_of(row.case, Part.FAMILY).filter(pk=row.to_id).exists():
        raise NotYours
    return row


def ask_due() -> int:
    """Ask the families whose day has come, each once for each day; return how many mails.

    Safe to run at any time. A family is asked only once it has the report itself, and not where
    the day went by long ago.
    """
    sent = 0
    for day in DAYS:
        for case in _to_ask(day):
            sent += sum(_ask(case, day, person) for person in holders_of(case, Part.FAMILY))
    return sent


def _to_ask(day: int) -> QuerySet[Case]:
    now, span = clock.now(), timedelta(days=day)
    told = Outcome.objects.filter(case=OuterRef("pk"), day=day)
    asked = Enquiry.objects.filter(case=OuterRef("pk"), day=day)
    to_family = Q(signed_reports__deliveries__role=Part.FAMILY)
    return (
        Case.objects.filter(state__in=[State.FOLLOW_UP, State.CLOSED], reported_at__lte=now - span)
        .filter(~Exists(told), ~Exists(asked), ~quiet())
        .annotate(reached=Min("signed_reports__deliveries__created_at", filter=to_family))
        .filter(reached__lte=now - span, reached__gt=now - span - LASTS)
    )


@transaction.atomic
def _ask(case: Case, day: int, to: Person) -> bool:
    row, made = Enquiry.objects.get_or_create(
        case=case, day=day, to=to, defaults={"expires_at": clock.now() + LASTS}
    )
    if made:
        _write(row)
        audit.record("outcome-asked", by=None, case_id=case.pk, target=row, detail={"day": day})
    return made


def _write(row: Enquiry) -> None:
    notify(
        to=row.to, template=MAIL, case_id=row.case_id, case_reference=row.case.reference,
        link=f"/how-it-went/{token_of(row)}/",
    )  # fmt: skip


def remind_due(now: datetime | None = None) -> int:
    """Remind once of what was not answered within a week; return of how many.

    Safe to run at any time.
    """
    now = now or clock.now()
    told = Outcome.objects.filter(case=OuterRef("case"), day=OuterRef("day"))
    silent = Silence.objects.filter(case=OuterRef("case"))
    waiting = Enquiry.objects.filter(
        ~Exists(told), ~Exists(silent), used_at=None, reminded_at=None, expires_at__gt=now,
        created_at__lte=now - REMIND_AFTER,
    )  # fmt: skip
    reminded = 0
    for row in waiting.select_related("case", "to"):
        with transaction.atomic():
            if not holders_of(row.case, Part.FAMILY).filter(pk=row.to_id).exists():
                continue
            if not Enquiry.objects.filter(pk=row.pk, reminded_at=None).update(reminded_at=now):
                continue
            _write(row)
            audit.record(
                "outcome-reminded", by=None, case_id=row.case_id, target=row,
                detail={"day": row.day},
            )  # fmt: skip
        reminded += 1
    return reminded


def is_answered(enquiry: Enquiry) -> bool:
    """Say whether an enquiry, or the other parent's of the same day, has its answer."""
    told = Outcome.objects.filter(case=enquiry.case, day=enquiry.day)
    return enquiry.used_at is not None or told.exists()


@transaction.atomic
def answer(*, enquiry: Enquiry, changed: str) -> Outcome:
    """Take the first answer that comes by a link, which is used up by it.

    Raises:
        Refused: without an answer.
        Conflict: it was answered before.
    """
    told = Outcome.objects.filter(case=enquiry.case, day=enquiry.day).exists()
    unused = Enquiry.objects.filter(pk=enquiry.pk, used_at=None)
    if told or not unused.update(used_at=clock.now()):
        raise Conflict(_("This was answered before. Thank you."), code="answered")
    return tell_outcome(by=enquiry.to, case=enquiry.case, day=enquiry.day, changed=changed)


def next_question(enquiry: Enquiry) -> str:
    """Return the question that is asked next; "" when all are answered."""
    outcome = Outcome.objects.filter(case=enquiry.case, day=enquiry.day).first()
    if outcome is None:
        return "changed"
    return next((name for name in _MORE if not getattr(outcome, name)), "")


def goes_on(enquiry: Enquiry) -> bool:
    """Say whether the browser that gave the first answer may still give the others."""
    return enquiry.used_at is not None and clock.now() - enquiry.used_at < GOES_ON


@transaction.atomic
def add(*, enquiry: Enquiry, field: str, value: str) -> Outcome:
    """Take another answer behind the first one, from the browser that gave it.

    Raises:
        NotYours: the time for it is over, or there is no such question.
        Refused: without an answer.
    """
    outcome = Outcome.objects.filter(case=enquiry.case, day=enquiry.day).first()
    if outcome is None or field not in _MORE or not goes_on(enquiry):
        raise NotYours
    check(field, value)
    Outcome.objects.filter(pk=outcome.pk).update(**{field: value})
    audit.record(
        "outcome-told", by=enquiry.to, case_id=enquiry.case_id, target=outcome,
        detail={"day": enquiry.day},
    )  # fmt: skip
    outcome.refresh_from_db()
    return outcome
