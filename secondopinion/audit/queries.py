"""Reads of the audit."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from secondopinion.audit.models import Entry


def entries_for(case_id: UUID) -> QuerySet[Entry]:
    """Return what was done and seen in a case, the latest first."""
    return Entry.objects.filter(case_id=case_id).select_related("seal").order_by("-id")


def seen_since(
    cases: Collection[UUID], people: Collection[UUID], since: datetime
) -> QuerySet[Entry, tuple[UUID | None, UUID | None, str, datetime]]:
    """Return what some people did and saw in some cases since then: case, person, target, when."""
    rows = Entry.objects.filter(case_id__in=cases, actor_id__in=people, created_at__gte=since)
    return rows.values_list("case_id", "actor_id", "target_id", "created_at")


def latest() -> QuerySet[Entry]:
    """Return everything, the latest first."""
    return Entry.objects.select_related("seal").order_by("-id")
