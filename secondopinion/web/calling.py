"""A video call, for everybody who takes part: a time chosen, cancelled, put into a calendar."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours
from secondopinion.followup import calls
from secondopinion.followup.models import CallState
from secondopinion.program import queries as program
from secondopinion.web.access import PersonRequest, of_case

PARTS = (Part.FAMILY, Part.LOCAL_PROVIDER, Part.SPECIALIST, Part.COORDINATOR)
_BACK = {
    Part.FAMILY: "my-case", Part.LOCAL_PROVIDER: "provider-case", Part.SPECIALIST: "calls",
    Part.COORDINATOR: "calls",
}  # fmt: skip


def call_context(request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page of the family, or of the local provider, shows of its last call."""
    mine = case.reported_at is not None and calls.guest_of(case) in request.parts
    call = calls.calls_of(case).first() if mine else None
    here = timezone.get_current_timezone()
    hospital = program.program()
    return {
        "call": call,
        "hospital_zone": hospital.timezone if str(here) != hospital.timezone else "",
        "hospital_city": hospital.city,
    }


@of_case(*PARTS)
@require_POST
def act(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Choose one of the times, or cancel."""
    call = calls.call_for(case, number)
    if "cancel" in request.POST:
        calls.cancel(by=request.user, call=call)
        messages.success(request, _("The call is cancelled. Everybody is told."))
    else:
        calls.book(by=request.user, call=call, slot=request.POST.get("slot", ""))
        messages.success(request, _("The call is booked. Put it into your calendar."))
    part = next(each for each in PARTS if each in request.parts)
    return redirect(_BACK[part], case.reference)


@of_case(*PARTS)
def calendar(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Give a booked call as a calendar file."""
    call = calls.call_for(case, number)
    invited = {calls.guest_of(case), Part.SPECIALIST, Part.COORDINATOR}
    if call.starts_at is None or call.state == CallState.DONE or not request.parts & invited:
        raise NotYours
    audit.record("call-calendar-taken", by=request.user, case_id=case.pk, target=call)
    response = HttpResponse(calls.entry(call), content_type="text/calendar; charset=utf-8")
    name = f"{case.reference}-call.ics"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response
