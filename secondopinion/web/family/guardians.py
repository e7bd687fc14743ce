"""Who of the family may open a case: another parent or guardian is let in by the first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.cases import actions
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import ENDED
from secondopinion.core.errors import Refused
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.family.forms import GuardianForm


@of_case(Part.FAMILY)
def guardians(request: PersonRequest, case: Case) -> HttpResponse:
    """Show who may open the case, and let another parent or guardian in."""
    form = GuardianForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite_guardian(by=request.user, case=case, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("Thank you. We have written to them."))
            return redirect("my-guardians", case.reference)
    context = {
        "case": case, "form": form, "family": holders_of(case, Part.FAMILY),
        "ended": case.state in ENDED,
    }  # fmt: skip
    return render(request, "family/guardians.html", context)


@of_case(Part.FAMILY)
@require_POST
def keep_out(request: PersonRequest, case: Case) -> HttpResponse:
    """Take somebody out again who has not come yet."""
    person = get_object_or_404(holders_of(case, Part.FAMILY), pk=request.POST.get("person", ""))
    actions.keep_guardian_out(by=request.user, case=case, person=person)
    messages.success(request, _("They cannot open this any more."))
    return redirect("my-guardians", case.reference)
