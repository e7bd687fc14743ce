"""Telling families when their report is likely to be there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from secondopinion.cases.forecasting import READY, REVIEWED, STAGES, began_at, expected, past
from secondopinion.cases.foreseen import Forecast
from secondopinion.cases.models import Case, Pace
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.prepared import prepared

_COME_BACK_TO = frozenset({State.COLLECTING, State.IN_REVIEW})


@prepared
def _foreseeable() -> QuerySet[Case, tuple[Any, ...]]:
    """Return where each open case stands, once for each forecast that was told, the last last."""
    rows = Case.objects.filter(state__in=list(STAGES)).order_by("forecasts__created_at")
    told = ("stage", "late", "created_at")
    return rows.values_list("pk", "state", "state_since", *(f"forecasts__{each}" for each in told))


@prepared
def _paced() -> QuerySet[Pace, tuple[UUID, datetime]]:
    """Return when the pace of each open case was said, the last last."""
    rows = Pace.objects.filter(case__state__in=list(STAGES)).order_by("created_at")
    return rows.values_list("case_id", "created_at")


def _reached() -> QuerySet[Case, tuple[Any, ...]]:
    """Return the field, the pace, and when each stage began, of cases."""
    return Case.objects.annotate(ready=READY, reviewed=REVIEWED).values_list(
        "pk", "state", "specialty_id", "kind", "urgency", "submitted_at", "accepted_at", "ready",
        "reviewed",
    )  # fmt: skip


@transaction.atomic
def foresee() -> int:
    """Make the forecasts that are missing or do not hold any more; return how many.

    A case has one for each stage. It gets another when the day has passed by which most such cases
    have their report, when it goes on after its family was waited for, and when its kind or its
    urgency has changed. Safe to run at any time.
    """
    now, paced = clock.now(), dict(_paced())
    last = {case: told for case, *told in _foreseeable()}
    wanted = [
        case
        for case, (state, since, stage, late, told_at) in last.items()
        if stage != STAGES[State(state)]
        or late < now
        # These two are come back to, when a family has answered: what was told before is over.
        or (state in _COME_BACK_TO and told_at < since)
        or (case in paced and told_at < paced[case])
    ]  # fmt: skip
    if not wanted:
        return 0
    earlier, made = past(), []
    for case, state, specialty, kind, urgency, *began in _reached().filter(pk__in=wanted):
        stage = STAGES[State(state)]
        early, middle, late = expected(
            specialty, (kind, urgency), stage, began_at(*began)[stage], earlier
        )
        made.append(Forecast(case_id=case, stage=stage, early=early, middle=middle, late=late))
    Forecast.objects.bulk_create(made)
    return len(made)
