"""Whom a sign-in asks for a second factor."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from secondopinion.accounts.queries import staff_roles
from secondopinion.web.signin.single import factor_counts


class StaffFactorStage(AuthenticateStage):
    """Asks staff: a family's passkey is a way in beside the mailed code, not a lock on it."""

    def _should_handle(self, request: HttpRequest) -> bool:
        person = self.login.user
        if person is None or not staff_roles(person):
            return False
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        if sociallogin is not None and factor_counts(sociallogin):
            record_authentication(request, person, method="mfa", type="single-sign-on")
            return False
        return super()._should_handle(request)
