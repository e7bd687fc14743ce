"""The worklist: what needs the desk, by due time; its views, and steps on several cases."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.crypto import salted_hmac
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_countries import countries

from secondopinion.accounts.models import Role
from secondopinion.accounts.queries import people_with
from secondopinion.cases.models import Case
from secondopinion.cases.queries import of_team
from secondopinion.core import clock
from secondopinion.core.dates import written
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk import actions, queries, worklist
from secondopinion.desk.actions.many import Done
from secondopinion.desk.models import Step
from secondopinion.program import queries as program
from secondopinion.program.models import Urgency
from secondopinion.web.access import PersonRequest, staff
from secondopinion.web.desk.team import colleague
from secondopinion.web.family.countries import every
from secondopinion.web.forms import day_in

Context = dict[str, Any]


@staff(Role.COORDINATOR)
def desk(request: PersonRequest) -> HttpResponse:
    """Show the worklist by due time, with its views and filters."""
    what = worklist.wanted(request.GET.dict())
    context = _listed(request, what) | {
        "saved": queries.views_of(request.user),
        "colleagues": (team := list(people_with(Role.COORDINATOR))),
        "fields": (fields := list(program.specialties())),
        "countries": every(),
        "family_languages": program.program().languages,
        "urgencies": Urgency.choices,
        "due": [(key, label) for key, (label, _days) in worklist.DUE.items()],
        "said": _said(what, team, fields),
        "left": queries.entries_left().count(),
        "last": (last := queries.last_step(request.user)),
        "last_says": _words(last.verb, n) if last and (n := queries.undoable(last)) else "",
        "today": queries.today(),
    }
    return render(request, "desk/worklist.html", context)


@staff(Role.COORDINATOR)
@require_POST
def search(request: PersonRequest) -> HttpResponse:
    """Lead to what is sought and filtered, under an address that does not say what was typed."""
    return redirect(f"{reverse('desk')}?{worklist.sought(request.POST.dict()).address}")


@staff(Role.COORDINATOR)
def changes(request: PersonRequest) -> HttpResponse:
    """Answer with the views and rows alone, for a page that keeps itself fresh; 304 when they are
    as they were."""
    what = worklist.wanted(request.GET.dict())
    answer = render(request, "desk/worklist_live.html", _listed(request, what))
    tag = f'"{salted_hmac("worklist", answer.content, algorithm="sha256").hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        answer = HttpResponse(status=304)
    answer["ETag"] = tag
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _listed(request: PersonRequest, what: worklist.Wanted) -> Context:
    whose = worklist.own(request.user)
    counts = {
        key: str(n) if n <= worklist.MOST else f"{worklist.MOST}+"
        for key, n in worklist.counts(request.user, whose).items()
    }
    views = [(key, view, counts.get(key)) for key, view in worklist.VIEWS.items()]
    found = worklist.listed(request.user, what, whose)
    elsewhere = worklist.found_in(request.user, what.q, whose) if what.q and not found.cases else ()
    return {
        "list": found,
        "elsewhere": [
            (worklist.VIEWS[key].label, worklist.Wanted(view=key, q=what.q).address)
            for key in elsewhere
        ],
        "own_views": [each for each in views if not each[1].team],
        "team_views": [each for each in views if each[1].team],
        "view": worklist.VIEWS[what.view],
        "what": what,
        "count": counts.get(what.view),
        "now": clock.now(),
        "covering": len(whose) > 1,
    }


def _said(what: worklist.Wanted, team: list[Any], fields: list[Any]) -> list[tuple[str, str]]:
    """Return each filter that is set, in words, with the address without it."""
    people = {str(each.pk): each.full_name for each in team}
    named = {str(each.pk): program.in_language(each.names) for each in fields}
    words = {
        "owner": lambda value: people.get(value, "–"),
        "field": lambda value: named.get(value, "–"),
        "country": lambda value: countries.name(value) or value,
        "language": lambda value: value,
        "urgency": lambda value: str(dict(Urgency.choices).get(value, value)),
        "due": lambda value: str(worklist.DUE[value][0]),
    }
    found = []
    for key, value in what.filters.items():
        rest = QueryDict(what.address, mutable=True)
        rest.pop(key, None)
        found.append((words[key](value), f"?{rest.urlencode()}"))
    return found


@staff(Role.COORDINATOR)
@require_POST
def many(request: PersonRequest) -> HttpResponse:
    """Do one step on the chosen cases, and come back to the list."""
    what = worklist.wanted(QueryDict(request.POST.get("back", "")).dict())
    chosen = list(
        of_team(request.user)
        .filter(reference__in=request.POST.getlist("case"))
        .select_related("coordinator")
    )
    verb = request.POST.get("verb")
    if verb == Step.Verb.HAND_OVER:
        to = colleague(request.POST.get("to", ""))
        done = actions.hand_over(
            by=request.user, chosen=chosen, to=to, note=request.POST.get("note", "")
        )
    elif verb == Step.Verb.PUT_OFF:
        until = day_in(request.POST.get("until", ""), "until")
        if until is None:
            raise Refused(_("Choose a day."), code="day-missing", field="until")
        done = actions.put_off(by=request.user, chosen=chosen, until=until)
    else:
        raise NotYours
    _tell_left(request, done)
    early = [(case, due) for case in done.changed if (due := _due_before(case))]
    if early:
        days = "; ".join(
            f"\u2066{case.reference}\u2069: \u2068{written(localtime(due))}\u2069"
            for case, due in early
        )
        messages.warning(
            request,
            _("Due before the day that you chose: %(cases)s. See whether it can wait, or undo it.")
            % {"cases": days},
        )
    return redirect(f"{reverse('desk')}?{what.address}")


@staff(Role.COORDINATOR)
@require_POST
def undo(request: PersonRequest, step: Any) -> HttpResponse:
    """Undo one's last step on several cases."""
    row = get_object_or_404(Step, pk=step, by=request.user)
    done = actions.undo(by=request.user, step=row)
    if n := len(done.changed):
        told = ngettext("It is undone for %(n)s case.", "It is undone for %(n)s cases.", n)
        messages.success(request, told % {"n": n})
    _tell_left(request, done)
    what = worklist.wanted(QueryDict(request.POST.get("back", "")).dict())
    return redirect(f"{reverse('desk')}?{what.address}")


