"""Reads of the outbox."""

from django.db.models import QuerySet

from secondopinion.messaging.models import Message


def latest() -> QuerySet[Message]:
    """Return the mails of the outbox, the latest first."""
    return Message.objects.select_related("to").order_by("-created_at")
