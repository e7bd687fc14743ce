"""What comes behind a report in the demonstration: a call, referrals, what came of it."""

from datetime import timedelta

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.followup import calls
from secondopinion.opinions.models import Delivery
from secondopinion.outcomes import actions as outcomes
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
    referrals.ask_family(by=coordinator, referral=referral, to_name=referral.to_name, to_country="")
    letters.begin(by=referral_coordinator, referral=referral, kind="referral")


def close_the_loop(
    *, case: Case, parent: Person, coordinator: Person, referral_coordinator: Person
) -> None:
    """Take a referral all the way, and let the family say how it went."""
    referral = referrals.open_referral(
        by=coordinator, case=case, to_name="Harbour epilepsy clinic", to_country="US",
        what_for="Sleep EEG and a visit", urgency="routine",
    )  # fmt: skip
    referrals.assign(by=coordinator, referral=referral, to=referral_coordinator)
    referrals.ask_family(
        by=coordinator, referral=referral, to_name=referral.to_name, to_country="US"
    )
    referrals.consent(by=parent, referral=referral, seen=selecting.digest_of(referral))
    visit = clock.now() + timedelta(days=30)
    for action, more in (
        ("send", {}), ("accept", {}), ("schedule", {"visit_at": visit}), ("seen", {}),
        ("outcome", {"outcome": "The sleep EEG confirms the diagnosis."}), ("close", {}),
    ):  # fmt: skip
        referrals.take_step(by=referral_coordinator, referral=referral, action=action, **more)
    # Nobody is asked before a month is over: here the family has had the report that long.
    had = Delivery.objects.filter(report__case=case, role=Part.FAMILY)
    had.update(created_at=clock.now() - timedelta(days=31))
    outcomes.tell_outcome(
        by=parent, case=case, day=30, changed="treatment", satisfied="yes", recommends="yes"
    )
