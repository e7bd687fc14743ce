"""Jobs of referrals."""

from datetime import timedelta

from django.tasks import task

from secondopinion.core.jobs import periodic
from secondopinion.referrals import packing, reminding


@task()
def make_package(consent_id: str) -> None:
    """Make the package that a family has agreed to."""
    packing.make(consent_id)


@periodic("referrals-reminded", every=timedelta(hours=1))
def reminded() -> None:
    """Remind of referrals that have stood still for too long."""
    reminding.remind_due()
