"""Questions after the report: what is told before and behind them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.followup import actions as followup
from secondopinion.followup.models import Beyond, FollowUpQuestion
from secondopinion.followup.rules import WAITING
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.family import writing


def asking_context(case: Case, person: Person, questions: list[FollowUpQuestion]) -> dict[str, Any]:
    """Return what a page shows about questions: the person's own, whether more belong to the
    report, and whether one of them sounds like danger."""
    may_ask = followup.may_ask(case)
    in_time = followup.window_open(case)
    return {
        "questions": questions,
        "may_ask": may_ask,
        "opens_again": may_ask and case.state == State.CLOSED,
        "in_time": in_time,
        "left": followup.questions_left(questions, person) if in_time else 0,
        "urgent": any(each.urgent and each.state in WAITING for each in questions),
        **writing.box_context(case),
    }


def send(request: PersonRequest, case: Case, back: str) -> HttpResponse:
    """Send a question, and say what becomes of it."""
    return writing.send(request, case, "question", back, lambda text: _ask(request, case, text))


def _ask(request: PersonRequest, case: Case, text: str) -> None:
    closed = case.state == State.CLOSED
    asked = followup.ask(by=request.user, case=case, text=text)
    told = _("Your question is sent.")
    if asked.beyond == Beyond.LATE:
        told = _(
            "Your question is sent. The time for questions is over, so our team reads it first and "
            "tells you what can be done."
        )
    elif asked.beyond == Beyond.MANY:
        told = _(
            "Your question is sent. You have asked all the questions that belong to the report, so "
            "our team reads it first and tells you what can be done."
        )
    messages.success(request, told)
    if closed and case.state != State.CLOSED:
        messages.success(request, _("The case is open again."))


@of_case(Part.FAMILY)
@require_POST
def ask(request: PersonRequest, case: Case) -> HttpResponse:
    """Ask a question about the report, as the family."""
    return send(request, case, "my-case")
