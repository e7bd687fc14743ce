"""What comes round by the clock for reports."""

from datetime import timedelta

from secondopinion.core.jobs import periodic
from secondopinion.opinions import handing, inviting, receipts, seconding


@periodic("reports-unopened", every=timedelta(minutes=15))
def unopened() -> None:
    """Tell coordinators of reports that a local provider has not opened in time."""
    receipts.notice_unopened()


@periodic("second-readings-late", every=timedelta(minutes=15))
def second_readings_late() -> None:
    """Tell coordinators of second readings that are late."""
    seconding.notice_late()


@periodic("specialists-gone", every=timedelta(minutes=5))
def specialists_gone() -> None:
    """Give back the cases of specialists who do not work here any more."""
    handing.let_go_of_gone()


@periodic("panel-invitations", every=timedelta(minutes=5))
def panel_invitations() -> None:
    """Remind of invitations to a panel, and let those lapse that nobody answered in time."""
    inviting.lapse_due()
    inviting.remind_due()
