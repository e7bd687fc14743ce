"""Who is away and who covers; who is the second coordinator on duty."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role
from secondopinion.audit import actions as audit
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk.models import Shift
from secondopinion.desk.queries import on_now, today
from secondopinion.desk.rules import require_team


@transaction.atomic
def go_away(*, by: Person, first: date, last: date, cover: Person) -> Shift:
    """Say on which days one is away, and who sees to one's cases meanwhile.

    Raises:
        NotYours: by, or for, somebody who is not of the intake team.
        Refused: days that are over or the wrong way round, or cover by who is away too.
    """
    require_team(by)
    if not has_role(cover, "coordinator"):
        raise NotYours
    _check_days(first, last)
    if cover.pk == by.pk:
        raise Refused(_("Choose a colleague who covers."), code="cover", field="cover")
    away = Shift.objects.filter(kind=Shift.Kind.AWAY, first__lte=last, last__gte=first)
    if away.filter(person=cover).exists():
        raise Refused(
            _("This colleague is away on one of these days too."), code="cover-away", field="cover"
        )
    if away.filter(person=by).exists():
        raise Refused(
            _("You are away on one of these days already."), code="away-twice", field="first"
        )
    made = Shift.objects.create(
        person=by, kind=Shift.Kind.AWAY, first=first, last=last, cover=cover
    )
    audit.record("shift-set", by=by, target=made, detail={"kind": "away"})
    return made


@transaction.atomic
def go_on_duty(*, by: Person, person: Person, first: date, last: date) -> Shift:
    """Name the second coordinator on duty for some days: who is told before something is late."""
    require_team(by)
    if not has_role(person, "coordinator"):
        raise NotYours
    _check_days(first, last)
    made = Shift.objects.create(person=person, kind=Shift.Kind.DUTY, first=first, last=last)
    audit.record("shift-set", by=by, target=made, detail={"kind": "duty"})
    return made


@transaction.atomic
def end_shift(*, by: Person, shift: Shift) -> None:
    """Take a shift back; on the days that it has lasted it stands."""
    require_team(by)
    audit.record("shift-ended", by=by, target=shift)
    if shift.kind == Shift.Kind.AWAY and shift.person_id != by.pk:
        raise NotYours
    shift.delete()


def on_duty() -> list[Person]:
    """Return the second coordinators on duty now, without who is away."""
    away = set(on_now(Shift.Kind.AWAY).values_list("person_id", flat=True))
    return [row.person for row in on_now(Shift.Kind.DUTY) if row.person_id not in away]


def _check_days(first: date, last: date) -> None:
    if last < first:
        raise Refused(_("The last day is before the first."), code="days", field="last")
    if last < today():
        raise Refused(_("These days are over."), code="days-over", field="last")
