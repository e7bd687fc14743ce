"""How allauth speaks with this house: mail through the outbox, no sign-up pages of its own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from secondopinion.accounts.models import Person
from secondopinion.messaging.actions import notify


class AccountAdapter(DefaultAccountAdapter):
    """Sends codes by the outbox; says nothing that tells whether an address is known."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix == "account/email/login_code":
            person = Person.objects.get(email__iexact=email)
            notify(to=person, template="sign-in-code", code=context["code"])

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the pages themselves say where one stands."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/home/"
