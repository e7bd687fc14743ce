"""What a specialist wishes for in the middle of the review: it goes through the coordinator, who
writes it in the language of who is asked. The clock stands still from the wish on."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import needs, workflow
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_coordinator, tell_part
from secondopinion.cases.models import Case, InformationRequest, Part
from secondopinion.cases.queries import open_requests
from secondopinion.cases.states import Why
from secondopinion.core.errors import Conflict, Refused


def _written(text: str) -> str:
    if not text.strip():
        raise Refused(_("Write what is needed."), code="text-missing", field="text")
    return text.strip()


def wishes(case: Case) -> None:
    """Let the desk know of what a specialist wishes for, until it is passed on or settled."""
    needs.hold(case, Why.WISH, open_requests(case).filter(held=True).exists())


@transaction.atomic
def ask_more(*, by: Person, case: Case, text: str) -> InformationRequest:
    """Wish for more in the middle of the review, as its specialist; the coordinator passes it on.

    Raises:
        NotYours: by somebody who does not review the case.
        Refused: without a word.
    """
    workflow.advance(case, "ask_more", by=by)
    made = InformationRequest.objects.create(case=case, text=_written(text), asked_by=by, held=True)
    wishes(case)
    tell_coordinator(case)
    audit.record("information-wished", by=by, case_id=case.pk, target=made)
    return made


@transaction.atomic
def pass_on(*, by: Person, wish: InformationRequest, text: str, to: str) -> InformationRequest:
    """Ask the family or the local provider for what a specialist wishes, in words for them.

    Raises:
        NotYours: by somebody who does not own the case.
        Refused: without a word.
        Conflict: it was passed on, answered or taken back.
    """
    case, words = wish.case, _written(text)
    require(case, by, Part.COORDINATOR)
    to = to if to in InformationRequest.To.values else InformationRequest.To.FAMILY
    waits = open_requests(case).filter(pk=wish.pk, held=True)
    own = "" if words == wish.text else wish.text
    if not waits.update(held=False, to=to, text=words, wish=own):
        raise Conflict(_("This is not waiting any more."), code="state-changed")
    wish.refresh_from_db()
    wishes(case)
    tell_part(case, Part(to), "something-is-missing")
    audit.record("information-asked", by=by, case_id=case.pk, target=wish, detail={"to": to})
    return wish
