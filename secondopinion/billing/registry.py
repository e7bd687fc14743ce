"""The providers that this house knows, and the one on whose page one can pay here."""

from secondopinion.billing.providers import Provider, configured
from secondopinion.billing.stripe import Stripe

PROVIDERS: dict[str, Provider] = {Stripe.name: Stripe()}


def provider_for(currency: str) -> Provider | None:
    """Return the provider on whose page one can pay in this currency, if one is set."""
    found = PROVIDERS.get(configured())
    return found if found is not None and found.takes(currency) else None
