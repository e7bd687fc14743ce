"""Referrals that stand still: whoever is waited for is reminded, until the loop is closed."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from secondopinion.audit import actions as audit
from secondopinion.cases import needs
from secondopinion.cases.actions.telling import tell_coordinator, tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import Why
from secondopinion.core import clock
from secondopinion.messaging.actions import notify
from secondopinion.referrals.models import Referral, ReferralState
from secondopinion.referrals.workflow import ENDED

AGAIN = timedelta(days=7)


def follow(case: Case) -> None:
    """Let the desk know of a case as long as one of its referrals stands still."""
    needs.hold(case, Why.REFERRAL, _late().filter(case=case).exists())


def _late() -> QuerySet[Referral]:
    return Referral.objects.exclude(state__in=[*ENDED]).filter(remind_at__lt=clock.now())


def remind_due() -> int:
    """Remind of the referrals that have stood still for too long, of each once a week; return of
    how many. A family that was asked and has not answered yet is reminded too. Safe to run at any
    time.
    """
    before = clock.now() - AGAIN
    due = Q(reminded_at=None) | Q(reminded_at__lt=F("remind_at")) | Q(reminded_at__lte=before)
    told = 0
    for row in _late().filter(due).select_related("case__coordinator"):
        with transaction.atomic():
            fresh = Referral.objects.filter(due, pk=row.pk, state=row.state)
            if not fresh.update(reminded_at=clock.now()):
                continue  # somebody has moved it this very moment
            follow(row.case)
            _tell(row)
            audit.record("referral-reminded", by=None, case_id=row.case_id, target=row)
        told += 1
    return told


def _tell(row: Referral) -> None:
    if row.state == ReferralState.REQUESTED and row.asked_at and row.consented_at is None:
        tell_family(row.case, "referral-changed")
    keepers = list(holders_of(row.case, Part.REFERRAL_COORDINATOR))
    for person in keepers:
        notify(
            to=person, template="soon-late", case_id=row.case_id,
            case_reference=row.case.reference,
            link=f"/desk/cases/{row.case.reference}/referrals/{row.number}/",
        )  # fmt: skip
    if not keepers:
        tell_coordinator(row.case, "soon-late")