def _words(verb: str, n: int) -> str:
    if verb == Step.Verb.HAND_OVER:
        words = ngettext("%(n)s case is handed over.", "%(n)s cases are handed over.", n)
    else:
        words = ngettext("%(n)s case is put off.", "%(n)s cases are put off.", n)
    return words % {"n": n}


def _due_before(case: Case) -> datetime | None:
    """Return when something is due in a case that was put off beyond it."""
    due = case.act_by if case.act_by < clock.NEVER else case.due_at
    back = case.put_off_until
    return due if due and back and due < back else None


def _tell_left(request: PersonRequest, done: Done) -> None:
    if done.left:
        left = "; ".join(f"{case.reference}: {why}" for case, why in done.left)
        messages.error(request, _("Left as they were: %(cases)s") % {"cases": left})


@staff(Role.COORDINATOR)
@require_POST
def keep_view(request: PersonRequest) -> HttpResponse:
    """Keep the view that is shown under a name."""
    what = worklist.wanted(QueryDict(request.POST.get("back", "")).dict())
    actions.save_view(
        by=request.user, name=request.POST.get("name", ""), address=what.address,
        shared=bool(request.POST.get("shared")),
    )  # fmt: skip
    messages.success(request, _("The view is saved."))
    return redirect(f"{reverse('desk')}?{what.address}")


@staff(Role.COORDINATOR)
@require_POST
def remove_view(request: PersonRequest, view: Any) -> HttpResponse:
    """Remove a saved view."""
    row = get_object_or_404(queries.views_of(request.user), pk=view)
    actions.remove_view(by=request.user, view=row)
    messages.success(request, _("The view is removed."))
    return redirect("desk")
