"""Two accounts of one's own made one: the codes of both mails are typed in the one that stays."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secondopinion.core.errors import Refused
from secondopinion.desk import actions, queries
from secondopinion.web.access import PersonRequest, own_account
from secondopinion.web.forms import PlainForm

_CODE = {
    "dir": "ltr", "inputmode": "numeric", "autocomplete": "off", "class": "w8",
    "spellcheck": "false",
}  # fmt: skip


class CodesForm(PlainForm):
    """What was sent to each address."""

    kept_code = forms.CharField(
        label=gettext_lazy("Code from the mail to this address"), max_length=20,
        widget=forms.TextInput(attrs=_CODE),
    )  # fmt: skip
    other_code = forms.CharField(
        label=gettext_lazy("Code from the mail to your other address"), max_length=20,
        widget=forms.TextInput(attrs=_CODE),
    )  # fmt: skip


@own_account
def one_account(request: PersonRequest) -> HttpResponse:
    """Ask for the two codes; with both, make the accounts one."""
    form = CodesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_one(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None,
                           str(refused.message))  # fmt: skip
        else:
            messages.success(request, _("Your two accounts are one now."))
            return redirect("my")
    context = {"form": form, "waits": queries.waiting_one(request.user)}
    return render(request, "account/one.html", context)
