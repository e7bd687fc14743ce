"""The jobs that send a message, and the message of a day."""

from uuid import UUID

from django.db import transaction
from django.tasks import task

from secondopinion.messaging import daily, delivery


@task()
def deliver(message_id: str) -> None:
    """Send one queued message."""
    delivery.send(message_id)


@task()
def carry(person_id: str) -> None:
    """Put what waits for a person into one mail, and have it sent."""
    with transaction.atomic():
        made = daily.carry_day(UUID(person_id))
        if made is not None:
            deliver.enqueue(str(made.pk))
