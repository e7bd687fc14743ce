"""Single sign-on of staff by OpenID Connect: whom a token lets in, and whether it is enough.

A token never makes a person and never makes somebody staff: an administrator does, by an address.
The first sign-in ties the provider's account (its `sub`) to that person; then the tie decides.
"""

import logging
from typing import Any, NoReturn

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import given_by_house, staff_at
from secondopinion.core.errors import NotYours
from secondopinion.web.access import public

log = logging.getLogger(__name__)

FAILED = _("Signing in there did not work. Try again, or ask for a code by mail.")
STRANGER = _("That account is not known here. Ask your administrator, or use a code by mail.")
# What a provider may send amiss: a page that is no JSON, a token without a part, a key of no kind.
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, ImproperlyConfigured)
# Methods of RFC 8176: what one knows, has, is.
_KINDS = (
    {"pwd", "pin", "kba"},
    {"otp", "hwk", "swk", "sc", "sms", "tel", "pop"},
    {"face", "fpt", "iris", "retina", "vbm"},
)


def _turned_away(request: HttpRequest, why: str, sentence: Promise | str) -> HttpResponse:
    log.warning("single sign-on turned away: %s", why)
    messages.error(request, str(sentence))
    return redirect("account_login")


def _turn_away(request: HttpRequest, why: str, sentence: Promise | str = STRANGER) -> NoReturn:
    raise ImmediateHttpResponse(_turned_away(request, why, sentence))


def claims_of(sociallogin: SocialLogin) -> dict[str, Any]:
    """Return what the provider says about who signs in: of the token and of its userinfo."""
    data = sociallogin.account.extra_data
    return {**data.get("userinfo", {}), **data.get("id_token", {})}


def factor_counts(sociallogin: SocialLogin) -> bool:
    """Say whether the provider's own second factor is enough, as the hospital has set.

    ``amr`` reads the methods that the signed token names (RFC 8176, section 2): ``mfa`` itself, or
    methods of two kinds, of what one knows, has and is.
    """
    if settings.OIDC_FACTOR != "amr":
        return bool(settings.OIDC_FACTOR == "yes")
    named = sociallogin.account.extra_data.get("id_token", {}).get("amr")
    methods = (
        {each for each in named if isinstance(each, str)} if isinstance(named, list) else set()
    )
    return "mfa" in methods or sum(bool(methods & kind) for kind in _KINDS) > 1


class VerifiedToken(OpenIDConnectOAuth2Adapter):
    """Checks the token's signature even where it came straight from the provider."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        data: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return data


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Lets in members of staff whom the house knows, and nobody else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,
    ) -> NoReturn:  # fmt: skip
        _turn_away(request, type(exception).__name__ if exception else str(error), FAILED)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the person, tie the account to them the first time, and follow their groups."""
        data = sociallogin.account.extra_data
        signed, told = data.get("id_token"), data.get("userinfo", {})
        # OpenID Connect Core 1.0, 5.3.2: what userinfo says counts only for the token's subject.
        if not signed or (told and told.get("sub") != signed.get("sub")):
            _turn_away(request, "no token, or another subject", FAILED)
        known = sociallogin.is_existing
        person = sociallogin.user if known else self._person(request, sociallogin)
        if not person.may_sign_in or not given_by_house(person).exists():
            accounts.follow_groups(person=person, roles=set())
            _turn_away(request, "no role")
        with transaction.atomic():
            if not known:
                sociallogin.connect(request, person)
                accounts.note_link(person=person)
            if settings.OIDC_ROLES:
                groups = claims_of(sociallogin).get(settings.OIDC_ROLES_CLAIM)
                held = groups if isinstance(groups, list) else [groups]
                roles = {settings.OIDC_ROLES[each] for each in map(str, held)
                         if each in settings.OIDC_ROLES}  # fmt: skip
                accounts.follow_groups(person=person, roles=roles)

    @staticmethod
    def _person(request: HttpRequest, sociallogin: SocialLogin) -> Person:
        claims = claims_of(sociallogin)
        email = claims.get("email")
        verified = claims.get("email_verified") is True or settings.OIDC_EMAIL_IS_VERIFIED
        person = staff_at(email) if isinstance(email, str) and verified else None
        if person is None:
            _turn_away(request, "address not verified, or of nobody with a role")
        if SocialAccount.objects.filter(user=person).exists():
            _turn_away(request, "the person is tied to another account")
        return person


def _adapter(request: HttpRequest, provider_id: str) -> VerifiedToken:
    adapter = VerifiedToken(request, provider_id)
    try:
        adapter.get_provider()
    except SocialApp.DoesNotExist as error:
        raise NotYours from error
    return adapter


@public
@never_cache
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send a member of staff to the hospital's provider."""
    provider = _adapter(request, provider_id).get_provider()
    try:
        answer: HttpResponse = provider.redirect(request, process="login")
    except (requests.RequestException, OAuth2Error, *_BROKEN) as error:
        return _turned_away(request, type(error).__name__, FAILED)
    return answer


@public
@never_cache
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what the provider answers."""
    view = OAuth2CallbackView.adapter_view(_adapter(request, provider_id))
    try:
        answer: HttpResponse = view(request)
    except _BROKEN as error:
        return _turned_away(request, type(error).__name__, FAILED)
    return answer
