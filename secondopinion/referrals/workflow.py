"""The referral's own table of steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.referrals.models import ReferralState, Urgency

R = ReferralState
ENDED = frozenset({R.CLOSED, R.REFUSED, R.CANCELLED})


@dataclass(frozen=True, slots=True)
class Step:
    """A row: this action takes a referral from one of these states to that one."""

    action: str
    sources: frozenset[ReferralState]
    target: ReferralState
    label: str | Promise
    needs: frozenset[str] = frozenset()  # fields that must come with it


_ROWS = (
    Step("send", frozenset({R.REQUESTED}), R.SENT, _("Mark as sent"), frozenset({"consent"})),
    Step("accept", frozenset({R.SENT}), R.ACCEPTED, _("They accept")),
    Step("refuse", frozenset({R.SENT}), R.REFUSED, _("They cannot take it"), frozenset({"note"})),
    Step("seen", frozenset({R.SCHEDULED}), R.SEEN, _("The child was seen")),
    Step("schedule", frozenset({R.ACCEPTED, R.SCHEDULED}), R.SCHEDULED, _("Note the visit"),
         frozenset({"visit_at"})),
    Step("outcome", frozenset({R.SEEN}), R.OUTCOME_RECEIVED, _("Note the result"),
         frozenset({"outcome"})),
    Step("close", frozenset({R.OUTCOME_RECEIVED}), R.CLOSED, _("Close the referral")),
    Step("cancel", frozenset(R) - ENDED, R.CANCELLED, _("Cancel the referral"),
         frozenset({"note"})),
)  # fmt: skip

# How long a referral may stand in a state before somebody is reminded; half of it where the child
# should be seen soon. From a planned visit on, the time runs from that day.
WAITS: dict[str, timedelta] = {
    R.REQUESTED: timedelta(days=4),
    R.SENT: timedelta(days=14),
    R.ACCEPTED: timedelta(days=14),
    R.SCHEDULED: timedelta(days=4),
    R.SEEN: timedelta(days=14),
    R.OUTCOME_RECEIVED: timedelta(days=14),
}


def remind_at(state: str, urgency: str, since: datetime) -> datetime | None:
    """Return when somebody is to be reminded of a referral that stands in a state since then."""
    wait = WAITS.get(state)
    if wait is None:
        return None
    return since + (wait / 2 if urgency == Urgency.SOON else wait)


STEPS: dict[str, Step] = {row.action: row for row in _ROWS}


def available(state: str) -> list[Step]:
    """Return the steps that can be taken from a state."""
    return [row for row in _ROWS if state in row.sources]
