"""Reads of findings."""

from django.db import models
from django.db.models import IntegerField, QuerySet, Value, When

from secondopinion.cases.models import Case
from secondopinion.findings.codes import WHOSE
from secondopinion.findings.models import Finding, Severity, State

_WEIGHT = models.Case(
    When(severity=Severity.BLOCKER, then=Value(0)),
    When(severity=Severity.WARNING, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def limitations_for(case: Case) -> QuerySet[Finding]:
    """Return what the report must name: open or accepted, above information."""
    return (
        Finding.objects.filter(case=case, state__in=[State.OPEN, State.ACCEPTED])
        .exclude(severity=Severity.INFO)
        .order_by(_WEIGHT, "created_at")
    )


def cleared(case: Case) -> QuerySet[Finding]:
    """Return what somebody has looked at and found that nothing is wrong, the latest first."""
    return (
        Finding.objects.filter(case=case, state=State.CLEARED)
        .select_related("settled_by")
        .order_by("-settled_at")
    )


def doubts(case: Case) -> QuerySet[Finding]:
    """Return what says that something may be another child's, and nobody has settled."""
    return Finding.objects.filter(case=case, code__in=WHOSE, state=State.OPEN)
