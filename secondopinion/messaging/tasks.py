"""The jobs that send a message and the message of a day, and forget what could not be sent."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.tasks import task

from secondopinion.core.jobs import periodic
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


@periodic("unsent-forgotten", every=timedelta(hours=12))
def forget_unsent() -> None:
    """Forget the words of old mails that could not be sent."""
    delivery.forget_unsent()
