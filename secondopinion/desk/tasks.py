"""What comes round by the clock for the desk."""

from datetime import timedelta

from secondopinion.core.jobs import periodic
from secondopinion.desk import actions, duplicates
from secondopinion.desk.actions.rules_due import tell_rules_due
from secondopinion.desk.mailing import notice_undelivered


@periodic("desk-watched", every=timedelta(minutes=15))
def watch() -> None:
    """Find new owners for cases whose own has gone; note silence, and files without an answer; tell
    of what will be late."""
    actions.find_owners()
    actions.notice_silence()
    actions.notice_arrivals()
    notice_undelivered()
    actions.escalate()


@periodic("rules-checked", every=timedelta(days=7))
def check_rules() -> None:
    """Write once a week while a rule of the program was checked almost a year ago."""
    tell_rules_due()


@periodic("duplicates-sought", every=timedelta(minutes=10))
def seek_duplicates() -> None:
    """Compare requests that were sent lately with the others."""
    duplicates.search_new()
