"""Putting a message into the outbox, for when its reader wishes it."""

import re
from datetime import time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.core import clock, dates, zones
from secondopinion.core.errors import Refused
from secondopinion.core.prepared import add, prepared
from secondopinion.messaging.gateways import offered
from secondopinion.messaging.models import Channel, Message, MessageState, Reach
from secondopinion.messaging.reaching import after_quiet, next_digest
from secondopinion.messaging.tasks import carry, deliver
from secondopinion.messaging.templates import TEMPLATES
from secondopinion.messaging.wording import as_written, ending
from secondopinion.program import queries as program
from secondopinion.program.models import Program

# Where a one-time link leads, by what it is for.
GUEST_PAGES = {accounts.FOR_GUESTS: "link", "second-parent": "agree"}
_BREAKS = re.compile(r"[\r\n]+")


@prepared
def _reaches(person: UUID) -> QuerySet[Reach, Any]:
    """Return how a person is reached."""
    rows = Reach.objects.filter(person_id=person)
    return rows.values_list("also_by", "quiet_from", "quiet_to", "daily", named=True)


# Nothing of the house's own is raised here: an error ends the whole action, so there is nothing to
# come back to within it.
@transaction.atomic(savepoint=False)
def notify(
    *,
    to: Person,
    template: str,
    case_id: UUID | None = None,
    case_reference: str = "",
    link: str = "",
    code: str = "",
    purpose: str = accounts.FOR_GUESTS,
    address: str = "",
) -> Message:
    """Queue a mail in the reader's language; it goes out after the transaction, by a job.

    `link` is a path on this site. Whoever has no account gets a fresh one-time link to the page
    of the case instead, whatever the mail is about: a bare address would be of no use to them.
    `purpose` says what that link is for. `address` is where the mail goes if not to the present one
    of the person: one that they are still to confirm, or a former one. Who has no address gets a
    text where one can be sent; if not, the message has failed, and the desk is told to call.
    """
    words = TEMPLATES[template]
    if not address and not to.reached_at and can_text(to):
        return _by_text_alone(to, template, case_id)
    hospital = program.program()
    with override(to.language or "en"):
        values = {
            "reference": as_written(case_reference), "code": code, "hospital": hospital.hospital,
        }  # fmt: skip
        lines = [str(line) % values for line in words.lines]
        if words.link and link and not to.may_sign_in and case_id:
            token = accounts.make_link(person=to, case_id=case_id, purpose=purpose)
            link = f"/{GUEST_PAGES[purpose]}/{token}/"
            until = timezone.localtime(clock.now() + timedelta(days=accounts.LINK_DAYS), _zone(to))
            lines.append(
                _(
                    "The link below opens one page, once, until %(day)s. You need no account. If "
                    "it has been used, ask there for a new one."
                )
                % {"day": dates.written(until)}
            )
        elif words.sign_in:
            lines.append(str(words.sign_in))
        if words.link and link:
            lines.append(f"{settings.SITE_URL}{link}")
        lines += ending(hospital, to, writes=words.writes)
        subject = _BREAKS.sub(" ", str(words.subject) % values)
    reach = next(iter(_reaches(to.pk)), None)
    message = Message(
        to=to,
        template=template,
        language=to.language or "en",
        case_id=case_id,
        subject=subject,
        body="\n\n".join(lines),
        link=link,
        address=address,
        **_when(to, None if words.at_once else reach),
    )
    add(message)
    _enqueue(message)
    if reach is not None and to.may_sign_in and case_id and words.link:
        _text(message, reach, hospital)
    return message


def _zone(to: Person) -> ZoneInfo:
    """Return the zone of who reads, or that of no place."""
    return ZoneInfo(to.timezone if zones.is_zone(to.timezone) else zones.UNKNOWN)


def _when(to: Person, reach: Any) -> dict[str, Any]:
    """Return when a message goes out: at once, after the quiet hours, or with the day's.

    `reach` is a row of `_reaches`, or None.
    """
    now = clock.now()
    if reach is None:
        return {"due_at": now}
    if reach.daily:
        return {"due_at": next_digest(now, to.timezone, reach.quiet_to), "daily": True}
    return {"due_at": after_quiet(now, to.timezone, reach.quiet_from, reach.quiet_to)}


