"""Keys with which a hospital's own program (PACS, Orthanc) sends images into one case."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import ENDED
from secondopinion.core import clock
from secondopinion.interop import keys
from secondopinion.interop.qido import base_of
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.forms import PlainForm


class KeyForm(PlainForm):
    """Asks for whom a key is, for how long, and whether it may read."""

    label = forms.CharField(
        label=gettext_lazy("Which hospital or program is it for?"), max_length=100,
        help_text=gettext_lazy("For example: Orthanc of San Rafael."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("For how many days?"), min_value=1, max_value=keys.MOST_DAYS,
        initial=30, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w4"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            gettext_lazy("A key is valid for 1 to 90 days."),
        ),
    )  # fmt: skip
    may_read = forms.BooleanField(
        label=gettext_lazy("It may also read the images of this case"), required=False
    )


@of_case(Part.COORDINATOR, Part.LOCAL_PROVIDER)
def site_keys(request: PersonRequest, case: Case) -> HttpResponse:
    """List the keys, or make one and show it this once."""
    form, token = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _key, token = keys.make(by=request.user, case=case, **form.cleaned_data)
        form = KeyForm()
    else:
        audit.record("site-keys-opened", by=request.user, case_id=case.pk, target=case)
    desk = Part.COORDINATOR in roles_of(case, request.user)
    context = {
        "case": case,
        "base": "base_staff.html" if desk else "base_family.html",
        "desk": desk,
        "ended": case.state in ENDED,
        "form": form,
        "token": token,
        "address": base_of(case),
        "keys": keys.keys_for(case, request.user),
        "now": clock.now(),
    }
    return render(request, "house/site_keys.html", context)


@of_case(Part.COORDINATOR, Part.LOCAL_PROVIDER)
@require_POST
def revoke(request: PersonRequest, case: Case, key: UUID) -> HttpResponse:
    """End a key at once."""
    keys.revoke(by=request.user, case=case, key_id=str(key))
    messages.success(request, _("The key opens nothing any more."))
    return redirect("site-keys", case.reference)
