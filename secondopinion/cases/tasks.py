"""What comes round by the clock for cases."""

from datetime import timedelta

from secondopinion.cases.actions import expire_drafts
from secondopinion.core.jobs import periodic


@periodic("drafts-expire", every=timedelta(hours=6))
def expire() -> None:
    """Let drafts expire that nobody has touched for the program's time."""
    expire_drafts()
