"""Sending what is in the outbox."""

from django.conf import settings
from django.core.mail import EmailMessage

from secondopinion.core import clock
from secondopinion.core.jobs import MOST_TRIES
from secondopinion.messaging import replies
from secondopinion.messaging.models import Message, MessageState
from secondopinion.program import queries as program


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
    """Send a queued mail; one that went out before is left alone.

    The Message-ID is made from the row's, so that a mail which was handed over just before a death
    is recognised by the mail programs as the same.
    """
    message = Message.objects.select_related("to").get(pk=message_id)
    if message.state == MessageState.SENT:
        return
    address = message.to.reached_at
    if not address:
        Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)
        return
    Message.objects.filter(pk=message.pk).update(tries=message.tries + 1)
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[address],
        reply_to=[replies.address_for(message) or program.program().email],
        headers={"Message-ID": f"<{message.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except OSError:  # every trouble with a mail server is one
        if message.tries + 1 >= MOST_TRIES:
            Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)
        raise
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=clock.now())