def _enqueue(message: Message) -> None:
    """Have a message sent when it is due; one of the day's is carried by the day's."""
    if message.daily:
        waiting = Message.objects.filter(to=message.to, daily=True, state=MessageState.QUEUED)
        if not waiting.filter(due_at=message.due_at).exclude(pk=message.pk).exists():
            carry.using(run_after=message.due_at).enqueue(str(message.to.pk))
    elif message.due_at > clock.now():
        deliver.using(run_after=message.due_at).enqueue(str(message.pk))
    else:
        deliver.enqueue(str(message.pk))


def _text(message: Message, reach: Any, hospital: Program) -> None:
    """Say by a text too that there is a message, where the person has chosen that.

    It names neither the child nor the request, and waits as the mail does.
    """
    if reach.also_by not in offered() or message.daily:
        return
    body = _you_have_a_message(message.language, hospital)
    made = Message.objects.create(
        to=message.to, template=message.template, language=message.language, body=body,
        case_id=message.case_id, channel=reach.also_by, due_at=message.due_at,
    )  # fmt: skip
    _enqueue(made)


def _you_have_a_message(language: str, hospital: Program) -> str:
    with override(language):
        return _("%(hospital)s: you have a message. Sign in to read it: %(site)s") % {
            "hospital": hospital.hospital, "site": settings.SITE_URL,
        }  # fmt: skip


def can_text(to: Person) -> bool:
    """Say whether somebody can be sent a text from here."""
    return Channel.SMS in offered() and to.phone.strip().startswith("+")


def _by_text_alone(to: Person, template: str, case_id: UUID | None, body: str = "") -> Message:
    language = to.language or "en"
    made = Message.objects.create(
        to=to, template=template, language=language, case_id=case_id, channel=Channel.SMS,
        body=body or _you_have_a_message(language, program.program()),
    )  # fmt: skip
    _enqueue(made)
    return made


@transaction.atomic
def text_link(*, to: Person, case_id: UUID, link: str) -> Message:
    """Send a text with a one-time link, and nothing about what is behind it."""
    with override(to.language or "en"):
        body = _("%(hospital)s: open this link. It works once: %(address)s") % {
            "hospital": program.program().hospital, "address": f"{settings.SITE_URL}{link}",
        }  # fmt: skip
    return _by_text_alone(to, "entered-for-you", case_id, body)


def readdress(*, former: Person, to: Person) -> None:
    """Send what waits for an account about its cases to another one of the same person, in the
    caller's transaction."""
    waiting = Message.objects.filter(
        to=former, state=MessageState.QUEUED, case_id__isnull=False, address=""
    )
    for message in waiting:
        of_the_day = message.daily
        message.to, message.daily = to, False
        message.save(update_fields=["to", "daily"])
        if of_the_day:  # the other one's day may be another
            deliver.enqueue(str(message.pk))


@transaction.atomic
def choose_reach(
    *, by: Person, also_by: str, quiet_from: time | None, quiet_to: time | None, daily: bool
) -> Reach:
    """Keep how and when a person wishes to be written to.

    Raises:
        Refused: a channel that is not offered here, or that has no number to go to; quiet hours
            with one end, or with none between.
    """
    if also_by and also_by not in offered():
        raise Refused(_("Choose one of these to go on."), code="channel", field="also_by")
    if also_by and not by.phone.strip().startswith("+"):
        raise Refused(
            _("Write your phone number with + and the country’s code first."),
            code="phone-missing", field="phone",
        )  # fmt: skip
    if (quiet_from is None) != (quiet_to is None):
        raise Refused(
            _("Write when the quiet hours begin and when they end, or leave both empty."),
            code="quiet", field="quiet_to",
        )  # fmt: skip
    if quiet_from is not None and quiet_from == quiet_to:
        raise Refused(
            _("These are no hours at all. Write when they end, or leave both empty."),
            code="quiet", field="quiet_to",
        )  # fmt: skip
    reach, _made = Reach.objects.update_or_create(
        person=by,
        defaults={
            "also_by": also_by, "quiet_from": quiet_from, "quiet_to": quiet_to, "daily": daily,
        },
    )  # fmt: skip
    audit.record("reach-chosen", by=by, target=by)
    return reach
