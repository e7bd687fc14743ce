"""The outbox: what is to be sent, what was, what could not be."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.core import clock
from secondopinion.core.models import Stored


class MessageState(models.TextChoices):
    """Where a message stands."""

    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")


class Channel(models.TextChoices):
    """How somebody is written to."""

    MAIL = "mail", _("E-mail")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")


# Of a message that was sent, or never will be
NO_WORDS = {"body": "", "link": ""}


class Reach(Stored):
    """How and when a person wishes to be written to; without a row: by mail, at once."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="reach")
    also_by = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    quiet_from = models.TimeField(null=True)  # on the person's own clock
    quiet_to = models.TimeField(null=True)
    daily = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "reaches"
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_have_two_ends",
                condition=models.Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.also_by or 'mail'}"


class Message(Stored):
    """One mail or text: it says that there is something to read, and never what."""

    to = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    template = models.SlugField(max_length=40)
    language = models.CharField(max_length=10)
    case_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)  # until it is sent: it may hold a one-time link or a code
    state = models.CharField(
        max_length=10, choices=MessageState.choices, default=MessageState.QUEUED
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.MAIL)
    link = models.CharField(max_length=200, blank=True)  # a path on this site; gone with the body
    # Where a mail goes that is not for the person's present address; else empty.
    address = models.EmailField(max_length=254, blank=True)
    due_at = models.DateTimeField(default=clock.now)
    daily = models.BooleanField(default=False)  # waits for the message of the day
    carried_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="carries"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    seen_to_at = models.DateTimeField(null=True)  # of one that did not arrive: by a coordinator

    class Meta:
        indexes = [models.Index(name="message_state_time", fields=["state", "created_at"])]

    def __str__(self) -> str:
        return f"{self.template} ({self.state})"
