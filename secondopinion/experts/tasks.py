"""What comes round by the clock for offers."""

from datetime import timedelta

from secondopinion.core.jobs import periodic
from secondopinion.experts.actions import lapse_offers, remind_of_offers


@periodic("offers-lapse", every=timedelta(minutes=5))
def lapse() -> None:
    """Let offers lapse that nobody answered in time."""
    lapse_offers()


@periodic("offers-remind", every=timedelta(minutes=5))
def remind() -> None:
    """Remind of offers when half of the time to answer has passed."""
    remind_of_offers()
