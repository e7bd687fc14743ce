"""A specialist who cannot go on gives a case back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours
from secondopinion.experts.models import Offer
from secondopinion.opinions import handing
from secondopinion.web.access import PersonRequest, of_case


@of_case(Part.SPECIALIST)
def hand_back(request: PersonRequest, case: Case) -> HttpResponse:
    """Say what giving a case back means, and take it back with a reason."""
    if request.method == "POST":
        handing.hand_back(
            by=request.user, case=case, reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
        )  # fmt: skip
        messages.success(request, _("Thank you. The case goes to somebody else."))
        return redirect("expert")
    offer = handing.held(case)
    if offer is None or offer.expert.person_id != request.user.pk:
        raise NotYours
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    return render(request, "expert/hand_back.html", {"case": case, "reasons": Offer.Reason.choices})
