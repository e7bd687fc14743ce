"""The job of the clock that ends uploads which nobody finished."""

from datetime import timedelta

from secondopinion.arrivals import actions
from secondopinion.core.jobs import periodic


@periodic("uploads-expire", every=timedelta(hours=1))
def expire() -> None:
    """End uploads that were not finished in time."""
    actions.expire()
