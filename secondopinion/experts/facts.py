"""What is known of experts before one is chosen: places, absences, and how earlier offers went."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from secondopinion.accounts.models import Role
from secondopinion.cases.models import Case, Participation
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.experts.known import Known
from secondopinion.experts.models import Away, ExpertProfile, Offer, OfferState, Tie

LOOKED_BACK = timedelta(days=730)
WEEK = timedelta(days=7)
AGAIN = timedelta(days=14)  # after which somebody who had no time may be asked once more
_AT_WORK = frozenset({State.IN_REVIEW, State.MORE_NEEDED})


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
        live = Q(person__staff_roles__until__isnull=True) | Q(person__staff_roles__until__gt=now)
        experts = ExpertProfile.objects.filter(
            live, person__is_active=True, person__staff_roles__role=Role.SPECIALIST
        ).select_related("person").distinct()  # fmt: skip
        if beside is not None:
            parts = Participation.objects.filter(case=beside, until__isnull=True)
            experts = experts.exclude(person__in=parts.values("person"))
    known = {each.pk: Known(each) for each in experts}
    fields: dict[UUID, set[UUID]] = defaultdict(set)
    some = Q() if everybody else Q(expert__in=list(known))
    through = ExpertProfile.specialties.through.objects.filter(
        Q() if everybody else Q(expertprofile__in=list(known))
    )
    for expert, specialty in through.values_list("expertprofile_id", "specialty_id"):
        fields[expert].add(specialty)
    for each in known.values():
        each.specialties = frozenset(fields[each.expert.pk])
    for away in Away.objects.filter(some, last__gte=today):
        if away.expert_id in known:
            known[away.expert_id].away.append((away.first, away.last))
    for tie in Tie.objects.filter(some):
        if tie.expert_id in known:
            known[tie.expert_id].ties.append(tie)
    _offers(known, Offer.objects.filter(some), now)
    return sorted(known.values(), key=lambda each: each.expert.person.full_name)


def _offers(known: dict[UUID, Known], offers: QuerySet[Offer], now: datetime) -> None:
    rows = offers.filter(
        Q(created_at__gt=now - LOOKED_BACK) | Q(case__state__in=_AT_WORK)
    ).values_list(
        "expert_id", "state", "reason", "created_at", "answered_at", "case__state",
        "case__specialty_id", "case__condition", "case__reported_at", "passed_from_id",
        "passed_to",
    )  # fmt: skip
    for (
        expert, state, reason, made, answered, stands, specialty, condition, reported, former,
        successor,
    ) in rows.iterator():  # fmt: skip
        each = known.get(expert)
        if each is None or state == OfferState.TAKEN_BACK:
            continue
        if answered is None:  # open
            each.load += 1
            each.this_week += 1
            continue
        if former is not None:  # the lead of a panel: there was nothing to answer
            if state == OfferState.ACCEPTED:
                each.load += stands in _AT_WORK
                each.this_week += answered > now - WEEK
            continue
        if state == OfferState.HANDED_BACK:  # since when it has been so says nothing of an answer
            each.answered += reason != Offer.Reason.CONFLICT
            each.accepted += successor is not None  # the lead passed on: it had been accepted
            continue
        each.hours.append((answered - made) / timedelta(hours=1))
        if reason != Offer.Reason.CONFLICT:  # whoever may not accept is not unwilling
            each.answered += 1
        if state == OfferState.ACCEPTED:
            each.accepted += 1
            each.load += stands in _AT_WORK
            each.this_week += answered > now - WEEK
            if reported is not None:
                days = (reported - answered) / timedelta(days=1)
                each.reports.append((specialty, condition, days))


def offered_before(cases: Collection[UUID]) -> dict[UUID, Counter[UUID]]:
    """Return for each case the experts to whom it is not offered again.

    A conflict or a wrong field lasts; no time, or no answer, lasts a while.
    """
    found: dict[UUID, Counter[UUID]] = defaultdict(Counter)
    passing = [Offer.Reason.NO_TIME, Offer.Reason.OTHER, ""]
    rows = Offer.objects.exclude(state=OfferState.TAKEN_BACK).exclude(
        reason__in=passing, answered_at__lt=clock.now() - AGAIN
    )
    if len(cases) == 1:
        rows = rows.filter(case_id=next(iter(cases)))
    else:
        rows = rows.filter(case__state=State.READY)
    for case, expert in rows.values_list("case_id", "expert_id"):
        found[case][expert] += 1
    return found
