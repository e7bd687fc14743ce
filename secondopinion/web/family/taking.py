"""Taking over a request that our team has entered: by a one-time link, signed in, once.

A family without an e-mail address is signed in by the link itself, and by knowing the birth date.
"""

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import activate
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.core.errors import Refused
from secondopinion.core.ids import normalise_code
from secondopinion.desk import actions
from secondopinion.desk.actions.entering import entry_behind
from secondopinion.web.access import public
from secondopinion.web.forms import DateField, PlainForm


class BornForm(PlainForm):
    """What only the family knows."""

    birth_date = DateField(label=_("When was your child born?"))


class CodeForm(PlainForm):
    """The code that was printed for a family."""

    code = forms.CharField(
        label=_("The code on your paper"), max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip


_WAY_BACK = _(
    "To come back, ask us for a new code. Or set up a passkey under “How I sign in”: then you come "
    "in by yourself on this device."
)


@public
def by_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code on a family's paper, and lead to what it opens."""
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="login"):
            form.add_error("code", _("Too many tries. Wait a few minutes, then try again."))
            status = 429
        else:
            code = normalise_code(form.cleaned_data["code"])
            if code and entry_behind(code) is not None:
                return redirect("take-over", code)
            form.add_error(
                "code", _("This code opens nothing. Check each letter, or ask us for a new one.")
            )
            status = 400
    return render(request, "family/by_code.html", {"form": form}, status=status)


@public
def take_over(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the link is; let its family sign in, and take the request over."""
    entry = entry_behind(token)
    somebody = request.user if isinstance(request.user, Person) else None
    theirs = entry is not None and somebody is not None and somebody.pk == entry.family_id
    if entry is not None and somebody is None and not entry.family.email:
        somebody, theirs = entry.family, True
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            activate(entry.family.language)
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
            if not request.user.is_authenticated:
                login(request, somebody, backend=settings.AUTHENTICATION_BACKENDS[0])
                messages.info(request, _WAY_BACK)
            return redirect("my-case", case.reference)
    context = {"entry": entry, "somebody": somebody, "theirs": theirs, "form": form}
    return render(request, "family/take_over.html", context, status=status)
