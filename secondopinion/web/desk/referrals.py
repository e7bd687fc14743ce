"""Referrals until the loop is closed."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Role
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours
from secondopinion.opinions.queries import readable
from secondopinion.referrals import actions as referral_actions
from secondopinion.referrals.queries import open_referrals, referral_for
from secondopinion.referrals.workflow import available as referral_steps
from secondopinion.web.access import PersonRequest, of_case, staff


@staff(Role.COORDINATOR, Role.REFERRAL_COORDINATOR)
def referral_list(request: PersonRequest) -> HttpResponse:
    """Show the open referrals, those to be reminded of first."""
    rows = open_referrals(request.user).order_by(F("remind_at").asc(nulls_last=True))
    return render(request, "desk/referrals.html", {"rows": rows})


@of_case("desk", Part.COORDINATOR, Part.REFERRAL_COORDINATOR)
def referral(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Show a referral and take its next step."""
    row = referral_for(request.user, case.reference, number)
    if request.method == "POST":
        visit = parse_datetime(request.POST.get("visit_at", ""))
        referral_actions.take_step(
            by=request.user, referral=row, action=_known_step(row.state, request.POST),
            note=request.POST.get("note", ""), outcome=request.POST.get("outcome", ""),
            visit_at=_aware(visit),
        )  # fmt: skip
        messages.success(request, _("The referral is changed."))
        return redirect("referral", case.reference, number)
    audit.record("referral-opened-page", by=request.user, case_id=case.pk, target=row)
    context = {"case": case, "referral": row, "steps": referral_steps(row.state),
               "reports": readable(case, request.user)}  # fmt: skip
    return render(request, "desk/referral.html", context)


def _known_step(state: str, given: Any) -> str:
    wanted = str(given.get("action", ""))
    if wanted not in {step.action for step in referral_steps(state)}:
        raise NotYours
    return wanted


def _aware(value: datetime | None) -> datetime | None:
    if value is None or timezone.is_aware(value):
        return value
    return timezone.make_aware(value)
