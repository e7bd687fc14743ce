"""The second factor once more: at the moment of signing, and before ways to sign in change."""

import hashlib
import json
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.web.access import PersonRequest
from secondopinion.web.forms import CodeField, PlainForm

LONGEST_CREDENTIAL = 50_000  # characters; an attestation with its certificates is below 10,000
# Seconds in which a code of an app counts (RFC 6238, section 5.2): its own, and a step either way.
CODE_COUNTS = (2 * settings.MFA_TOTP_TOLERANCE + 1) * 30


def used_first(authenticator: Authenticator, code: str) -> bool:
    """Note that a code was used; say whether it is the first time within which it counts.

    allauth remembers a used code for its own thirty seconds only.
    """
    digest = hashlib.sha256(f"{authenticator.pk} {''.join(code.split())}".encode()).hexdigest()
    return bool(cache.add(f"code-used-{digest}", 1, timeout=CODE_COUNTS))


class MailedCodeForm(ConfirmLoginCodeForm):
    """Asks for the code of the mail."""

    code = CodeField(label=_("Code from the mail"))


class _CodeOnce(BaseAuthenticateForm):
    """A code counts once, however long it counts and in whatever digits it is typed."""

    code = CodeField(label=_("Code from your authenticator app, or a recovery code"))

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not used_first(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SignInForm(_CodeOnce, AuthenticateForm):
    """Asks for a code at signing in."""


class AgainForm(_CodeOnce, ReauthenticateForm):
    """Asks for a code once more."""


class CredentialField(forms.JSONField):
    """JSON that a browser made; what is very long or deep is none."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            if isinstance(value, str) and len(value) > LONGEST_CREDENTIAL:
                raise RecursionError
            return super().to_python(value)
        except RecursionError as error:
            raise forms.ValidationError(_("This was not accepted. Try again.")) from error


class UsedPasskey(AuthenticateWebAuthnForm):
    """What a browser answers when it is asked for a passkey; anything else is refused.

    allauth's form stops on parts that are missing or misshapen in what a stranger sends.
    """

    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise forms.ValidationError(_("This was not accepted. Try again.")) from error


class FactorForm(PlainForm):
    """Asks for a code of the authenticator app, a recovery code, or a passkey."""

    code = CodeField(
        label=_("Code from your authenticator app, or a recovery code"),
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w8",
                   "dir": "ltr"}
        ),
    )  # fmt: skip
    credential = CredentialField(required=False)

    def __init__(self, request: PersonRequest, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    @cached_property
    def kinds(self) -> set[str]:
        """The kinds of factor that this person holds."""
        rows = Authenticator.objects.filter(user=self.request.user)
        return set(rows.values_list("type", flat=True))

    @property
    def passkey_options(self) -> str:
        """What the browser needs to ask for a passkey, as JSON; nothing where there is none.

        Each look makes a fresh challenge: it is drawn once, after what was sent has been checked.
        """
        if Authenticator.Type.WEBAUTHN not in self.kinds:
            return ""
        return json.dumps(webauthn.begin_authentication(self.request.user))

    def clean(self) -> dict[str, object]:
        """Check what was given against this person's factors; a used code does not count again."""
        cleaned = super().clean() or {}
        if self.errors:  # something else is missing: the code stays good for the next try
            return cleaned
        credential, code = cleaned.get("credential"), cleaned.get("code", "").replace(" ", "")
        person: Person = self.request.user
        if not ratelimit.consume(self.request, action="reauthenticate", user=person):
            raise forms.ValidationError(_("Too many tries. Wait a few minutes, then try again."))
        if credential:
            self._check_passkey(credential, person)
        elif code:
            self._check_code(code, person)
        else:
            self.add_error("code", _("Fill this in to go on."))
        if not self.errors:
            record_authentication(self.request, person, method="mfa", reauthenticated=True)
            self.at = datetime.now(UTC)
        return cleaned

    def _check_code(self, code: str, person: Person) -> None:
        rows = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN)
        if not any(row.wrap().validate_code(code) and used_first(row, code) for row in rows):
            self.add_error("code", _("This code is not right. Wait for the next one."))

    def _check_passkey(self, credential: object, person: Person) -> None:
        given = UsedPasskey({"credential": json.dumps(credential)}, user=person)
        if given.is_valid():
            given.cleaned_data["credential"].record_usage()
        else:
            self.add_error(None, _("The passkey was not accepted. Try again, or use a code."))
