"""Passkeys and second factors of one's own: what there is, adding, naming, removing, using."""

import json
import time
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import (
    clear_authentication_records,
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.queries import staff_roles
from secondopinion.core.errors import NotYours
from secondopinion.messaging.actions import notify
from secondopinion.web.access import PersonRequest, View, own_account, public
from secondopinion.web.forms import PlainForm
from secondopinion.web.signin.factor import CredentialField, FactorForm, UsedPasskey

FRESH = 15 * 60  # seconds after which a family signs in again before ways to sign in change
LONGEST_NAME = 60
MOST_PASSKEYS = 20  # more than anybody has devices


class NewPasskey(AddWebAuthnForm):
    """What a browser answers when it has made a passkey; anything else is refused, not an error."""

    credential = CredentialField()

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise forms.ValidationError(_("This was not accepted. Try again.")) from error


class NameForm(PlainForm):
    """Asks what to call a passkey."""

    name = forms.CharField(
        label=gettext_lazy("Its name"), max_length=LONGEST_NAME,
        help_text=gettext_lazy("So that you know it again, for example: my phone."),
    )  # fmt: skip


def lately(view: View) -> View:
    """Let through who has just proved who they are: staff by factor, a family by signing in."""

    @wraps(view)
    def checked(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if staff_roles(request.user):
            return reauthentication_required(app="allauth.mfa")(view)(request, *args, **kwargs)
        records = get_authentication_records(request, request.user)
        if not records or time.time() - records[-1]["at"] > FRESH:
            messages.info(request, _("Sign in once more first. Then you can change this."))
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs)

    return checked


def _changed(request: PersonRequest, verb: str) -> None:
    accounts.note_sign_in_change(by=request.user, verb=verb)
    notify(to=request.user, template="sign-in-changed", link=reverse("mfa_index"))


def _proved(request: PersonRequest, kind: str) -> None:
    """Count setting a factor up as using it: its code, or its device, was at hand just now."""
    record_authentication(request, request.user, method="mfa", type=kind, reauthenticated=True)


def _mine(request: PersonRequest, number: int) -> Authenticator:
    found = Authenticator.objects.filter(
        pk=number, user=request.user, type=Authenticator.Type.WEBAUTHN
    ).first()
    if found is None:
        raise NotYours
    return found


def _forget_factor(request: PersonRequest) -> None:
    """Let a session whose last factor is gone count as one without any."""
    if not Authenticator.objects.filter(user=request.user).exists() and staff_roles(request.user):
        clear_authentication_records(request)


class SetUpApp(ActivateTOTPView):
    """Sets an authenticator app up."""

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        _changed(self.request, "app-added")
        response = super().form_valid(form)
        _proved(self.request, Authenticator.Type.TOTP)
        return response


class RemoveApp(DeactivateTOTPView):
    """Removes the authenticator app."""

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        _changed(self.request, "app-removed")
        response = super().form_valid(form)
        _forget_factor(self.request)
        return response


class NewCodes(GenerateRecoveryCodesView):
    """Makes new recovery codes; the former ones stop working."""

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        _changed(self.request, "recovery-codes-made")
        return super().form_valid(form)


@own_account
@never_cache
def index(request: PersonRequest) -> HttpResponse:
    """Show the ways in which this person signs in."""
    rows = Authenticator.objects.filter(user=request.user).order_by("created_at")
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    context = {
        "passkeys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "codes": sum(len(row.wrap().get_unused_codes()) for row in codes),
        "own_staff": bool(staff_roles(request.user)),
    }  # fmt: skip
    return render(request, "mfa/index.html", context)


@own_account
@never_cache
@lately
def add(request: PersonRequest) -> HttpResponse:
    """Add a passkey: always one that unlocks by itself, so that it can sign in alone."""
    person = request.user
    if Authenticator.objects.filter(user=person).count() >= MOST_PASSKEYS:
        messages.error(request, _("You have very many passkeys. Remove one that you do not use."))
        return redirect("mfa_index")
    form = NewPasskey(request.POST or None, user=person)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            name = form.cleaned_data["name"].strip()[:LONGEST_NAME]
            webauthn.WebAuthn.add(person, name, form.cleaned_data["credential"])
            made_codes = staff_roles(person) and auto_generate_recovery_codes(request)
            _changed(request, "passkey-added")
        _proved(request, Authenticator.Type.WEBAUTHN)
        messages.success(request, _("The passkey is set up. Next time you can sign in with it."))
        return redirect("mfa_view_recovery_codes" if made_codes else "mfa_index")
    options = json.dumps(webauthn.begin_registration(person, passwordless=True))
    context = {"form": form, "failed": request.method == "POST", "options": options}
    return render(request, "mfa/webauthn/add_form.html", context)


@own_account
@never_cache
@lately
def rename(request: PersonRequest, number: int) -> HttpResponse:
    """Call a passkey something else."""
    row = _mine(request, number)
    form = NameForm(request.POST or None, initial={"name": row.wrap().name})
    if request.method == "POST" and form.is_valid():
        row.data["name"] = form.cleaned_data["name"]
        with transaction.atomic():
            row.save(update_fields=["data"])
            accounts.note_sign_in_change(by=request.user, verb="passkey-renamed")
        return redirect("mfa_index")
    return render(request, "mfa/webauthn/edit_form.html", {"form": form, "passkey": row})


@own_account
@never_cache
@lately
def remove(request: PersonRequest, number: int) -> HttpResponse:
    """Remove a passkey, after a question."""
    row = _mine(request, number)
    if request.method == "POST":
        with transaction.atomic():
            row.delete()
            delete_dangling_recovery_codes(request.user)
            _changed(request, "passkey-removed")
            _forget_factor(request)
        messages.success(request, _("The passkey is removed. It does not open this site any more."))
        return redirect("mfa_index")
    return render(request, "mfa/webauthn/remove.html", {"passkey": row})


@own_account
@never_cache
def again(request: PersonRequest) -> HttpResponse:
    """Ask for the second factor once more, and go on with what was begun."""
    form = FactorForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return resume_request(request) or redirect("mfa_index")
    return render(request, "mfa/reauthenticate.html", {"form": form})


@public
@never_cache
def sign_in_with_passkey(request: HttpRequest) -> HttpResponse:
    """Give the browser a challenge, or let in who answers it with a passkey."""
    if request.method != "POST":
        return JsonResponse(webauthn.begin_authentication(user=None))
    allowed = ratelimit.consume(request, action="login")
    form = UsedPasskey(request.POST, user=None)
    if not allowed or not form.is_valid():
        messages.error(
            request, _("The passkey was not accepted. Try again, or ask for a code by mail.")
        )
        return redirect("account_login")
    row = form.cleaned_data["credential"]
    return perform_passwordless_login(request, row, Login(user=row.user))


@own_account
@require_POST
def end_other_sessions(request: PersonRequest) -> HttpResponse:
    """Sign this person out everywhere but here."""
    accounts.end_sessions(by=request.user, person=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out everywhere else. Here you stay signed in."))
    return redirect("mfa_index")
