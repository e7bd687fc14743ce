"""Mail that comes in: a reply becomes a message of its case, a mail that came back is told."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import same_mailbox
from secondopinion.arrivals.clipping import post_with_files
from secondopinion.audit import actions as audit
from secondopinion.cases import needs
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import ENDED, Why
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk import mail_reading
from secondopinion.desk.mail_reading import Mail
from secondopinion.desk.models import MailIn
from secondopinion.messaging import replies
from secondopinion.messaging.delivery import note_failed
from secondopinion.messaging.models import Message, MessageState

MOST = 20  # mails of one person about one case that are taken in within a day
THREADS = {Part.FAMILY: "family", Part.LOCAL_PROVIDER: "local_provider"}


class Outcome(StrEnum):
    """What became of a mail."""

    TAKEN = "taken in"
    RETURNED = "noted as not delivered"
    DROPPED = "left alone: a program wrote it"
    TWICE = "left alone: it has come before"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a mail, and what its sender is told when it was refused."""

    outcome: Outcome
    words: str = ""


def receive(raw: bytes, to: str = "") -> Received:
    """Take a mail in, as the mail server hands it over; `to` is the address if it says so.

    Whoever is not right gets a sentence, which the mail server sends back: no mail of ours answers
    a mail, so that no loop can begin.
    """
    if len(raw) > mail_reading.LONGEST:
        return Received(Outcome.REFUSED, _("This mail is too large. Open your page to send files."))
    mail = mail_reading.read(raw)
    if mail.not_delivered is not None:
        return _came_back(mail)
    if mail.by_machine:
        return Received(Outcome.DROPPED)
    found = (replies.message_at(each) for each in (to, *mail.to) if each)
    answered = next((each for each in found if each is not None), None)
    if answered is None or answered.case_id is None:
        return Received(
            Outcome.REFUSED,
            _("This address is not right, or too old. Nothing was kept. Open your page to write."),
        )
    with override(answered.language):
        try:
            return _take_in(mail, answered)
        except (Refused, NotYours) as error:
            said = str(error.message) if isinstance(error, Refused) else _refusal()
            return Received(Outcome.REFUSED, said)


@transaction.atomic
def _take_in(mail: Mail, answered: Message) -> Received:
    person = answered.to
    case = Case.objects.select_for_update().get(pk=str(answered.case_id))
    part = next((each for each in THREADS if each in roles_of(case, person)), None)
    if part is None or case.state in ENDED or not same_mailbox(mail.sender, person.reached_at):
        raise Refused(_refusal(), code="reply")
    if mail.id and MailIn.objects.filter(mail_id=mail.id, person=person).exists():
        return Received(Outcome.TWICE)
    today = MailIn.objects.filter(person=person, created_at__gt=clock.now() - timedelta(days=1))
    if today.filter(case_id=case.pk).count() >= MOST:
        raise Refused(_("Too many mails came today. Open your page to write."), code="too-many")
    MailIn.objects.create(mail_id=mail.id, person=person, case_id=case.pk)
    post_with_files(
        by=person, case=case, thread=THREADS[part], text=mail.text, files=mail.files,
        most=mail_reading.MOST_FILES,
    )  # fmt: skip
    audit.record("mail-taken-in", by=person, case_id=case.pk, target=answered,
                 detail={"files": len(mail.files)})  # fmt: skip
    return Received(Outcome.TAKEN)


def _refusal() -> str:
    return _(
        "Your mail could not be put into your case, and nothing of it was kept. Open your page to "
        "write to us: what you write there is safe."
    )


@transaction.atomic
def _came_back(mail: Mail) -> Received:
    sent = Message.objects.filter(pk=str(mail.not_delivered)).first()
    if sent is None:
        return Received(Outcome.DROPPED)
    note_failed(sent)
    notice_undelivered()
    return Received(Outcome.RETURNED)


def undelivered(case: Case) -> list[Message]:
    """Return the mails of a case that did not arrive and that nobody has seen to."""
    failed = Message.objects.filter(case_id=case.pk, state=MessageState.FAILED, seen_to_at=None)
    return list(failed.select_related("to").order_by("created_at"))


def notice_undelivered() -> int:
    """Let coordinators know of mails that did not arrive; return of how many cases.

    Safe to run at any time.
    """
    failed = Message.objects.filter(
        state=MessageState.FAILED, seen_to_at=None, case_id__isnull=False
    )
    found = Case.objects.filter(pk__in=failed.values("case_id"), ended_at=None)
    fresh = list(found.exclude(needs.has(Why.UNDELIVERED)))
    for case in fresh:
        with transaction.atomic():
            needs.arise(case, Why.UNDELIVERED)
            audit.record("mail-not-delivered", by=None, case_id=case.pk, target=case)
    return len(fresh)


@transaction.atomic
def see_to_undelivered(*, by: Person, case: Case) -> None:
    """Note that the people whom a mail did not reach have been told in another way.

    Raises:
        NotYours: by somebody who does not own the case.
    """
    require(case, by, Part.COORDINATOR)
    Message.objects.filter(case_id=case.pk, state=MessageState.FAILED, seen_to_at=None).update(
        seen_to_at=clock.now()
    )
    needs.meet(case, Why.UNDELIVERED)
    audit.record("mail-seen-to", by=by, case_id=case.pk, target=case)
