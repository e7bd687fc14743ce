"""The referral's own table of steps."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.referrals.models import ReferralState

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

STEPS: dict[str, Step] = {row.action: row for row in _ROWS}


def available(state: str) -> list[Step]:
    """Return the steps that can be taken from a state."""
    return [row for row in _ROWS if state in row.sources]
