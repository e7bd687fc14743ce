"""Sending what is in the outbox; what was said is kept no longer than it takes to say it."""

from datetime import timedelta

from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet

from secondopinion.accounts.actions import LINK_DAYS
from secondopinion.core import clock
from secondopinion.core.jobs import MOST_TRIES
from secondopinion.messaging import gateways
from secondopinion.messaging.models import NO_WORDS, Message, MessageState


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
    is recognised by the mail programs as the same; so is the key that a gateway is given. One link
    in it opens a page without an account, so its words go in the write that notes it as sent: who
    dies before sends it again, with its words.
    """
    message = Message.objects.select_related("to").get(pk=message_id)
    if message.state == MessageState.SENT:
        return
    address = gateways.address_of(message)
    if not address or not message.body:  # its words were forgotten
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
            _with_carried(message).update(state=MessageState.FAILED)  # an operator can try again
        raise
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.SENT, sent_at=clock.now(), **NO_WORDS
    )


def note_failed(message: Message) -> None:
    """Note that a message did not arrive and never will, and with it what it carried."""
    _with_carried(message).update(state=MessageState.FAILED, **NO_WORDS)


def forget_unsent() -> int:
    """Forget the words of what could not be sent while a link in it worked; return how many."""
    until = clock.now() - timedelta(days=LINK_DAYS)
    old = Message.objects.filter(state=MessageState.FAILED, created_at__lte=until)
    return old.exclude(body="").update(**NO_WORDS)


def _with_carried(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(Q(pk=message.pk) | Q(carried_by=message.pk))
