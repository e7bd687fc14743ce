"""What comes round by the clock for questions after the report."""

from datetime import timedelta

from secondopinion.core.jobs import periodic
from secondopinion.followup import leaving


@periodic("follow-ups-left", every=timedelta(minutes=5))
def follow_ups_left() -> None:
    """Tell the desk of reports whose specialist does not work here any more."""
    leaving.let_go_of_gone()
