"""Taking over a request that our team has entered: by a one-time link, signed in, once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.core.errors import Refused
from secondopinion.desk import actions
from secondopinion.desk.actions.entering import entry_behind
from secondopinion.web.access import public
from secondopinion.web.forms import DateField, PlainForm


class BornForm(PlainForm):
    """What only the family knows."""

    birth_date = DateField(label=_("When was your child born?"))


@public
def take_over(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the link is; let its family sign in, and take the request over."""
    entry = entry_behind(token)
    somebody = request.user if isinstance(request.user, Person) else None
    theirs = entry is not None and somebody is not None and somebody.pk == entry.family_id
    form = BornForm(request.POST or None)
    status = 200
    if request.method == "POST" and theirs and isinstance(somebody, Person) and form.is_valid():
        try:
            case = actions.take_over(
                by=somebody, token=token, birth_date=form.cleaned_data["birth_date"]
            )
        except Refused as refused:
            form.add_error("birth_date", str(refused.message))
            entry, status = entry_behind(token), 400
        else:
            return redirect("my-case", case.reference)
    context = {"entry": entry, "somebody": somebody, "theirs": theirs, "form": form}
    return render(request, "family/take_over.html", context, status=status)
