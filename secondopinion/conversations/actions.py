"""Writing in a thread."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import needs
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_coordinator, tell_part
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import Why
from secondopinion.conversations.models import Post, Seen, Thread
from secondopinion.conversations.queries import unanswered
from secondopinion.conversations.rules import threads_of
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused

LONGEST = 10_000  # characters


@transaction.atomic
def post(*, case: Case, thread: str, by: Person, text: str) -> Post:
    """Write a message; the other side is told that there is one, and nothing more.

    Raises:
        NotYours: the person has no part in this thread.
        Refused: nothing written, or too much for one message.
    """
    if thread not in threads_of(case, by):
        raise NotYours
    text = text.strip()
    if not text:
        raise Refused(_("Write your message first."), code="text-missing", field="text")
    if len(text) > LONGEST:
        raise Refused(
            _("This message is too long. Send it in two parts."), code="text-too-long", field="text"
        )
    now, ours = clock.now(), bool(roles_of(case, by) & {"coordinator", "desk"})
    if ours:
        unanswered(case).filter(thread=thread).update(answered_at=now)
    made = Post.objects.create(
        case=case, thread=thread, author=by, text=text, language=by.language,
        answered_at=now if ours or thread == Thread.STAFF else None,
    )  # fmt: skip
    needs.hold(case, Why.MESSAGE, not _for_desk(case, by))
    if ours:
        needs.hold(case, Why.UNANSWERED, unanswered(case).exists())
    if case.coordinator_id != by.pk:
        tell_coordinator(case, "message-waiting")
    elif thread in {Thread.FAMILY, Thread.LOCAL_PROVIDER}:
        tell_part(case, Part(thread), "message-waiting")
    audit.record("message-posted", by=by, case_id=case.pk, target=made, detail={"thread": thread})
    return made


@transaction.atomic
def mark_seen(*, case: Case, by: Person) -> None:
    """Keep that a person has read everything in their threads until now."""
    if not Seen.objects.filter(case=case, person=by).update(at=clock.now()):
        Seen.objects.get_or_create(case=case, person=by, defaults={"at": clock.now()})
    if _for_desk(case, by):
        needs.meet(case, Why.MESSAGE)
        needs.hold(case, Why.UNANSWERED, unanswered(case).exists())


@transaction.atomic
def need_no_answer(*, by: Person, case: Case) -> None:
    """Say that the messages which wait for an answer of the desk need none.

    Raises:
        NotYours: by somebody who does not own the case.
    """
    require(case, by, Part.COORDINATOR)
    count = unanswered(case).update(answered_at=clock.now())
    needs.meet(case, Why.UNANSWERED)
    audit.record(
        "messages-need-no-answer", by=by, case_id=case.pk, target=case, detail={"count": count}
    )


def _for_desk(case: Case, by: Person) -> bool:
    """Say whether a person reads and writes here as the one who has the case, or for the team."""
    if case.coordinator_id is None:
        return "desk" in roles_of(case, by)
    return bool(case.coordinator_id == by.pk)
