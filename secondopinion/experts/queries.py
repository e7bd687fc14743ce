"""Reads of offers and experts."""

from django.db.models import QuerySet

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.core.errors import NotYours
from secondopinion.experts.models import ExpertProfile, Offer, OfferState

OFFERED = frozenset({"offered"})  # the part in a case that an open offer gives


def open_offers(person: Person) -> QuerySet[Offer]:
    """Return the offers that wait for this specialist, the most urgent first."""
    return (
        Offer.objects.filter(
            expert__person=person, state=OfferState.OPEN, case__state=State.OFFERED
        )
        .select_related("case", "case__child", "case__specialty", "case__request")
        .order_by("answer_by")
    )


def last_offer(person: Person, reference: str) -> Offer:
    """Return the open offer of a case to this specialist, else the last one that was made.

    Raises:
        NotYours: there never was one.
    """
    rows = Offer.objects.filter(expert__person=person, case__reference=reference).select_related(
        "case__child", "case__specialty", "case__request"
    )
    found = rows.filter(state=OfferState.OPEN).first() or rows.order_by("-created_at").first()
    if found is None:
        raise NotYours
    return found


def offers_of(case: Case) -> QuerySet[Offer]:
    """Return every offer of a case, the first one first."""
    return Offer.objects.filter(case=case).select_related("expert__person", "passed_to")


def given_back(case: Case) -> Offer | None:
    """Return the last offer that was accepted and given back, with its word; or None.

    A lead that passed within a panel was not given back.
    """
    rows = offers_of(case).filter(state=OfferState.HANDED_BACK, passed_to=None)
    return rows.order_by("-answered_at").first()


def profile(person: Person) -> ExpertProfile | None:
    """Return what a specialist can take, if they are one."""
    return ExpertProfile.objects.filter(person=person).first()
