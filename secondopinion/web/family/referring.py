"""The family's page of a referral: what is sent to whom, yes or no, and the word taken back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours
from secondopinion.referrals import actions, consenting, selecting
from secondopinion.referrals.models import ReferralState
from secondopinion.referrals.queries import referral_for
from secondopinion.web.access import PersonRequest, of_case


@of_case(Part.FAMILY)
def referral(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Show what would be sent; take yes, no, or the word back."""
    row = referral_for(request.user, case.reference, number)
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        if answer == "no":
            actions.decline(by=request.user, referral=row)
            messages.success(request, _("Nothing is sent. Our team knows that you said no."))
        elif answer == "back":
            consenting.take_back(by=request.user, referral=row)
            messages.success(request, _("Nothing is sent. You can say yes again at any time."))
        elif answer == "yes":
            seen = request.POST.get("seen", "")
            actions.consent(by=request.user, referral=row, seen=seen)
            messages.success(request, _("Thank you. We send the documents now."))
        else:
            raise NotYours
        return redirect("my-case", case.reference)
    audit.record("referral-opened-page", by=request.user, case_id=case.pk, target=row)
    context = {
        "case": case, "referral": row, "lines": selecting.lines(row),
        "seen": selecting.digest_of(row), "waits": row.state == ReferralState.REQUESTED,
    }  # fmt: skip
    return render(request, "family/referral.html", context)
