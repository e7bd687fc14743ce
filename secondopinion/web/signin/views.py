"""Signing in: an e-mailed code for everybody, and a second factor for staff."""

from allauth.account import views as account
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import closed_for_another
from secondopinion.cases.models import Part
from secondopinion.core.errors import Refused
from secondopinion.messaging.actions import notify
from secondopinion.web.access import PersonRequest, public, signed_in
from secondopinion.web.forms import PlainForm


class EmailForm(PlainForm):
    """Asks for an address."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        strip=False,
        help_text=_("We send you a code to this address. You need no password."),
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "dir": "ltr"}),
    )


def _person(request: HttpRequest, email: str) -> Person:
    allowed = ratelimit.consume(request, action="login") and ratelimit.consume(
        request, action="request_login_code", key=email.strip().lower()
    )
    if not allowed:
        raise Refused(_("Too many tries. Wait a few minutes, then try again."))
    closed = closed_for_another(email)
    if closed is not None:  # its mail says so; the page looks as it does for every address
        notify(to=closed, template="account-closed")
        return closed
    return accounts.ensure_person(email=email, language=get_language() or "en")


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail address and send a code to it."""
    form = EmailForm(request.POST or None)
    following = request.GET.get("next", "")
    if following and url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        request.session["after_sign_in"] = following
    if request.method == "POST" and form.is_valid():
        try:
            person = _person(request, form.cleaned_data["email"])
        except Refused as refused:
            form.add_error("email", str(refused.message))
        else:
            if request.user.is_authenticated:  # as somebody else, or by a local provider's link
                logout(request)
            if person.may_sign_in and person.is_active:
                LoginCodeVerificationProcess.initiate(
                    request=request, user=person, email=person.email
                )
            return redirect("account_confirm_login_code")
    single = (
        settings.OIDC_LABEL if settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] else ""
    )
    starting = request.GET.get("next") == reverse("my-start")
    context = {"form": form, "single": single, "starting": starting}
    return render(request, "account/sign_in.html", context)


@public
def confirm_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code from the mail; say so when it does not work any more."""
    answer: HttpResponse = account.confirm_login_code(request)
    back = answer.headers.get("Location", "").partition("?")[0]
    if request.method == "POST" and back == reverse("account_login"):
        messages.error(
            request,
            str(
                _(
                    "This code does not work any more: it is too old, or was typed wrong three "
                    "times. Send yourself a new one here."
                )
            ),
        )
    return answer


@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """Send each person to the page that is theirs."""
    following = request.session.pop("after_sign_in", "")
    if following.startswith("/") and url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        return redirect(following)
    for role, page in (
        ("coordinator", "desk"),
        ("specialist", "expert"),
        ("referral_coordinator", "referrals"),
        ("translator", "translations"),
        ("translation_reviewer", "translations"),
        ("director", "director"),
        ("privacy", "privacy"),
        ("administrator", "jobs"),
    ):
        if role in request.staff_roles:  # type: ignore[attr-defined]  # set by the middleware
            return redirect(page)
    part = (
        request.user.participations.filter(role=Part.LOCAL_PROVIDER).select_related("case").first()
    )
    if part is not None and not request.user.may_sign_in:
        return redirect("provider-case", part.case.reference)
    return redirect("my")


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("start")


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Read the site in another language from now on."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    language = request.POST.get("language", "")
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, httponly=True,
            samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        if request.user.is_authenticated:
            accounts.describe(by=request.user, person=request.user, language=language)
    return response
