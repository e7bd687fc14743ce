"""Reads of referrals."""

from uuid import UUID

from django.db.models import QuerySet

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.cases.queries import visible_to
from secondopinion.core.errors import NotYours
from secondopinion.imaging.models import Instance
from secondopinion.referrals.models import Referral
from secondopinion.referrals.workflow import ENDED


def referrals(case: Case) -> QuerySet[Referral]:
    """Return the referrals of a case, by number."""
    return Referral.objects.filter(case=case)


def referral_for(person: Person, reference: str, number: int) -> Referral:
    """Return a referral of a case that the person may see.

    Raises:
        NotYours: there is none, or it is somebody else's.
    """
    found = (
        Referral.objects.filter(
            case__in=visible_to(person), case__reference=reference, number=number
        )
        .select_related("case", "opened_by")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def open_referrals(person: Person) -> QuerySet[Referral]:
    """Return the open referrals in the cases that the person may see, by reminder."""
    return (
        Referral.objects.filter(case__in=visible_to(person))
        .exclude(state__in=[*ENDED])
        .select_related("case", "case__child")
        .order_by("remind_at")
    )


def objects_of(studies: list[str]) -> QuerySet[Instance]:
    """Return the images of studies that are in their case now, in the order of their series."""
    here = Instance.objects.filter(
        series__study__in=[UUID(each) for each in studies], series__removed_at=None, aside=False
    )
    return here.order_by("series__study_id", "series__number", "series_id", "position", "number")
