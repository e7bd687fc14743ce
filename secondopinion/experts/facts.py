"""What is known of experts before one is chosen: places, absences, and how earlier offers went."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, StringAgg, Sum, TextField, Value
from django.db.models.functions import Cast

from secondopinion.accounts.models import Role
from secondopinion.cases.models import Case, Participation
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.prepared import prepared
from secondopinion.core.spans import Hours
from secondopinion.experts.known import Known
from secondopinion.experts.models import Away, ExpertProfile, Offer, OfferState, Tie

LOOKED_BACK = timedelta(days=730)
WEEK = timedelta(days=7)
AGAIN = timedelta(days=14)  # after which somebody who had no time may be asked once more
_AT_WORK = frozenset({State.IN_REVIEW, State.MORE_NEEDED})
_ANSWERS = frozenset({OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED})


def gather(*, beside: Case | None = None) -> list[Known]:
    """Return what is known of everybody who can be offered a case, by name.

    Those are left out who have a part in the case `beside`, which they would stand.
    Five or six queries, however many experts there are.
    """
    now = clock.now()
    experts = _everybody(now) if beside is None else _others(now, beside.pk)
    known = {each.pk: Known(each) for each in experts}  # whoever holds the role twice, once
    fields: dict[UUID, set[UUID]] = defaultdict(set)
    for expert, specialty in _fields():
        fields[expert].add(specialty)
    for each in known.values():
        each.specialties = frozenset(fields[each.expert.pk])
    for expert, first, last in _absences(clock.today()):
        if expert in known:
            known[expert].away.append((first, last))
    for tie in _ties():
        if tie.expert_id in known:
            known[tie.expert_id].ties.append(tie)
    _offers(known, now)
    return sorted(known.values(), key=lambda each: each.expert.person.full_name)


@prepared
def _fields() -> QuerySet[Any, tuple[UUID, UUID]]:
    rows = ExpertProfile.specialties.through.objects
    return rows.values_list("expertprofile_id", "specialty_id")


@prepared
def _absences(today: date) -> QuerySet[Away, tuple[UUID, date, date]]:
    return Away.objects.filter(last__gte=today).values_list("expert_id", "first", "last")


@prepared
def _ties() -> QuerySet[Tie]:
    return Tie.objects.all()


def _specialists(now: datetime) -> QuerySet[ExpertProfile]:
    """Return the experts who are specialists, once for each time that they were given the role."""
    # One filter: behind each other, they would ask of two roles.
    held = Q(person__staff_roles__until__isnull=True) | Q(person__staff_roles__until__gt=now)
    return ExpertProfile.objects.filter(
        held, person__is_active=True, person__staff_roles__role=Role.SPECIALIST
    ).select_related("person")


_everybody = prepared(_specialists)


@prepared
def _others(now: datetime, case: UUID) -> QuerySet[ExpertProfile]:
    parts = Participation.objects.filter(case_id=case, until__isnull=True)
    return _specialists(now).exclude(person__in=parts.values("person"))


def with_ties(expert: ExpertProfile) -> Known:
    """Return an expert with their ties alone: enough for whether they may advise at all."""
    return Known(expert, ties=list(Tie.objects.filter(expert=expert)))


@prepared
def _counted(week_ago: datetime, since: datetime) -> QuerySet[Offer, tuple[Any, ...]]:
    """Return the sums of the offers since then, by expert and kind of case.

    A lead that passed within a panel was nobody's to answer; one that was given back was accepted
    before, and since when it has been so says nothing of an answer.
    """
    asked = Q(passed_from=None)
    at_work = Q(state=OfferState.ACCEPTED, case__state__in=_AT_WORK)
    answered = asked & Q(state__in=[*_ANSWERS, OfferState.HANDED_BACK])
    passed = Q(state=OfferState.HANDED_BACK, passed_to__isnull=False)
    reported = asked & Q(state=OfferState.ACCEPTED, case__reported_at__isnull=False)
    days = Cast(Hours("case__reported_at", "answered_at") / 24, TextField())
    lately = Q(state=OfferState.ACCEPTED, answered_at__gt=week_ago)
    return (
        Offer.objects.filter(Q(created_at__gt=since) | Q(case__state__in=_AT_WORK))
        .order_by()
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
            this_week=Count("pk", filter=Q(state=OfferState.OPEN) | lately),
        )
    )  # fmt: skip


def _offers(known: dict[UUID, Known], now: datetime) -> None:
    """Add up in the database how offers went: there are many more of them than experts."""
    rows = _counted(now - WEEK, now - LOOKED_BACK)
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


_ANSWERED = ("case_id", "expert_id", "state", "reason", "answered_at")


@prepared
def _of_case(case: UUID) -> QuerySet[Offer, tuple[Any, ...]]:
    return Offer.objects.filter(case_id=case).order_by().values_list(*_ANSWERED)


@prepared
def _of_ready() -> QuerySet[Offer, tuple[Any, ...]]:
    return Offer.objects.filter(case__state=State.READY).order_by().values_list(*_ANSWERED)


def offered_before(cases: Collection[UUID]) -> dict[UUID, Counter[UUID]]:
    """Return for each case the experts to whom it is not offered again.

    A conflict or a wrong field lasts; no time, or no answer, lasts a while.
    """
    found: dict[UUID, Counter[UUID]] = defaultdict(Counter)
    passing, long_ago = {Offer.Reason.NO_TIME, Offer.Reason.OTHER, ""}, clock.now() - AGAIN
    rows = _of_case(next(iter(cases))) if len(cases) == 1 else _of_ready()
    for case, expert, state, reason, answered in rows:
        passed = reason in passing and answered is not None and answered < long_ago
        if state != OfferState.TAKEN_BACK and not passed:
            found[case][expert] += 1
    return found
