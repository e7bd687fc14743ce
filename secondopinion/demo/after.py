"""What is open behind a report in the demonstration: a call, and a referral to be agreed to."""

from datetime import timedelta

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.followup import calls
from secondopinion.records import queries as records
from secondopinion.referrals import actions as referrals
from secondopinion.referrals import letters, selecting


def open_more(
    *, case: Case, specialist: Person, coordinator: Person, referral_coordinator: Person
) -> None:
    """Offer times for a call, and open a referral with a letter begun; the family has to answer."""
    first = clock.now().replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=4)
    calls.offer(
        by=specialist, case=case, minutes=30,
        times=[first, first + timedelta(days=1, hours=2), first + timedelta(days=5)],
    )  # fmt: skip
    referral = referrals.open_referral(
        by=coordinator, case=case, to_name="Harbour blood clinic", to_country="", urgency="soon",
        what_for="Bone marrow examination", own_clinic=True,
    )  # fmt: skip
    referrals.assign(by=coordinator, referral=referral, to=referral_coordinator)
    selecting.choose(
        by=coordinator, referral=referral,
        reports=[str(each) for each in referral.selection["reports"]],
        records=[str(each.pk) for each in records.for_case(case)],
    )  # fmt: skip
    letters.begin(by=referral_coordinator, referral=referral, kind="referral")
