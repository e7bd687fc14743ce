"""Requests that are perhaps about the same child: the list, and two of them side by side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Person, Role
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import State
from secondopinion.cases.workflow import TRANSITIONS
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk import actions, queries
from secondopinion.desk.actions.joining import OPEN_TO_MORE
from secondopinion.desk.duplicates import REASONS
from secondopinion.desk.models import Duplicate, Join
from secondopinion.imaging.models import Series
from secondopinion.records import queries as records
from secondopinion.web.access import PersonRequest, staff

MOST = 50  # pairs of a kind that the list shows
_CAN_END = TRANSITIONS["join"].sources
_WITH_EXPERT = frozenset({State.OFFERED, State.IN_REVIEW, State.MORE_NEEDED})


@staff(Role.COORDINATOR)
def overview(request: PersonRequest) -> HttpResponse:
    """List the pairs that nobody has looked at, those joined lately and those told apart."""
    context = {
        "open": [_told(each) for each in queries.duplicates("open")[:MOST]],
        "different": [_told(each) for each in queries.duplicates("different")[:MOST]],
        "joined": [_told(each) for each in queries.duplicates("joined")[:MOST]],
    }
    return render(request, "desk/duplicates.html", context)


def _told(pair: Duplicate) -> dict[str, Any]:
    return {"pair": pair, "reasons": [REASONS[each] for each in pair.reasons if each in REASONS]}


@staff(Role.COORDINATOR)
def pair(request: PersonRequest, pair: UUID) -> HttpResponse:
    """Show two requests side by side; by POST, join them, take them apart, or say they differ."""
    rows = Duplicate.objects.select_related(
        "earlier__child", "later__child", "earlier__coordinator", "later__coordinator",
        "earlier__specialty", "later__specialty", "earlier__request", "later__request",
        "earlier__local_provider", "later__local_provider", "by",
    )  # fmt: skip
    row = get_object_or_404(rows, pk=pair)
    if request.method == "POST":
        if request.POST.get("do") == "join" and not request.POST.get("agreed"):
            return _confirm(request, row)
        messages.success(request, _do(request, row))
        return redirect("desk-duplicate", row.pk)
    user = request.user
    _keep_reading(request, row)
    both = ((row.earlier, row.later), (row.later, row.earlier))
    sides = [_side(case) | {"obstacle": _obstacle(case, other, user)} for case, other in both]
    context = {
        **_told(row),
        "sides": sides,
        "joinable": row.state == Duplicate.State.OPEN
        and not all(each["obstacle"] for each in sides),
        "ended": row.earlier.ended_at is not None or row.later.ended_at is not None,
        "join": Join.objects.filter(pair=row, undone_at=None).select_related("kept", "by").first(),
    }
    return render(request, "desk/duplicate.html", context)


def _keep_reading(request: PersonRequest, row: Duplicate) -> None:
    for case in (row.earlier, row.later):
        audit.record("duplicate-opened", by=request.user, case_id=case.pk, target=row)


def _side(case: Case) -> dict[str, Any]:
    series = Series.objects.filter(study__case=case, removed_at=None).count()
    return {
        "case": case,
        "family": list(holders_of(case, Part.FAMILY)),
        "questions": list(case.questions.all()),
        "records": records.for_case(case).count(),
        "series": series,
    }


def _obstacle(case: Case, other: Case, by: Person) -> str:
    """Return why a request cannot go on with what the other one holds, or nothing if it can."""
    if case.ended_at is not None:
        return "ended"
    if case.state == State.SUBMITTED:
        return "not-begun"
    if case.state not in OPEN_TO_MORE:
        return "with-expert" if case.state in _WITH_EXPERT else "reported"
    if other.state not in _CAN_END:
        return "other-stays"
    return "" if case.coordinator_id == by.pk else "not-yours"


def _confirm(request: PersonRequest, row: Duplicate) -> HttpResponse:
    """Name those who will see more once two requests are joined, and ask once more."""
    _keep_reading(request, row)
    kept, joined = _chosen(request, row)
    there = holders_of(kept, Part.FAMILY)
    let_in = holders_of(joined, Part.FAMILY).filter(pk__in=_people(request))
    context = {
        "pair": row,
        "kept": kept,
        "joined": joined,
        "there": list(there),
        "let_in": list(let_in.exclude(pk__in=there)),
        "questions": bool(request.POST.get("questions")),
    }
    return render(request, "desk/join.html", context)


def _chosen(request: PersonRequest, row: Duplicate) -> tuple[Case, Case]:
    """Return the request of a pair that was chosen to go on, and the other one."""
    for kept, joined in ((row.earlier, row.later), (row.later, row.earlier)):
        if str(kept.pk) == request.POST.get("kept"):
            return kept, joined
    raise Refused(_("Choose which request goes on."), code="kept", field="kept")


def _people(request: PersonRequest) -> list[UUID]:
    try:
        return [UUID(each) for each in request.POST.getlist("person")]
    except ValueError:
        raise NotYours from None


def _do(request: PersonRequest, row: Duplicate) -> str:
    given, by = request.POST, request.user
    verb = given.get("do", "")
    if verb == "different":
        actions.different(by=by, pair=row)
        return _("Noted: these are two children.")
    if verb == "one":
        actions.perhaps_one(by=by, pair=row)
        return _("The pair can be joined again: choose which request goes on.")
    if verb == "undo":
        join = get_object_or_404(Join.objects.filter(pair=row, undone_at=None))
        actions.undo_join(by=by, row=join)
        return _("They are two requests again, each as it was.")
    if verb != "join":
        raise NotYours
    kept, _joined = _chosen(request, row)
    actions.join(
        by=by, pair=row, kept=kept, people=_people(request),
        questions=bool(given.get("questions")),
    )  # fmt: skip
    return _("They are joined. What was sent comes along in a minute.")
