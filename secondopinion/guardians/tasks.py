"""What comes round by the clock for guardians."""

from datetime import timedelta

from secondopinion.core.jobs import periodic
from secondopinion.guardians import actions


@periodic("guardianships-end", every=timedelta(hours=1))
def let_end() -> None:
    """End court orders and guardianships whose last day has passed."""
    actions.let_orders_end()


@periodic("coming-of-age", every=timedelta(hours=1))
def come_of_age() -> None:
    """Tell families of patients who come of age soon; let those who have decide alone."""
    actions.come_of_age()
