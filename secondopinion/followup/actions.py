"""Asking after the report, passing on, answering by a signed addendum."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import clocks, needs, workflow
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell, tell_coordinator, tell_part
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import State, Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.followup import red_flags
from secondopinion.followup.models import Beyond, FollowUpQuestion, QuestionState
from secondopinion.followup.rules import asked_by, key_of
from secondopinion.opinions import actions as opinions
from secondopinion.opinions.models import SignedReport
from secondopinion.program import queries as program
from secondopinion.translation.watching import look_again

ASKERS = (Part.FAMILY, Part.LOCAL_PROVIDER)


def window_open(case: Case) -> bool:
    """Say whether the time for questions runs: that was promised, and a case that is closed before
    its end keeps it."""
    return (
        may_ask(case) and case.follow_up_until is not None and clock.now() <= case.follow_up_until
    )


def may_ask(case: Case) -> bool:
    """Say whether questions can be asked at all: there is a report to ask about."""
    return case.state in {State.FOLLOW_UP, State.CLOSED}


def questions_left(asked: Iterable[FollowUpQuestion], person: Person) -> int:
    """Return how many questions a person's side can still ask within the promise, of what was asked
    in the case: the family, or the local provider, who has no account."""
    theirs = sum(each.asked_by.may_sign_in == person.may_sign_in for each in asked)
    return max(0, program.program().follow_up_questions - theirs)


@transaction.atomic
def ask(*, by: Person, case: Case, text: str) -> FollowUpQuestion:
    """Ask about the report; the intake team sees it first.

    The same words asked twice (two tabs, a second press) are one question.

    A question that comes late, or beyond the number, is taken too: the coordinator decides what
    becomes of it. It opens a closed case again. Words that may mean danger bring it to the top.

    Raises:
        NotYours: by somebody who is neither family nor local provider.
        Refused: nothing written, or there is no delivered report.
    """
    require(case, by, *ASKERS)
    text = text.strip()
    if not text:
        raise Refused(_("Write your question first."), code="text-missing", field="text")
    Case.objects.select_for_update().get(pk=case.pk)
    case.refresh_from_db()
    if not may_ask(case):
        raise Refused(_("There is no report yet."), code="too-early")
    asked = FollowUpQuestion.objects.filter(case=case)
    same = asked.filter(text=text, asked_by=by).first()
    if same is not None:
        return same
    beyond = ""
    if not window_open(case):
        beyond = Beyond.LATE
    elif not questions_left(asked.select_related("asked_by"), by):
        beyond = Beyond.MANY
    urgent = bool(red_flags.found(text))
    if case.state == State.CLOSED:
        workflow.advance(case, "ask_late", by=by, stamps={"ended_at": None})
    made = FollowUpQuestion.objects.create(
        case=case,
        number=asked.count() + 1,
        asked_by=by,
        text=text,
        beyond=beyond,
        urgent=urgent,
        due_at=clock.now() if urgent else clocks.due_in(case, "answer"),
    )
    if urgent:
        needs.meet(case, Why.QUESTION)  # for it to come back with the earlier time
    follow_needs(case)
    look_again(case.pk)
    tell_coordinator(case, "soon-late" if urgent else "case-news")
    audit.record(
        "follow-up-asked", by=by, case_id=case.pk, target=made,
        detail={"beyond": str(beyond), "urgent": urgent},
    )  # fmt: skip
    return made


def _move(question: FollowUpQuestion, sources: list[str], **fields: object) -> None:
    done = FollowUpQuestion.objects.filter(pk=question.pk, state__in=sources).update(**fields)
    if not done:
        raise Conflict(_("This question has been dealt with already."), code="state-changed")
    question.refresh_from_db()
    follow_needs(question.case)


def follow_needs(case: Case) -> None:
    """Let the desk's need to look at questions stand as long as one waits for it."""
    waiting = FollowUpQuestion.objects.filter(case=case, state=QuestionState.ASKED)
    first = waiting.order_by("due_at").first()
    needs.hold(case, Why.QUESTION, first is not None, first.due_at if first else None)


@transaction.atomic
def pass_to_expert(*, by: Person, question: FollowUpQuestion) -> FollowUpQuestion:
    """Pass a question on to the specialist who wrote the report, or who answers in their place.

    Raises:
        Refused: the specialist has left, and nobody is chosen in their place.
    """
    case = question.case
    require(case, by, Part.COORDINATOR)
    experts = list(holders_of(case, Part.SPECIALIST))
    if not experts:
        raise Refused(
            _("The specialist does not work here any more. First choose who answers."),
            code="nobody-answers",
        )
    _move(question, [QuestionState.ASKED], state=QuestionState.WITH_EXPERT)
    for person in experts:
        tell(case, person, "case-news", "/expert/cases")
    audit.record("follow-up-passed", by=by, case_id=case.pk, target=question)
    return question


@transaction.atomic
def settle(*, by: Person, question: FollowUpQuestion, reply: str) -> FollowUpQuestion:
    """Answer a question that is not a medical one, as the intake team, without an addendum.

    Raises:
        Refused: without a reply.
    """
    case = question.case
    require(case, by, Part.COORDINATOR)
    if not reply.strip():
        raise Refused(_("Write your answer first."), code="text-missing", field="reply")
    _move(
        question, [QuestionState.ASKED], state=QuestionState.SETTLED, reply=reply.strip(),
        settled_at=clock.now(),
    )  # fmt: skip
    _tell_asker(question)
    audit.record("follow-up-settled", by=by, case_id=case.pk, target=question)
    return question


def answer(
    *, by: Person, question: FollowUpQuestion, text: str, reauthenticated_at: datetime | None,
    reasons: Mapping[str, str] | None = None,
) -> FollowUpQuestion:  # fmt: skip
    """Answer a question by a signed addendum to the report, delivered like the report itself;
    `reasons` say why words that are doubted stay.

    Raises:
        NotYours: by somebody who is not the specialist of the case.
        Refused: nothing written, something is doubted, or the second factor was not given just now.
        Conflict: it has been answered already.
    """
    case = question.case
    require(case, by, Part.SPECIALIST)
    if not text.strip():
        raise Refused(_("Write your answer first."), code="text-missing", field="text")
    question.refresh_from_db()
    if question.state != QuestionState.WITH_EXPERT:
        raise Conflict(_("This question has been dealt with already."), code="state-changed")

    def note(addendum: SignedReport) -> None:
        _move(
            question, [QuestionState.WITH_EXPERT], state=QuestionState.ANSWERED,
            addendum=addendum, settled_at=clock.now(),
        )  # fmt: skip
        _tell_asker(question)
        audit.record("follow-up-answered", by=by, case_id=case.pk, target=question)

    opinions.sign_addendum(
        case=case,
        by=by,
        question=question.text,
        answer=text.strip(),
        reauthenticated_at=reauthenticated_at,
        reasons=reasons or {},
        note=note,
        key=key_of(question),
        who=asked_by(question),
    )
    return question


def _tell_asker(question: FollowUpQuestion) -> None:
    tell_part(question.case, Part(asked_by(question)), "answer-ready")
