"""What is known of experts before one is chosen: places, absences, and how earlier offers went."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, StringAgg, Sum, TextField, Value
from django.db.models.functions import Cast

from secondopinion.accounts.models import Role
from secondopinion.cases.models import Case, Participation
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.spans import Hours
from secondopinion.experts.known import Known
from secondopinion.experts.models import Away, ExpertProfile, Offer, OfferState, Tie

LOOKED_BACK = timedelta(days=730)
WEEK = timedelta(days=7)
AGAIN = timedelta(days=14)  # after which somebody who had no time may be asked once more
_AT_WORK = frozenset({State.IN_REVIEW, State.MORE_NEEDED})
_ANSWERS = frozenset({OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED})


def gather(
    experts: Iterable[ExpertProfile] | None = None, *, beside: Case | None = None
) -> list[Known]:
    """Return what is known of experts, or of everybody who can be offered a case, by name.

    Of everybody, those are left out who have a part in the case `beside` which they would stand.
    Five or six queries, however many experts there are.
    """
    now, today = clock.now(), clock.today()
    everybody = experts is None
    if experts is None:
        rows = _specialists().all()
        if beside is not None:
            parts = Participation.objects.filter(case=beside, until__isnull=True)
            rows = rows.exclude(person__in=parts.values("person"))
        experts = [each for each in rows if each.held_until is None or each.held_until > now]
    known = {each.pk: Known(each) for each in experts}  # whoever holds the role twice, once
    fields: dict[UUID, set[UUID]] = defaultdict(set)
    some = Q() if everybody else Q(expert__in=list(known))
    of_some = Q() if everybody else Q(expertprofile__in=list(known))
    for expert, specialty in _fields().filter(of_some):
        fields[expert].add(specialty)
    for each in known.values():
        each.specialties = frozenset(fields[each.expert.pk])
    for expert, first, last in _absences().filter(some, last__gte=today):
        if expert in known:
            known[expert].away.append((first, last))
    for tie in Tie.objects.filter(some):
        if tie.expert_id in known:
            known[tie.expert_id].ties.append(tie)
    _offers(known, some, now)
    return sorted(known.values(), key=lambda each: each.expert.person.full_name)


@cache
def _fields() -> QuerySet[Any, tuple[UUID, UUID]]:
    """Return the fields of experts, and `_absences` when they are away: put together once, too."""
    rows = ExpertProfile.specialties.through.objects
    return rows.values_list("expertprofile_id", "specialty_id")


@cache
def _absences() -> QuerySet[Away, tuple[UUID, date, date]]:
    return Away.objects.values_list("expert_id", "first", "last")


@cache
def _specialists() -> QuerySet[Any]:
    """Return the experts who are or were specialists, with until when, once for each time.

    Never read itself, only copies of it: Django's work of putting it together is done once.
    """
    rows = ExpertProfile.objects.filter(
        person__is_active=True, person__staff_roles__role=Role.SPECIALIST
    )
    return rows.annotate(held_until=F("person__staff_roles__until")).select_related("person")


def with_ties(expert: ExpertProfile) -> Known:
    """Return an expert with their ties alone: enough for whether they may advise at all."""
    return Known(expert, ties=list(Tie.objects.filter(expert=expert)))


@cache
def _counted() -> QuerySet[Offer, tuple[Any, ...]]:
    """Return the sums of offers, by expert and kind of case. Never read itself: Django's work of
    putting the question together is done once, and what depends on the hour is added each time.

    A lead that passed within a panel was nobody's to answer; one that was given back was accepted
    before, and since when it has been so says nothing of an answer.
    """
    asked = Q(passed_from=None)
    at_work = Q(state=OfferState.ACCEPTED, case__state__in=_AT_WORK)
    answered = asked & Q(state__in=[*_ANSWERS, OfferState.HANDED_BACK])
    passed = Q(state=OfferState.HANDED_BACK, passed_to__isnull=False)
    reported = asked & Q(state=OfferState.ACCEPTED, case__reported_at__isnull=False)
    days = Cast(Hours("case__reported_at", "answered_at") / 24, TextField())
    return (
        Offer.objects.order_by()
        .values_list("expert_id", "case__specialty_id", "case__condition")
        .annotate(
            load=Count("pk", filter=Q(state=OfferState.OPEN) | at_work),
            # Whoever may not accept is not unwilling.
            answered=Count("pk", filter=answered & ~Q(reason=Offer.Reason.CONFLICT)),
            accepted=Count("pk", filter=asked & (Q(state=OfferState.ACCEPTED) | passed)),
            waits=Count("pk", filter=asked & Q(state__in=_ANSWERS)),
            waited=Sum(
                Hours("answered_at", "created_at"), filter=asked & Q(state__in=_ANSWERS),
                default=0.0,
            ),
            days=StringAgg(days, delimiter=Value(" "), filter=reported),
        )
    )  # fmt: skip


def _offers(known: dict[UUID, Known], some: Q, now: datetime) -> None:
    """Add up in the database how offers went: there are many more of them than experts."""
    lately = Q(state=OfferState.ACCEPTED, answered_at__gt=now - WEEK)
    rows = (
        _counted()
        .filter(some, Q(created_at__gt=now - LOOKED_BACK) | Q(case__state__in=_AT_WORK))
        .annotate(this_week=Count("pk", filter=Q(state=OfferState.OPEN) | lately))
    )
    for expert, specialty, condition, load, *answers, waits, waited, took, this_week in rows:
        each = known.get(expert)
        if each is None:
            continue
        each.load += load
        each.this_week += this_week
        each.answered += answers[0]
        each.accepted += answers[1]
        each.waits += waits
        each.waited += waited
        each.reports += [(specialty, condition, float(text)) for text in (took or "").split()]


@cache
def _answers() -> QuerySet[Offer, tuple[Any, ...]]:
    """Return what became of offers. Never read itself, only narrowed: it is put together once."""
    columns = ("case_id", "expert_id", "state", "reason", "answered_at")
    return Offer.objects.order_by().values_list(*columns)


def offered_before(cases: Collection[UUID]) -> dict[UUID, Counter[UUID]]:
    """Return for each case the experts to whom it is not offered again.

    A conflict or a wrong field lasts; no time, or no answer, lasts a while.
    """
    found: dict[UUID, Counter[UUID]] = defaultdict(Counter)
    passing, long_ago = {Offer.Reason.NO_TIME, Offer.Reason.OTHER, ""}, clock.now() - AGAIN
    one = next(iter(cases)) if len(cases) == 1 else None
    rows = _answers().filter(case_id=one) if one else _answers().filter(case__state=State.READY)
    for case, expert, state, reason, answered in rows:
        passed = reason in passing and answered is not None and answered < long_ago
        if state != OfferState.TAKEN_BACK and not passed:
            found[case][expert] += 1
    return found
