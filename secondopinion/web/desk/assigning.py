"""All ready cases at once: who would best have which, to be accepted whole or in part."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secondopinion.accounts.models import Role
from secondopinion.accounts.queries import has_role
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.experts import actions as experts
from secondopinion.experts import choices as learnt
from secondopinion.experts.matching import judged
from secondopinion.experts.models import ExpertProfile
from secondopinion.experts.queue import plan
from secondopinion.web.access import PersonRequest, staff

MOST = 50  # proposals on the page
LEARNT_FROM = timedelta(days=180)


@staff(Role.COORDINATOR)
def assign(request: PersonRequest) -> HttpResponse:
    """Show the plan for the whole queue, and make the offers that are ticked."""
    if request.method == "POST":
        return _offer(request)
    whole = plan()
    mine = [each for each in whole.proposals if each.case.coordinator_id == request.user.pk]
    audit.record("queue-planned", by=request.user, detail={"cases": len(whole.proposals)})
    rows = [
        {
            "case": each.case, "known": each.known, "late": each.late,
            "days": max(1, round(each.late)), "reasons": judged(each.case, each.known).reasons,
        }
        for each in mine[:MOST]
    ]  # fmt: skip
    waiting = [each for each in whole.waiting if each.coordinator_id == request.user.pk]
    context = {
        "rows": rows, "others": len(whole.proposals) - len(mine), "waiting": waiting[:MOST],
    }  # fmt: skip
    return render(request, "desk/assign.html", context)


def _ticked(pairs: list[str]) -> list[tuple[Case, ExpertProfile]]:
    """Return what was ticked, before the first offer is made.

    Raises:
        NotYours: there is no such case, or no such expert.
    """
    found = []
    for pair in pairs:
        try:
            case_key, expert_key = (UUID(each) for each in pair.split(":"))
        except ValueError:
            raise NotYours from None
        case = Case.objects.filter(pk=case_key).first()
        expert = ExpertProfile.objects.filter(pk=expert_key).first()
        if case is None or expert is None:
            raise NotYours
        found.append((case, expert))
    return found


def _offer(request: PersonRequest) -> HttpResponse:
    made = 0
    for case, expert in _ticked(request.POST.getlist("pair")):
        try:
            experts.offer(by=request.user, case=case, expert=expert, onward=True)
        except Refused as refused:
            messages.error(request, f"{case.reference}: {refused.message}")
        else:
            made += 1
    if made:
        words = ngettext("%(count)s case is offered.", "%(count)s cases are offered.", made)
        messages.success(request, words % {"count": made})
    elif not request.POST.getlist("pair"):
        messages.error(request, _("Tick at least one."))
    return redirect("assign")


@staff(Role.COORDINATOR, Role.DIRECTOR)
def choices(request: PersonRequest) -> HttpResponse:
    """Show how suggestions were followed; what coordinators wrote, to who sees their cases."""
    since = clock.now() - LEARNT_FROM
    audit.record("choices-opened", by=request.user)
    context = {
        "followed": learnt.followed(since), "days": LEARNT_FROM.days,
        "instead": learnt.instead(since) if has_role(request.user, Role.COORDINATOR) else None,
    }  # fmt: skip
    return render(request, "desk/choices.html", context)
