"""The workflow: one table, and the only function that moves a case along it.

Buttons, the state diagram in the docs and the test of every role in every state come from here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import changes, clocks, meanwhile, needs, rules
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import CLOCKS, ENDED, UNDER_WAY, State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.core.prepared import prepared

SYSTEM = "system"  # a job, not a person

Rule = Callable[[Case], None]


@dataclass(frozen=True, slots=True)
class Transition:
    """A row: this action takes a case from one of these states to that one."""

    action: str
    sources: frozenset[State]
    target: State
    who: frozenset[str]
    label: str | Promise
    must_hold: Rule = rules.nothing


def _row(
    action: str, sources: set[State], target: State, who: set[str], label: str | Promise,
    must_hold: Rule = rules.nothing,
) -> Transition:  # fmt: skip
    return Transition(action, frozenset(sources), target, frozenset(who), label, must_hold)


S = State
_ROWS = (
    _row("submit", {S.DRAFT}, S.SUBMITTED, {"family", "entry"}, _("Send the request"),
         rules.complete_request),
    _row("accept", {S.SUBMITTED}, S.COLLECTING, {"desk"},
         _("Begin with this case"), rules.offered_here),
    _row("ask", {S.COLLECTING, S.WAITING_ON_FAMILY}, S.WAITING_ON_FAMILY, {"coordinator"},
         _("Ask for something missing")),
    _row("answered", {S.WAITING_ON_FAMILY}, S.COLLECTING,
         {"family", "local_provider", "coordinator"}, _("Everything asked for has been answered"),
         rules.nothing_asked),
    _row("complete", {S.COLLECTING}, S.READY, {"coordinator"}, _("Mark the records complete"),
         rules.checklist_settled),
    _row("reopen", {S.READY}, S.COLLECTING, {"coordinator"}, _("Collect more records")),
    _row("offer", {S.READY}, S.OFFERED, {"coordinator", SYSTEM}, _("Offer to a specialist")),
    _row("decline_offer", {S.OFFERED}, S.READY, {"offered", SYSTEM}, _("Decline the offer")),
    _row("withdraw_offer", {S.OFFERED}, S.READY, {"coordinator"}, _("Take the offer back")),
    _row("accept_offer", {S.OFFERED}, S.IN_REVIEW, {"offered"}, _("Accept the case")),
    _row("ask_more", {S.IN_REVIEW, S.MORE_NEEDED}, S.MORE_NEEDED, {"specialist"},
         _("Ask for more")),
    _row("more_arrived", {S.MORE_NEEDED}, S.IN_REVIEW,
         {"family", "local_provider", "coordinator", "specialist"}, _("Go on with the review"),
         rules.nothing_asked),
    _row("hand_back", {S.IN_REVIEW, S.MORE_NEEDED}, S.READY,
         {"specialist", "coordinator", SYSTEM}, _("Give the case back")),
    _row("sign", {S.IN_REVIEW}, S.REPORTED, {"specialist"}, _("Sign the report")),
    _row("deliver", {S.REPORTED}, S.FOLLOW_UP, {"coordinator", "specialist", SYSTEM},
         _("Deliver the report")),
    _row("close", {S.FOLLOW_UP}, S.CLOSED, {"coordinator", SYSTEM}, _("Close the case")),
    _row("ask_late", {S.CLOSED}, S.FOLLOW_UP, {"family", "local_provider"},
         _("Ask after it was closed")),
    _row("decline", {S.SUBMITTED, S.COLLECTING, S.WAITING_ON_FAMILY, S.READY}, S.DECLINED,
         {"coordinator"}, _("Decline the case")),
    _row("withdraw", {S.DRAFT, *UNDER_WAY}, S.WITHDRAWN, {"family", "entry"},
         _("Withdraw the request")),
    _row("join", {S.SUBMITTED, S.COLLECTING, S.WAITING_ON_FAMILY}, S.JOINED, {"desk"},
         _("Join with another request")),
    _row("separate_new", {S.JOINED}, S.SUBMITTED, {"desk"}, _("Take it apart again, not begun")),
    _row("separate", {S.JOINED}, S.COLLECTING, {"desk"}, _("Take it apart again")),
    _row("separate_waiting", {S.JOINED}, S.WAITING_ON_FAMILY, {"desk"},
         _("Take it apart again, and wait")),
    _row("expire", {S.DRAFT}, S.EXPIRED, {SYSTEM}, _("Let the draft expire")),
)  # fmt: skip

TRANSITIONS: dict[str, Transition] = {row.action: row for row in _ROWS}


def who_is(case: Case, by: Person | None, also: frozenset[str] = frozenset()) -> set[str]:
    """Return the parts that `by` has here; None is a job of the system."""
    return {SYSTEM} if by is None else roles_of(case, by) | also


@prepared
def _locked(case: UUID) -> QuerySet[Case]:
    return Case.objects.select_for_update().filter(pk=case)


@transaction.atomic
def advance(
    case: Case,
    action: str,
    *,
    by: Person | None,
    also: frozenset[str] = frozenset(),
    parts: set[str] | None = None,
    stamps: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
) -> Case:
    """Move the case by compare-and-swap, stop and start its clocks, and write the audit.

    `also` names parts that only the calling room can know (``offered``: an open offer); `parts` are
    those of `by`, where the caller has asked for them in this very transaction. `stamps` are
    further columns of the case that change with the state.

    Raises:
        NotYours: the person has no part that may do it.
        Refused: what must hold does not.
        Conflict: the case is not in a state from which it can be done (any more).
    """
    row = TRANSITIONS[action]
    if not (who_is(case, by, also) if parts is None else parts | also) & row.who:
        if by is not None and Part.COORDINATOR in row.who:
            meanwhile.refuse(case, by)
        raise NotYours
    fresh = _locked(case.pk)[0]
    if fresh.coordinator_id == case.coordinator_id and Case.coordinator.is_cached(case):
        fresh.coordinator = case.coordinator  # who it is stays known, to be written to
    if fresh.state not in row.sources:
        raise Conflict(meanwhile.moved_on(fresh, by), code="state-changed")
    for rule in (row.must_hold, *rules.OBSTACLES.get(action, ())):
        rule(fresh)
    now, before = clock.now(), fresh.state
    fields: dict[str, Any] = {"state": row.target, "state_since": now, **(stamps or {})}
    fields["ended_at"] = now if row.target in ENDED else None
    fields["put_off_until"] = None  # what moves comes back to the desk
    _set(fresh, **fields)
    if CLOCKS.get(before) != CLOCKS.get(row.target):
        fields["due_at"] = fresh.due_at = clocks.follow(fresh)
    fields["act_by"] = fresh.act_by = needs.follow(fresh)
    if not Case.objects.filter(pk=case.pk, state__in=row.sources).update(**fields):
        raise Conflict(meanwhile.moved_on(fresh, by), code="state-changed")
    _become(case, fresh)
    audit.record(
        f"case-{action}", by=by, case_id=case.pk, target=case,
        detail={"from": before, "to": str(row.target), **(detail or {})},
    )  # fmt: skip
    changes.moved(case.pk, action)
    return case


def _set(case: Case, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(case, name, value)


def _become(case: Case, fresh: Case) -> None:
    """Let a case be what was read under the lock, with what the rules have read beside it."""
    vars(case).pop("_prefetched_objects_cache", None)
    vars(case).update(vars(fresh))


def available(case: Case, person: Person, also: frozenset[str] = frozenset()) -> list[Transition]:
    """Return the rows that this person may try now; what must hold is told when they try."""
    who = who_is(case, person, also)
    return [row for row in _ROWS if case.state in row.sources and who & row.who]
