"""The page of an invitation to write a report with its author: yes or no, in one tap."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Role
from secondopinion.audit import actions as audit
from secondopinion.experts.models import Offer, OfferState
from secondopinion.experts.reading import told_to
from secondopinion.imaging import queries as imaging
from secondopinion.opinions import inviting
from secondopinion.records import queries as records
from secondopinion.web.access import PersonRequest, staff


@staff(Role.SPECIALIST)
def invitation(request: PersonRequest, reference: str) -> HttpResponse:
    """Show what is asked, and take the answer."""
    row = inviting.last_invitation(request.user, reference)
    case = row.opinion.case
    if request.method == "POST":
        if "accept" in request.POST:
            inviting.accept(by=request.user, invitation=row)
            return redirect("review", reference)
        inviting.decline(
            by=request.user, invitation=row, reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
        )  # fmt: skip
        messages.success(request, _("Thank you. The intake team knows it."))
        return redirect("expert")
    if row.state == OfferState.ACCEPTED:
        return redirect("review", reference)
    if not inviting.waiting_for(request.user).filter(pk=row.pk).exists():
        return render(request, "expert/invitation_ended.html", {"invitation": row, "case": case})
    audit.record("panel-invitation-opened", by=request.user, case_id=case.pk, target=row)
    context = {
        "invitation": row, "case": case, "lead": row.opinion.author,
        "reasons": Offer.Reason.choices, "record_count": records.readable(case).count(),
        "series": imaging.series_for_case(case), "in_words": told_to(request.user, case),
    }  # fmt: skip
    return render(request, "expert/invitation.html", context)
