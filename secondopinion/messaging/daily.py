"""The message of the day: one mail for everything that waits for somebody who wished it so."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from secondopinion.core import clock
from secondopinion.messaging.models import NO_WORDS, Message, MessageState
from secondopinion.messaging.templates import TEMPLATES
from secondopinion.messaging.wording import ending
from secondopinion.program import queries as program


@transaction.atomic
def carry_day(person_id: UUID) -> Message | None:
    """Put everything that waits for a person's message of the day into one mail.

    Safe to run at any time: what has been carried is not carried again.
    """
    rows = Message.objects.select_for_update(of=("self",)).filter(
        to=person_id, daily=True, state=MessageState.QUEUED, due_at__lte=clock.now()
    )
    waiting = list(rows.select_related("to").order_by("created_at"))
    if not waiting:
        return None
    to, words, hospital = waiting[0].to, TEMPLATES["daily"], program.program()
    with override(to.language or "en"):
        lines = [str(line) for line in words.lines]
        for each in waiting:
            line = f"{each.subject}\n{settings.SITE_URL}{each.link}"
            if line not in lines:
                lines.append(line)
        lines += ending(hospital, to)
        subject = str(words.subject)
    made = Message.objects.create(
        to=to, template="daily", language=to.language or "en", subject=subject,
        body="\n\n".join(lines),
    )  # fmt: skip
    Message.objects.filter(pk__in=[each.pk for each in waiting]).update(
        state=MessageState.SENT, sent_at=clock.now(), carried_by=made, **NO_WORDS
    )
    return made
