"""Reads of the outbox."""

from typing import Any
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from secondopinion.accounts.models import Person
from secondopinion.core import clock
from secondopinion.messaging.models import Message, MessageState


def latest() -> QuerySet[Message]:
    """Return the mails of the outbox, the latest first."""
    return Message.objects.select_related("to").order_by("-created_at")


def waiting(case_id: UUID) -> QuerySet[Any]:
    """Return who has a message about a case that goes out `at` a later hour: after their quiet
    hours, or with the day's."""
    late = Q(messages__state=MessageState.QUEUED, messages__due_at__gt=clock.now())
    rows = Person.objects.filter(late, messages__case_id=case_id)  # one filter: of one message
    return rows.annotate(at=Min("messages__due_at")).order_by("at")
