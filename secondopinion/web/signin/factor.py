"""The second factor at the moment of signing."""

from datetime import UTC, datetime

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django import forms
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.web.access import PersonRequest
from secondopinion.web.forms import PlainForm


class FactorForm(PlainForm):
    """Asks for a code of the authenticator app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code from your authenticator app"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w8",
                   "dir": "ltr"}
        ),
    )  # fmt: skip

    def __init__(self, request: PersonRequest, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_code(self) -> str:
        """Check the code against every factor of this person; a used one does not count again."""
        code = self.cleaned_data["code"].replace(" ", "")
        person: Person = self.request.user
        allowed = ratelimit.consume(self.request, action="reauthenticate", user=person)
        rows = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN)
        if not allowed or not any(row.wrap().validate_code(code) for row in rows):
            raise forms.ValidationError(_("This code is not right. Wait for the next one."))
        record_authentication(self.request, person, method="mfa", reauthenticated=True)
        self.at = datetime.now(UTC)
        return code
