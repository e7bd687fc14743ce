"""Two accounts of one parent at the desk: asked for, taken back, undone; the parent confirms."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.desk import actions, queries
from secondopinion.desk.models import OneAccount
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.desk.addresses import HowAskedForm


class _Account(forms.ModelChoiceField):
    """An account, with its address: two of one person have the same name."""

    def label_from_instance(self, obj: Person) -> str:
        return f"{obj} · {obj.email}"


class OneForm(HowAskedForm):
    """Which account stays, which one closes, and how the parent asked for it."""

    field_order = ["kept", "email", "way", "note"]

    kept = _Account(
        label=gettext_lazy("Which account stays?"), queryset=Person.objects.none(),
        widget=forms.RadioSelect, empty_label=None,
    )  # fmt: skip
    email = forms.CharField(
        label=gettext_lazy("The address of their other account"), max_length=254, strip=False,
        help_text=gettext_lazy("It closes. It need not be in this case."),
        widget=forms.TextInput(attrs={"type": "email", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, case: Case, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Person]", self.fields["kept"])
        field.queryset = holders_of(case, Part.FAMILY).exclude(email=None)


@of_case("desk", Part.COORDINATOR)
def one_account(request: PersonRequest, case: Case) -> HttpResponse:
    """Show what is asked and what was done, and ask; by POST, ask, take back or undo."""
    verb = request.POST.get("do", "")
    if verb in {"undo", "take-back"}:
        row = get_object_or_404(
            OneAccount.objects.filter(pk__in=[each.pk for each in queries.one_accounts(case)]),
            pk=request.POST.get("row"),
        )
        messages.success(request, _end(request, verb, row))
        return redirect("desk-one-account", case.reference)
    form = OneForm(case, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_one(by=request.user, case=case, **form.cleaned_data)
        except Conflict:
            raise
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None,
                           str(refused.message))  # fmt: skip
        else:
            messages.success(request, _("A code is on its way to each of the two addresses."))
            return redirect("desk-one-account", case.reference)
    elif request.method == "GET":
        audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    context = {
        "case": case, "form": form, "mine": Part.COORDINATOR in request.parts,
        "ones": queries.one_accounts(case), "now": clock.now(),
    }  # fmt: skip
    return render(request, "desk/one_accounts.html", context)


def _end(request: PersonRequest, verb: str, row: OneAccount) -> str:
    if verb == "undo":
        actions.undo_one(by=request.user, row=row)
        return _("They are two accounts again, each with what it had.")
    actions.take_back_one(by=request.user, row=row)
    return _("The codes do not work any more.")
