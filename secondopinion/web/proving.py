"""Whether a local provider has said in this session when the child was born, and where it is asked.

They come by a one-time link in a mail; a report opens only to who knows the child besides.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from secondopinion.cases import actions
from secondopinion.cases.models import Case
from secondopinion.core.errors import Refused
from secondopinion.web.access import PersonRequest
from secondopinion.web.forms import DateField, PlainForm

_KEY = "knows-child-of"


class ChildForm(PlainForm):
    """What only who treats the child knows."""

    birth_date = DateField(label=_("When was the child born?"))


def is_proven(request: PersonRequest, case: Case) -> bool:
    """Say whether who asks has an account, or has said in this session when the child was born."""
    return request.user.may_sign_in or request.session.get(_KEY) == str(case.pk)


def ask(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Ask when the child was born, and lead to the report when the answer is right."""
    form, status = ChildForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.prove(by=request.user, case=case, birth_date=form.cleaned_data["birth_date"])
        except Refused as refused:
            form.add_error("birth_date", str(refused.message))
            status = 400
        else:
            request.session[_KEY] = str(case.pk)
            return redirect("my-report", case.reference, number)
    return render(request, "provider/prove.html", {"case": case, "form": form}, status=status)
