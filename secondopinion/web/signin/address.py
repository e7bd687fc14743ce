"""One's own e-mail address: added or changed by a code that is sent there."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secondopinion.accounts.queries import staff_roles, waiting_address
from secondopinion.cases import actions
from secondopinion.core.errors import NotYours, Refused
from secondopinion.web.access import PersonRequest, own_account
from secondopinion.web.forms import PlainForm


class AddressForm(PlainForm):
    """Where to write to."""

    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"), max_length=254, strip=False,
        help_text=gettext_lazy("We send a code there. You type it on the next page."),
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "dir": "ltr"}),
    )  # fmt: skip


class ProofForm(PlainForm):
    """What was sent there."""

    code = forms.CharField(
        label=gettext_lazy("Code from the mail"), max_length=20,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "one-time-code",
                   "class": "w8", "spellcheck": "false"}
        ),
    )  # fmt: skip


@own_account
def address(request: PersonRequest) -> HttpResponse:
    """Ask for an address, then for the code that was sent there."""
    person = request.user
    if staff_roles(person):
        raise NotYours
    waits = waiting_address(person)
    other = waits is None or "other" in request.GET
    kind = ProofForm if not other or "code" in request.POST else AddressForm
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if isinstance(form, ProofForm):
                actions.confirm_address(by=person, person=person, code=form.cleaned_data["code"])
                messages.success(request, _("We write to this address from now on."))
                return redirect("reach")
            actions.ask_address(by=person, person=person, email=form.cleaned_data["email"])
            return redirect("own-address")
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None,
                           str(refused.message))  # fmt: skip
            waits = waiting_address(person)
    context = {"form": form, "waits": waits, "proving": isinstance(form, ProofForm)}
    return render(request, "account/address.html", context)
