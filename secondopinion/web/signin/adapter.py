"""How allauth speaks with this house: mail through the outbox, no sign-up pages of its own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.messaging.actions import notify
from secondopinion.program import queries as program


class AccountAdapter(DefaultAccountAdapter):
    """Sends codes by the outbox; says nothing that tells whether an address is known."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix == "account/email/login_code":
            person = Person.objects.get(email__iexact=email)
            notify(to=person, template="sign-in-code", code=context["code"])

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Look at the newest mail and type it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the pages themselves say where one stands."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/home/"

    def get_login_stages(self) -> list[str]:
        return [
            "allauth.account.stages.LoginByCodeStage",
            "secondopinion.web.signin.stages.StaffFactorStage",
        ]

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Let nobody in by a page of allauth whose only way in is a one-time link."""
        if not user.may_sign_in:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask staff for their factor again; a family signs in again instead (see `passkeys`)."""
        return bool(staff_roles(self.request.user))


class FactorAdapter(DefaultMFAAdapter):
    """Second factors and passkeys in the words of this house."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This was not accepted. Try again."),
    }

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        held = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)s") % {"number": held + 1}

    def _get_site_name(self) -> str:
        return program.program().hospital
