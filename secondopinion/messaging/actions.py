"""Putting a mail into the outbox."""

import re
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.messaging.models import Message
from secondopinion.messaging.tasks import deliver
from secondopinion.messaging.templates import TEMPLATES
from secondopinion.program import queries as program
from secondopinion.program.models import Program

# Where a one-time link leads, by what it is for.
GUEST_PAGES = {accounts.FOR_GUESTS: "link", "second-parent": "agree"}
_LEFT_TO_RIGHT = "\u200e"  # a mark that is not seen; plain text has no other means
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
    purpose: str = accounts.FOR_GUESTS,
) -> Message:
    """Queue a mail in the reader's language; it goes out after the transaction, by a job.

    `link` is a path on this site. Whoever has no account gets a fresh one-time link to the page
    of the case instead, whatever the mail is about: a bare address would be of no use to them.
    `purpose` says what that link is for.
    """
    words = TEMPLATES[template]
    hospital = program.program()
    with override(to.language or "en"):
        values = {
            "reference": _as_written(case_reference), "code": code, "hospital": hospital.hospital,
        }  # fmt: skip
        lines = [str(line) % values for line in words.lines]
        if words.link and link and not to.may_sign_in and case_id:
            token = accounts.make_link(person=to, case_id=case_id, purpose=purpose)
            link = f"/{GUEST_PAGES[purpose]}/{token}/"
            lines.append(
                _(
                    "The link below opens one page, once. You need no account. If it has been "
                    "used, ask there for a new one."
                )
            )
        elif words.sign_in:
            lines.append(str(words.sign_in))
        if words.link and link:
            lines.append(f"{settings.SITE_URL}{link}")
        lines += [_how_to_reach(hospital), f"{hospital.name}\n{hospital.hospital}"]
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


def _as_written(text: str) -> str:
    """Keep the parts of a number in their order in a language that runs from right to left."""
    return f"{_LEFT_TO_RIGHT}{text}{_LEFT_TO_RIGHT}" if text and get_language_bidi() else text


def _how_to_reach(hospital: Program) -> str:
    return _(
        "To write to us, open your page: what you write there is safe. Or call %(phone)s, on "
        "working days from %(opens)s to %(closes)s (time in %(city)s). An answer to this mail "
        "reaches our office; please write nothing about a child’s health in a mail."
    ) % {
        "phone": _as_written(hospital.phone),
        "opens": f"{hospital.opens:%H:%M}",
        "closes": f"{hospital.closes:%H:%M}",
        "city": hospital.city,
    }
