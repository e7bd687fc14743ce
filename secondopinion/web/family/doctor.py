"""The family names another local provider, or mends the address, after the request was sent."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.cases import actions
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.core.errors import Refused
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.family.forms import ProviderForm


@of_case(Part.FAMILY)
def change(request: PersonRequest, case: Case) -> HttpResponse:
    """Ask who treats the child, and write to them."""
    if case.state == State.DRAFT:
        return redirect("my-page", case.reference, "provider")
    provider = case.local_provider
    kept = {name: getattr(provider, name) for name in ProviderForm.base_fields}
    form = ProviderForm(request.POST or None, initial={} if provider.declined_at else kept)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_provider(by=request.user, case=case, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("Thank you. We have written to them."))
            return redirect("my-case", case.reference)
    return render(request, "family/doctor.html", {"case": case, "form": form})
