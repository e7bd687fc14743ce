"""Pages that exist in the demonstration only: sign in with one click, codes, outgoing mail."""

import time

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from secondopinion.accounts.models import Person
from secondopinion.demo import outbox
from secondopinion.demo.people import FAMILIES, STAFF
from secondopinion.web.access import public

PERIOD = 30  # seconds that a code is shown


@public
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody in the demonstration and the codes of their authenticators now."""
    counter = int(time.time()) // PERIOD
    staff = [(each, format_hotp_value(hotp_value(each.secret, counter))) for each in STAFF]
    left = PERIOD - int(time.time()) % PERIOD
    return render(request, "demo/people.html", {"staff": staff, "families": FAMILIES, "left": left})


@public
def sign_in_as(request: HttpRequest, email: str) -> HttpResponse:
    """Sign in as somebody of the demonstration; a link only asks, the button does it."""
    person = get_object_or_404(
        Person, email__in=[each.email for each in (*STAFF, *FAMILIES)], email__iexact=email
    )
    if request.method == "POST":
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        record_authentication(
            request, person, method="mfa" if person.staff_roles.exists() else "code"
        )
        return redirect("home")
    return render(request, "demo/sign_in_as.html", {"person": person})


@public
def mail(request: HttpRequest) -> HttpResponse:
    """Show the outgoing mail."""
    return render(request, "demo/mail.html", {"mail": outbox.latest()})
