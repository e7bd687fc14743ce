"""What comes round by the clock for cases."""

from datetime import timedelta

from secondopinion.cases.actions import expire_drafts, foresee
from secondopinion.core.jobs import periodic


@periodic("drafts-expire", every=timedelta(hours=6))
def expire() -> None:
    """Let drafts expire that nobody has touched for the program's time."""
    expire_drafts()


@periodic("forecasts", every=timedelta(minutes=10))
def forecasts() -> None:
    """Say when reports are likely to be there, and say it again where that has changed."""
    foresee()
