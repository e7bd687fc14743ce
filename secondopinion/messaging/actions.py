"""Putting a mail into the outbox."""

import re
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from secondopinion.accounts.models import Person
from secondopinion.messaging.models import Message
from secondopinion.messaging.tasks import deliver
from secondopinion.messaging.templates import TEMPLATES
from secondopinion.program import queries as program

_BREAKS = re.compile(r"[\r\n]+")


@transaction.atomic
def notify(
    *,
    to: Person,
    template: str,
    case_id: UUID | None = None,
    case_reference: str = "",
    link: str = "",
    code: str = "",
) -> Message:
    """Queue a mail in the reader's language; it goes out after the transaction, by a job.

    `link` is a path on this site.
    """
    words = TEMPLATES[template]
    hospital = program.program()
    with override(to.language or "en"):
        values = {"reference": case_reference, "code": code, "hospital": hospital.hospital}
        lines = [str(line) % values for line in words.lines]
        if words.link and link:
            lines.append(f"{settings.SITE_URL}{link}")
        lines += [
            _("Please do not answer this mail: nobody reads the answers."),
            f"{hospital.name}\n{hospital.hospital}\n{hospital.phone}",
        ]
        subject = _BREAKS.sub(" ", str(words.subject) % values)
    message = Message.objects.create(
        to=to,
        template=template,
        language=to.language or "en",
        case_id=case_id,
        subject=subject,
        body="\n\n".join(lines),
    )
    deliver.enqueue(str(message.pk))
    return message
