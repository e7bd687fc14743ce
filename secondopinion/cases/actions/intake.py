"""The desk: take a case, ask for what is missing, settle the checklist, hand over."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role
from secondopinion.audit import actions as audit
from secondopinion.cases import changes, needs, rules, workflow
from secondopinion.cases.actions.parts import end_parts, give_part, require
from secondopinion.cases.actions.telling import (
    tell,
    tell_coordinator,
    tell_family,
    tell_former_owner,
    tell_part,
)
from secondopinion.cases.actions.wishing import wishes
from secondopinion.cases.models import (
    Case,
    ChecklistItem,
    HandOver,
    InformationRequest,
    ItemState,
    Part,
)
from secondopinion.cases.queries import holders_of, open_requests, roles_of
from secondopinion.cases.states import ENDED, State, Why
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused


@transaction.atomic
def take(*, by: Person, case: Case) -> Case:
    """Begin with a submitted case, one's own or a colleague's: the rule of delivery is frozen.

    Raises:
        NotYours: by somebody who is not of the intake team.
        Conflict: a colleague began in the same moment.
        Refused: the program may not help there (any more).
    """
    rule = rules.delivery_rule(case)
    owners = Case.objects.select_for_update().values_list("coordinator", flat=True)
    former, parts = owners.get(pk=case.pk), roles_of(case, by)
    workflow.advance(
        case, "accept", by=by, parts=parts,
        stamps={
            "coordinator": by,
            "accepted_at": clock.now(),
            "delivery_mode": rule.mode,
            "delivery_basis": rule.legal_basis,
        },
    )  # fmt: skip
    if former not in {None, by.pk}:
        HandOver.objects.create(
            case=case, giver_id=former, taker=by, cause=HandOver.Cause.BEGUN, for_taker=False
        )
        end_parts(case=case, role=Part.COORDINATOR, by=by)
        tell_former_owner(case, Person.objects.get(pk=former), by)
    if former != by.pk or Part.COORDINATOR not in parts:
        give_part(case=case, person=by, role=Part.COORDINATOR, by=by)
    tell_family(case, "news")
    return case


@transaction.atomic
def hand_over(
    *, by: Person | None, case: Case, to: Person, note: str = "", cause: str = "",
    back: bool = False,
) -> Case:  # fmt: skip
    """Give a case to another coordinator, or take it over from one, with a note.

    `by` is None when a job does it, for a case whose owner has left the team. Where nobody writes a
    note, the `cause` stands for it. Where a hand-over is undone, the case comes `back`, and what is
    said of it stands in the history alone.

    Raises:
        NotYours: not of the intake team, on either side.
        Refused: without a note or cause, to its owner, or when nobody has it yet.
    """
    if by is not None:
        require(case, by, "desk")
    if not has_role(to, "coordinator"):
        raise NotYours
    if not (note.strip() or cause):
        raise Refused(
            _("Write what your colleague should know."), code="note-missing", field="note"
        )
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    giver = fresh.coordinator
    if giver is None:
        raise Refused(_("This case has no owner yet: begin with it first."), code="not-taken")
    if giver.pk == to.pk:
        raise Refused(_("This colleague has the case already."), code="same-owner", field="to")
    HandOver.objects.create(
        case=case, giver=giver, taker=to, note=note.strip(), cause=cause, for_taker=not back
    )
    end_parts(case=case, role=Part.COORDINATOR, by=by)
    give_part(case=case, person=to, role=Part.COORDINATOR, by=by)
    if holders_of(case, Part.ENTRY).exists():
        end_parts(case=case, role=Part.ENTRY, by=by)
        give_part(case=case, person=to, role=Part.ENTRY, by=by)
    Case.objects.filter(pk=case.pk).update(coordinator=to, put_off_until=None)
    case.refresh_from_db()
    if by is None or by.pk != to.pk:
        tell_coordinator(case)
    if by is not None:
        tell_former_owner(case, giver, by)
    verb = "case-taken-back" if back else "case-handed-over"
    audit.record(verb, by=by, case_id=case.pk, target=to)
    return case


def _make_request(
    case: Case, by: Person, text: str, to: str, item: ChecklistItem | None, page: UUID | None
) -> InformationRequest:
    if not text.strip():
        raise Refused(_("Write what is needed."), code="text-missing", field="text")
    made = InformationRequest.objects.create(
        case=case, item=item, page=page, to=to, text=text.strip(), asked_by=by
    )
    if item is not None:
        ChecklistItem.objects.filter(pk=item.pk, case=case).update(state=ItemState.ASKED)
    tell_part(case, Part(to), "something-is-missing")
    audit.record("information-asked", by=by, case_id=case.pk, target=made, detail={"to": to})
    return made


@transaction.atomic
def ask(
    *,
    by: Person,
    case: Case,
    text: str,
    item: ChecklistItem | None = None,
    to: str = InformationRequest.To.FAMILY,
    page: UUID | None = None,
) -> InformationRequest:
    """Ask the family or the local provider for something; the clock stops until it is answered.

    With a `page` of a record, for that page again: a new photo of it is the answer.

    Raises:
        NotYours: by somebody who does not own the case.
        Conflict: the case is past collecting records.
    """
    workflow.advance(case, "ask", by=by)
    return _make_request(case, by, text, to, item, page)


@transaction.atomic
def answer(
    *, by: Person, information_request: InformationRequest, text: str, sent_files: bool = False
) -> InformationRequest:
    """Answer what was asked; with the last answer the case goes on.

    What is on the checklist becomes something to look at: an answer may be that there is none.

    Raises:
        NotYours: by somebody of whom it was not asked (the coordinator may answer for them).
        Refused: neither a word nor a file; by who decides nothing for the child.
        Conflict: it has been answered already.
    """
    if not (text.strip() or sent_files):
        raise Refused(
            _("Send a file, or write a few words: also when there is nothing to send."),
            code="text-missing",
            field="text",
        )
    case = Case.objects.select_for_update().get(pk=information_request.case_id)
    parts = require(case, by, information_request.to, Part.COORDINATOR)
    rules.not_limited(case, by)
    done = InformationRequest.objects.filter(
        pk=information_request.pk, answered_at__isnull=True, dropped_at__isnull=True
    ).update(answer=text.strip(), answered_at=clock.now(), answered_by=by)
    if not done:
        raise Conflict(_("This has been answered already."), code="answered")
    information_request.refresh_from_db()
    if information_request.held:
        wishes(case)
    if information_request.item_id:
        asked = ChecklistItem.objects.filter(pk=information_request.item_id, state=ItemState.ASKED)
        if asked.update(state=ItemState.ANSWERED):
            needs.arise(case, Why.ANSWER)
        changes.tell(case.pk)
    audit.record("information-answered", by=by, case_id=case.pk, target=information_request)
    _go_on(case, by, parts)
    if case.coordinator_id != by.pk:
        tell_coordinator(case)
    if case.state == State.IN_REVIEW:
        for person in holders_of(case, Part.SPECIALIST):
            tell(case, person, "case-news", "/expert/cases")
    return information_request


def _go_on(case: Case, by: Person, parts: set[str]) -> None:
    if open_requests(case).exists():
        return
    onward = {State.WAITING_ON_FAMILY: "answered", State.MORE_NEEDED: "more_arrived"}
    action = onward.get(State(case.state))
    if action:
        workflow.advance(case, action, by=by, parts=parts)


@transaction.atomic
def drop_request(*, by: Person, information_request: InformationRequest) -> None:
    """Take back something that was asked for: it is not needed any more.

    Raises:
        NotYours: by somebody who neither owns the case nor reviews it.
        Conflict: it has been answered, or taken back already.
    """
    case = Case.objects.select_for_update().get(pk=information_request.case_id)
    parts = require(case, by, Part.COORDINATOR, Part.SPECIALIST)
    done = InformationRequest.objects.filter(
        pk=information_request.pk, answered_at__isnull=True, dropped_at__isnull=True
    ).update(dropped_at=clock.now())
    if not done:
        raise Conflict(_("This has been answered already."), code="answered")
    if information_request.held:
        wishes(case)
    if information_request.item_id:
        ChecklistItem.objects.filter(pk=information_request.item_id, state=ItemState.ASKED).update(
            state=ItemState.OPEN
        )
    audit.record("information-dropped", by=by, case_id=case.pk, target=information_request)
    _go_on(case, by, parts)


@transaction.atomic
def settle_item(*, by: Person, item: ChecklistItem, state: str, note: str = "") -> ChecklistItem:
    """Say that a thing on the checklist is here, missing, or not needed (and why).

    A reason is kept only of what is not needed.

    Raises:
        NotYours: by somebody who does not own the case.
        Refused: not needed, without a reason.
    """
    require(item.case, by, Part.COORDINATOR)
    if item.case.state in ENDED:
        raise Conflict(_("This case has ended."), code="ended")
    if state == ItemState.WAIVED and not note.strip():
        raise Refused(_("Say why it is not needed."), code="note-missing", field="note")
    before, item.state = item.state, ItemState(state)
    item.note = note.strip() if state == ItemState.WAIVED else ""
    settled = {"state": item.state, "note": item.note}
    row = ChecklistItem.objects.filter(pk=item.pk)
    # Where it was no answer that nobody has looked at, and none came meanwhile, no need changes.
    if ItemState.ANSWERED in {before, state} or not row.filter(state=before).update(**settled):
        row.update(**settled)
        needs.answers(item.case)
    changes.tell(item.case_id)
    audit.record(
        "checklist-settled", by=by, case_id=item.case_id, target=item,
        detail={"key": item.key, "state": state},
    )  # fmt: skip
    return item


@transaction.atomic
def complete(*, by: Person, case: Case) -> Case:
    """Mark the records complete: the case is ready for an expert, and the report's clock starts.

    Raises:
        Refused: something required on the checklist is neither here nor waived.
    """
    return workflow.advance(case, "complete", by=by)


@transaction.atomic
def reopen(*, by: Person, case: Case) -> Case:
    """Go back to collecting records: something came up."""
    parts = roles_of(case, by)
    if "coordinator" not in parts:
        raise NotYours
    return workflow.advance(case, "reopen", by=by, parts=parts)
