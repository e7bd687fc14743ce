"""What comes round by the clock for outcomes."""

from datetime import timedelta

from secondopinion.core.jobs import periodic
from secondopinion.outcomes import asking


@periodic("outcomes-asked", every=timedelta(hours=1))
def asked() -> None:
    """Ask families how it went, and remind once of what they did not answer."""
    asking.ask_due()
    asking.remind_due()
