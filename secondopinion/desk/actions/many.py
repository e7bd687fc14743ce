"""Steps on several cases at once: each case by itself, and all of them undone together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import actions as cases
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, HandOver, Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk.models import Step
from secondopinion.desk.queries import today
from secondopinion.desk.rules import require_team, still_stands
from secondopinion.program import queries as program

MOST = 200  # cases in one step
LONGEST = timedelta(days=90)  # that a case may be put off


@dataclass(slots=True)
class Done:
    """What became of a step: the cases that it changed, and why it left others alone."""

    step: Step | None = None
    changed: list[Case] = field(default_factory=list)
    left: list[tuple[Case, str]] = field(default_factory=list)


@transaction.atomic
def hand_over(*, by: Person, chosen: Sequence[Case], to: Person, note: str) -> Done:
    """Give one's own cases to a colleague, with one note; what is not one's own is left alone."""
    _check(by, chosen)
    done, before = Done(), {}
    for case in chosen:
        former = case.coordinator
        try:
            if former is None or former.pk != by.pk:
                raise Conflict(_owned_by(case))
            with transaction.atomic():
                cases.hand_over(by=by, case=case, to=to, note=note)
        except Conflict as error:
            done.left.append((case, str(error.message)))
            continue
        before[str(case.pk)] = {"from": str(former.pk), "to": str(to.pk)}
        done.changed.append(case)
    return _kept(done, by, Step.Verb.HAND_OVER, before)


@transaction.atomic
def put_off(*, by: Person, chosen: Sequence[Case], until: date) -> Done:
    """Put one's own cases off until the desk opens on a day; what is new brings one back before.

    Raises:
        Refused: the day is not after today, or too far.
    """
    _check(by, chosen)
    if not today() < until <= today() + LONGEST:
        raise Refused(_("Choose a day after today, within 90 days."), code="day", field="until")
    at, done, before = _opens(until), Done(), {}
    for case in chosen:
        fresh = Case.objects.select_for_update().get(pk=case.pk)
        if fresh.coordinator_id != by.pk or fresh.ended_at is not None:
            done.left.append((fresh, _owned_by(fresh)))
            continue
        require(fresh, by, Part.COORDINATOR)
        was = fresh.put_off_until
        Case.objects.filter(pk=fresh.pk).update(put_off_until=at)
        audit.record("case-put-off", by=by, case_id=fresh.pk, target=fresh)
        before[str(fresh.pk)] = {"from": was.isoformat() if was else "", "to": at.isoformat()}
        fresh.put_off_until = at
        done.changed.append(fresh)
    return _kept(done, by, Step.Verb.PUT_OFF, before)


@transaction.atomic
def undo(*, by: Person, step: Step) -> Done:
    """Undo a step of one's own within an hour; cases that have changed since are left alone.

    Raises:
        NotYours: it is somebody else's.
        Conflict: it has been undone already, or it is too late.
    """
    if step.by_id != by.pk:
        raise NotYours
    since = clock.now() - Step.UNDONE_FOR
    open_ = Step.objects.filter(pk=step.pk, undone_at=None, created_at__gt=since)
    if not open_.update(undone_at=clock.now()):
        raise Conflict(_("This cannot be undone any more."), code="undone")
    done = Done(step)
    for case in Case.objects.select_for_update().filter(pk__in=step.before):
        was = step.before[str(case.pk)]
        if not still_stands(step, case):
            done.left.append((case, _owned_by(case)))
            continue
        back = _give_back if step.verb == Step.Verb.HAND_OVER else _bring_back
        back(by, case, was)
        done.changed.append(case)
    return done


def _give_back(by: Person, case: Case, was: dict[str, str]) -> None:
    giver = Person.objects.get(pk=was["from"])
    cases.hand_over(by=by, case=case, to=giver, cause=HandOver.Cause.UNDONE, back=True)


def _bring_back(by: Person, case: Case, was: dict[str, str]) -> None:
    before = datetime.fromisoformat(was["from"]) if was["from"] else None
    Case.objects.filter(pk=case.pk).update(put_off_until=before)
    audit.record("case-brought-back", by=by, case_id=case.pk, target=case)


def _check(by: Person, chosen: Sequence[Case]) -> None:
    require_team(by)
    if not chosen:
        raise Refused(_("Choose at least one case."), code="none-chosen")
    if len(chosen) > MOST:
        raise Refused(_("Choose at most 200 cases."), code="too-many")


def _kept(done: Done, by: Person, verb: str, before: dict[str, dict[str, str]]) -> Done:
    if before:
        done.step = Step.objects.create(by=by, verb=verb, before=before)
    return done


def _owned_by(case: Case) -> str:
    if case.ended_at is not None:
        return str(_("It has ended."))
    if case.coordinator is None:
        return str(_("It has no owner yet."))
    return str(_("It is with %(name)s now.")) % {"name": case.coordinator.full_name}


def _opens(day: date) -> datetime:
    settings = program.program()
    return datetime.combine(day, settings.opens or time(8), program.calendar().zone)
