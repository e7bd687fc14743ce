"""An e-mail address of a family, added or changed by the coordinator whom they asked."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from secondopinion.accounts.models import NewAddress
from secondopinion.accounts.queries import waiting_address
from secondopinion.audit import actions as audit
from secondopinion.cases import actions
from secondopinion.cases.models import Case, Part
from secondopinion.cases.rules import family_of
from secondopinion.core.errors import NotYours, Refused
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.forms import PlainForm
from secondopinion.web.signin.address import ProofForm


class HowAskedForm(PlainForm):
    """How a family asked for something about its account."""

    way = forms.ChoiceField(
        label=gettext_lazy("How did they ask for it?"), choices=NewAddress.Way.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("What else should be known of it"), required=False, max_length=1000,
        help_text=gettext_lazy("For example how you made sure that it was them."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class AskedForm(HowAskedForm):
    """The address, and how the family asked for it."""

    field_order = ["email", "way", "note"]

    email = forms.CharField(
        label=pgettext_lazy("of the family", "Their e-mail address"), max_length=254, strip=False,
        help_text=gettext_lazy("Spell it back to them. A code goes there, which they tell you."),
        widget=forms.TextInput(attrs={"type": "email", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip


@of_case(Part.ENTRY, Part.COORDINATOR)
def address(request: PersonRequest, case: Case, person: UUID) -> HttpResponse:
    """Ask where to write to one of the family, then for the code that was sent there."""
    theirs = next((each for each in family_of(case) if each.pk == person), None)
    if theirs is None or not theirs.may_sign_in:
        raise NotYours
    waits = waiting_address(theirs, case.pk)
    proving = "code" in request.POST or (waits is not None and "other" not in request.GET)
    form = (ProofForm if proving else AskedForm)(request.POST or None)
    back = "desk-entry" if Part.ENTRY in request.parts else "desk-case-people"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if proving:
                actions.confirm_address(by=request.user, person=theirs, case=case, **given)
                messages.success(request, _("The address counts from now on."))
                return redirect(back, case.reference)
            actions.ask_address(by=request.user, person=theirs, case=case, **given)
            return redirect("desk-address", case.reference, theirs.pk)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None,
                           str(refused.message))  # fmt: skip
            waits = waiting_address(theirs, case.pk)
    elif request.method == "GET":
        audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    context = {
        "case": case, "theirs": theirs, "waits": waits, "proving": proving, "form": form,
        "back": reverse(back, args=[case.reference]),
    }  # fmt: skip
    return render(request, "desk/address.html", context)
