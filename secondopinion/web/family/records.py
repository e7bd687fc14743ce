"""What a family does about one record: opens a locked PDF, takes it out, says whose it is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.core.errors import Refused
from secondopinion.findings.models import Finding
from secondopinion.records import actions, queries
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.family.request import SENDERS, back


@of_case(*SENDERS)
@require_POST
@sensitive_post_parameters("password")
def unlock(request: PersonRequest, case: Case, record: UUID) -> HttpResponse:
    """Open a locked PDF with its password, which is kept nowhere."""
    row, to = queries.record_for(request.user, case.reference, record), back(request, case)
    try:
        arrivals.unlock(by=request.user, record=row, password=request.POST.get("password", ""))
    except Refused as refused:
        if refused.field != "password":
            raise
        # Said at its field: `house/unlock.html`.
        return redirect(f"{to}{'&' if '?' in to else '?'}wrong={row.pk}#password-{row.pk}")
    return redirect(to)


@of_case(Part.FAMILY)
@require_POST
def change(request: PersonRequest, case: Case, record: UUID) -> HttpResponse:
    """Say what a record is, take it out of the draft, or put it back."""
    if "back" in request.POST:
        actions.put_back(by=request.user, case=case, record=record)
        messages.success(request, _("The document is back."))
        return redirect("my-page", case.reference, "files")
    row = queries.record_for(request.user, case.reference, record)
    if "remove" in request.POST:
        actions.remove(by=request.user, record=row)
        return _taken_out(request, case)
    actions.describe(by=request.user, record=row, kind=request.POST.get("kind"))
    return redirect("my-page", case.reference, "files")


def _taken_out(request: PersonRequest, case: Case) -> HttpResponse:
    messages.success(request, _("The document is taken out. You can put it back."))
    return redirect("my-page", case.reference, "files")


@of_case(Part.FAMILY)
@require_POST
def whose(request: PersonRequest, case: Case, finding: UUID) -> HttpResponse:
    """Say whether a document, which may be another child's, is about this child."""
    row = get_object_or_404(Finding, pk=finding, case=case, subject_kind="record")
    ours = request.POST.get("ours") == "1"
    actions.say_whose(by=request.user, case=case, finding=row, ours=ours)
    if case.state == State.DRAFT and not ours:
        return _taken_out(request, case)
    messages.success(
        request,
        _("Thank you. It is noted for our team.") if ours
        else _("Thank you. The document is locked away now: only you and our intake team see it."),
    )  # fmt: skip
    return redirect(back(request, case))
