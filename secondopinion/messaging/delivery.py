"""Sending what is in the outbox."""

from django.core.mail import EmailMessage
from django.db.models import Q

from secondopinion.core import clock
from secondopinion.core.jobs import MOST_TRIES
from secondopinion.messaging import gateways
from secondopinion.messaging.models import Message, MessageState


def send_test(address: str) -> None:
    """Send a mail that says only that mail works, at once.

    Raises:
        OSError: the mail server cannot be reached, or does not take it (smtplib's errors are such).
    """
    EmailMessage(
        subject="Second Opinion: mail works",
        body="An operator has sent this mail to see whether mail arrives. Nothing is to be done.",
        to=[address],
    ).send()


def send(message_id: str) -> None:
    """Send a queued message; one that went out before is left alone.

    The Message-ID is made from the row's, so that a mail which was handed over just before a death
    is recognised by the mail programs as the same; so is the key that a gateway is given.
    """
    message = Message.objects.select_related("to").get(pk=message_id)
    if message.state == MessageState.SENT:
        return
    address = gateways.address_of(message)
    if not address:
        note_failed(message)
        return
    Message.objects.filter(pk=message.pk).update(tries=message.tries + 1)
    try:
        gateways.send(message, address)
    except gateways.Undeliverable:
        note_failed(message)
        return
    except OSError:  # every trouble with a server is one
        if message.tries + 1 >= MOST_TRIES:
            note_failed(message)
        raise
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=clock.now())


def note_failed(message: Message) -> None:
    """Note that a message did not arrive, and with it what it carried."""
    rows = Message.objects.filter(Q(pk=message.pk) | Q(carried_by=message.pk))
    rows.update(state=MessageState.FAILED)
