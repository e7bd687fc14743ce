"""Video calls, for the specialist and the coordinator: times offered, and the summary signed."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import State
from secondopinion.core.errors import Refused
from secondopinion.followup import calls as video
from secondopinion.followup import rooms
from secondopinion.followup.models import CallState
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.expert.doubting import reasons_in, told_in
from secondopinion.web.forms import moment_in
from secondopinion.web.signin.factor import FactorForm


@of_case(Part.SPECIALIST, Part.COORDINATOR)
def calls(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the calls of a case; offer times, as the clock of who offers them shows them."""
    if request.method == "POST":
        minutes = request.POST.get("minutes", "")
        video.offer(
            by=request.user, case=case, times=_times(request),
            minutes=int(minutes) if minutes.isdecimal() else 0,
        )  # fmt: skip
        messages.success(request, _("The times are offered."))
        return redirect("calls", case.reference)
    audit.record("calls-opened", by=request.user, case_id=case.pk, target=case)
    rows = list(video.calls_of(case))
    guest = holders_of(case, video.guest_of(case)).first()
    busy = any(each.state in {CallState.OFFERED, CallState.BOOKED} for each in rows)
    context = {
        "case": case, "calls": rows, "guest": guest, "lengths": video.LENGTHS, "length": 30,
        "slots": range(1, video.MOST_SLOTS + 1), "zone": request.user.timezone,
        "may_offer": case.state == State.FOLLOW_UP and rooms.offered() and not busy,
        "writes": Part.SPECIALIST in request.parts,
    }  # fmt: skip
    return render(request, "expert/calls.html", context)


def _times(request: PersonRequest) -> list[datetime]:
    given = [value for value in request.POST.getlist("slot") if value.strip()]
    found = []
    for value in given:
        local = moment_in(value, "slot")
        if local is None or local.tzinfo is not None:
            raise Refused(_("This is not a time."), code="slot", field="slot")
        found.append(video.instant(local, request.user.timezone))
    return found


@of_case(Part.SPECIALIST)
def summary(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Write what was said in a call, and sign it as an addendum."""
    call = video.call_for(case, number)
    doubts = told_in(request, case, _("What was asked and what you advised"))
    settled = all(each.reason for each in doubts)
    form = FactorForm(request, request.POST or None if settled else None)
    text = request.POST.get("text", "")
    if request.method == "POST" and settled and form.is_valid():
        video.summarise(
            by=request.user, call=call, text=text, reauthenticated_at=form.at,
            reasons=reasons_in(request),
        )  # fmt: skip
        messages.success(request, _("The summary is signed and delivered."))
        return redirect("calls", case.reference)
    context = {
        "case": case, "call": call, "form": form, "text": text, "doubts": doubts,
        "settled": settled,
    }  # fmt: skip
    return render(request, "expert/call_summary.html", context)
