"""What the clock brings to the desk: time that runs out, silence, cases whose owner has gone."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef

from secondopinion.accounts.models import Person
from secondopinion.arrivals.models import Upload, UploadState
from secondopinion.audit import actions as audit
from secondopinion.cases import actions as cases
from secondopinion.cases import needs
from secondopinion.cases.actions.parts import give_owner
from secondopinion.cases.actions.telling import tell
from secondopinion.cases.models import Case, ClockSpan, HandOver, Need
from secondopinion.cases.queries import holders_of, open_requests
from secondopinion.cases.states import State, Why
from secondopinion.core import clock
from secondopinion.core.errors import Refused
from secondopinion.desk.actions.shifts import on_duty
from secondopinion.desk.models import Escalation, Shift
from secondopinion.desk.queries import Load, loads, of_nobody, on_now
from secondopinion.experts.models import OfferState
from secondopinion.program import queries as program

WARNED = timedelta(hours=2)  # business time before something is late
SILENT_AFTER = timedelta(days=5)  # business days without an answer of the family
ANSWERS_AFTER = timedelta(minutes=30)  # after the last file, who was asked says that it is all
_WAITED_FOR = (State.OFFERED, State.IN_REVIEW)


def escalate() -> int:
    """Tell of what will be late within two business hours, or is; of each once. Return how many.

    Its owner is told, who covers for them, and the second coordinator on duty; with nobody on
    duty, of a case without an owner the whole team. Safe to run at any time.
    """
    _chase()
    limit, told = program.calendar().add(clock.now(), WARNED), 0
    rows = Need.objects.filter(due_at__lte=limit, case__ended_at=None)
    for need in rows.select_related("case__coordinator"):
        with transaction.atomic():
            _row, made = Escalation.objects.get_or_create(
                case_id=need.case_id, why=need.why, due_at=need.due_at
            )
            if not made:
                continue
            for person in _concerned(need.case):
                tell(need.case, person, "soon-late", "/desk/cases")
            audit.record("case-escalated", by=None, case_id=need.case_id, target=need.case,
                         detail={"why": need.why})  # fmt: skip
        told += 1
    return told


def _concerned(case: Case) -> list[Person]:
    found = {each.pk: each for each in on_duty()}
    if case.coordinator is not None:
        found[case.coordinator.pk] = case.coordinator
        for shift in on_now(Shift.Kind.AWAY).filter(person=case.coordinator):
            if shift.cover is not None:
                found[shift.cover.pk] = shift.cover
    return list(found.values()) or [each.person for each in loads() if each.away is None]


def _chase() -> None:
    """Let the desk ask how it goes where a specialist is waited for and the time is nearly over, or
    where who reviews a case is away today and not back before it is over."""
    limit = program.calendar().add(clock.now(), timedelta(hours=program.business_hours_per_day()))
    soon = ClockSpan.objects.filter(ended_at=None, due_at__lte=limit, case__state__in=_WAITED_FOR)
    away = ClockSpan.objects.filter(
        ended_at=None, case__state=State.IN_REVIEW, case__offers__state=OfferState.ACCEPTED,
        case__offers__expert__away__first__lte=clock.today(),
    ).annotate(until=F("case__offers__expert__away__last"))  # fmt: skip
    late = [span for span in away.select_related("case") if span.until >= span.due_at.date()]
    for span in (*soon.select_related("case").order_by("due_at"), *late):
        with transaction.atomic():
            needs.arise(span.case, Why.CHASE, span.due_at)


def notice_silence() -> int:
    """Note cases in which a family has not answered for five business days; return how many."""
    hours = SILENT_AFTER.days * program.business_hours_per_day()
    found = 0
    waiting = Case.objects.filter(state__in=[State.WAITING_ON_FAMILY, State.MORE_NEEDED])
    for case in waiting.exclude(needs.has(Why.SILENT, Why.WISH)):
        since = program.calendar().between(case.state_since, clock.now())
        if since >= timedelta(hours=hours):
            with transaction.atomic():
                needs.arise(case, Why.SILENT)
            found += 1
    return found


def notice_arrivals() -> int:
    """Note cases in which who was asked has sent files and then said nothing; return how many.

    They may think that they have answered, while the clock stands and nobody looks.
    """
    quiet = clock.now() - ANSWERS_AFTER
    came = Upload.objects.filter(state__in=(UploadState.RECEIVED, UploadState.SORTED))
    since = came.filter(case=OuterRef("pk"), created_at__gte=OuterRef("state_since"))
    waiting = Case.objects.filter(state__in=[State.WAITING_ON_FAMILY, State.MORE_NEEDED])
    found = 0
    for case in waiting.filter(Exists(since)).exclude(needs.has(Why.ARRIVED, Why.WISH)):
        asked = {row.to: row.created_at for row in open_requests(case).order_by("created_at")}
        for to, asked_at in asked.items():
            sent = came.filter(case=case, by__in=holders_of(case, to), created_at__gte=asked_at)
            last = sent.aggregate(last=Max("created_at"))["last"]
            if last is not None and last < quiet:
                with transaction.atomic():
                    needs.arise(case, Why.ARRIVED)
                found += 1
                break
    return found


def find_owners() -> int:
    """Give cases without an owner, and those of who has left the team, to colleagues by load.

    Return how many.
    """
    team = loads()
    if not team:
        return 0
    known = [each.person.pk for each in team]
    orphans = Case.objects.filter(ended_at=None, coordinator__isnull=False)
    moved = 0
    for case in of_nobody().order_by("act_by", "pk"):
        least = _least(team)
        give_owner(case=case, to=least.person, by=None)
        moved += 1
    for case in orphans.exclude(coordinator__in=known).order_by("act_by", "pk"):
        least = _least(team)
        try:
            cases.hand_over(by=None, case=case, to=least.person, cause=HandOver.Cause.LEFT)
        except Refused:
            continue  # taken over this very moment
        moved += 1
    return moved


def _least(team: list[Load]) -> Load:
    """Return who has the least, and count a case more for them."""
    least = min(team, key=lambda each: (each.away is not None, each.due, each.cases))
    least.cases += 1
    least.due += 1
    return least
