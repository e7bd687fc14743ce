"""The job that sends a mail."""

from django.tasks import task

from secondopinion.messaging import delivery


@task()
def deliver(message_id: str) -> None:
    """Send one queued mail."""
    delivery.send(message_id)
