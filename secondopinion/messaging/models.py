"""The outbox: what is to be sent, what was, what could not be."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.core.models import Stored


class MessageState(models.TextChoices):
    """Where a message stands."""

    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")


class Message(Stored):
    """One mail: it says that there is something to read, and never what."""

    to = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    template = models.SlugField(max_length=40)
    language = models.CharField(max_length=10)
    case_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(
        max_length=10, choices=MessageState.choices, default=MessageState.QUEUED
    )
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    seen_to_at = models.DateTimeField(null=True)  # of one that did not arrive: by a coordinator

    class Meta:
        indexes = [models.Index(name="message_state_time", fields=["state", "created_at"])]

    def __str__(self) -> str:
        return f"{self.template} ({self.state})"
