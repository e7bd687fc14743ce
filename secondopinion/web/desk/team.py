"""The team: how much each one has, who is away and who covers, who is second on duty."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import people_with
from secondopinion.core import zones
from secondopinion.core.dates import written
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk import actions, queries
from secondopinion.desk.models import Shift
from secondopinion.program import queries as program
from secondopinion.web.access import PersonRequest, staff
from secondopinion.web.forms import day_in


@staff(Role.COORDINATOR)
def team(request: PersonRequest) -> HttpResponse:
    """Show the team's load and its shifts."""
    context = {
        "loads": (loads := queries.loads()),
        "most": max([each.cases for each in loads], default=0) or 1,
        "shifts": queries.shifts(),
        "today": queries.today(),
        "zone": zones.city_of(str(program.calendar().zone)),
    }
    return render(request, "desk/team.html", context)


@staff(Role.COORDINATOR)
@require_POST
def set_shift(request: PersonRequest) -> HttpResponse:
    """Say that one is away, or who is second on duty."""
    first = day_in(request.POST.get("first", ""), "first")
    last = day_in(request.POST.get("last", ""), "last")
    if first is None or last is None:
        raise Refused(_("Choose the first and the last day."), code="days", field="first")
    person = colleague(request.POST.get("person", ""))
    if request.POST.get("kind") == Shift.Kind.AWAY:
        actions.go_away(by=request.user, first=first, last=last, cover=person)
        if first <= queries.today():
            told = _("It is noted. Your cases are in your colleague’s list from now on.")
        else:
            told = _("It is noted. Your cases are in your colleague’s list from %(day)s on.")
        messages.success(request, told % {"day": written(first)})
    else:
        actions.go_on_duty(by=request.user, person=person, first=first, last=last)
        messages.success(request, _("It is noted who is second on duty."))
    return redirect("desk-team")


def colleague(pk: str) -> Person:
    """Return the coordinator whom somebody chose in a form.

    Raises:
        Refused: nobody was chosen.
        NotYours: what was sent is no coordinator.
    """
    if not pk:
        raise Refused(_("Choose a colleague."), code="person-missing", field="person")
    try:
        found = people_with(Role.COORDINATOR).filter(pk=pk).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotYours
    return found


@staff(Role.COORDINATOR)
@require_POST
def end_shift(request: PersonRequest, shift: Any) -> HttpResponse:
    """Take a shift back."""
    actions.end_shift(by=request.user, shift=get_object_or_404(queries.shifts(), pk=shift))
    messages.success(request, _("It is taken back."))
    return redirect("desk-team")
