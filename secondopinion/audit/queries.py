"""Reads of the audit."""

from uuid import UUID

from django.db.models import QuerySet

from secondopinion.audit.models import Entry


def entries_for(case_id: UUID) -> QuerySet[Entry]:
    """Return what was done and seen in a case, the latest first."""
    return Entry.objects.filter(case_id=case_id).select_related("seal").order_by("-id")


def latest() -> QuerySet[Entry]:
    """Return everything, the latest first."""
    return Entry.objects.select_related("seal").order_by("-id")
