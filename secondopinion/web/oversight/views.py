"""The director's figures, the privacy officer's audit, the administrator's jobs."""

import csv
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django_countries import countries
from django_tasks_db.models import DBTaskResult

from secondopinion.accounts.models import Person, Role
from secondopinion.audit import actions as audit
from secondopinion.audit import queries as entries
from secondopinion.cases.models import Case
from secondopinion.cases.states import State
from secondopinion.core import clock, jobs
from secondopinion.messaging.queries import latest as latest_mail
from secondopinion.outcomes.queries import Turnaround, figures
from secondopinion.pacs.queries import troubled_forwards
from secondopinion.program.models import Target
from secondopinion.web.access import PersonRequest, staff
from secondopinion.web.oversight.words import words_of

PERIODS = (30, 90, 365)
WIDE = 640  # units of the chart's drawing
TALL = 46  # units of each of its rows
MOST_TICKS = 10
LITTLE = 0.1  # business days, below which a number says nothing


def _longest(rows: list[Turnaround]) -> float:
    return max((max([*row.days, row.target_days]) for row in rows), default=1) or 1


def _ticks(longest: float) -> list[dict[str, float]]:
    """Return the whole business days that are named below the chart."""
    apart = next(
        each * 10**power for power in range(9) for each in (1, 2, 5)
        if longest / (each * 10**power) <= MOST_TICKS
    )  # fmt: skip
    days = range(0, int(longest) + 1, apart)
    return [{"days": day, "x": round(day / longest * WIDE, 1)} for day in days]


def _written(days: float | None) -> str:
    if days is None:
        return "–"
    return _("under 0.1") if days < LITTLE else floatformat(days, 1)


def _bars(rows: list[Turnaround]) -> list[dict[str, object]]:
    longest = _longest(rows)
    labels = dict(Target.Step.choices)
    return [
        {
            "label": labels.get(row.step, row.step),
            "row": row,
            "y": 18 + place * TALL,
            "median": round((row.median or 0) / longest * WIDE, 1),
            "median_days": _written(row.median),
            "ninetieth_days": _written(row.ninetieth),
            "target": round(row.target_days / longest * WIDE, 1),
            "dots": [round(each / longest * WIDE, 1) for each in row.days],
        }
        for place, row in enumerate(rows)
    ]


@staff(Role.DIRECTOR)
def director(request: PersonRequest) -> HttpResponse:
    """Show how long things take, what waits, and what came of it."""
    days = request.GET.get("days", "90")
    period = int(days) if days.isdecimal() and int(days) in PERIODS else 90
    now = clock.now()
    found = figures(now - timedelta(days=period), now + timedelta(minutes=1))
    if request.GET.get("format") == "csv":
        return _as_csv(found.turnaround)
    labels = dict(State.choices)
    bars = _bars(found.turnaround)
    reports = next((row for row in found.turnaround if row.step == Target.Step.REPORT), None)
    context = {
        "figures": found,
        "backlog": [(labels[state], count) for state, count in found.backlog.items()],
        "bars": bars,
        "reports": reports,
        "quick": reports is not None and (reports.median or 0) < LITTLE,
        "countries": [(countries.name(code) or code, count) for code, count in found.countries],
        "wide": WIDE,
        "ticks": _ticks(_longest(found.turnaround)),
        "axis": TALL * len(bars) + 6,
        "periods": PERIODS,
        "period": period,
    }
    return render(request, "director/figures.html", context)


def _as_csv(rows: list[Turnaround]) -> HttpResponse:
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="turnaround.csv"'},
    )
    table = csv.writer(response)
    table.writerow(["step", "cases", "target_days", "median_days", "ninetieth_days", "in_time"])
    for row in rows:
        table.writerow(
            [row.step, len(row.days), row.target_days, row.median, row.ninetieth, row.in_time]
        )
    return response


@staff(Role.PRIVACY)
def privacy(request: PersonRequest) -> HttpResponse:
    """Show who did and saw what, of one case or of all, and whether the chain holds."""
    reference = request.GET.get("case", "").strip()
    rows = entries.latest()
    if reference:
        case = Case.objects.filter(reference__iexact=reference).first()
        rows = entries.entries_for(case.pk) if case else rows.none()
    if request.method == "POST":
        audit.seal()
        verdict = audit.verify()
        if verdict.holds:
            messages.success(
                request, _("The chain holds: %(count)s entries.") % {"count": verdict.links}
            )
        else:
            messages.error(
                request, _("The chain breaks at entry %(number)s.") % {"number": verdict.broken_at}
            )
        return redirect("privacy")
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    people = {
        str(each.pk): str(each)
        for each in Person.objects.filter(pk__in={row.actor_id for row in page if row.actor_id})
    }
    cases = dict(
        Case.objects.filter(pk__in={row.case_id for row in page if row.case_id}).values_list(
            "pk", "reference"
        )
    )
    audit.record("audit-opened", by=request.user, target=reference[:16])
    context = {
        "page": page,
        "rows": [
            (
                row,
                words_of(row.verb),
                people.get(str(row.actor_id), row.actor_label),
                cases.get(row.case_id, "") if row.case_id else "",
            )
            for row in page
        ],
        "reference": reference,
    }  # fmt: skip
    return render(request, "privacy/audit.html", context)


@staff(Role.ADMINISTRATOR)
def job_list(request: PersonRequest) -> HttpResponse:
    """Show what failed for good, with a button to run it again, and mail that did not go out."""
    if request.method == "POST":
        job = get_object_or_404(DBTaskResult, pk=request.POST.get("job") or None)
        jobs.retry(job)
        audit.record("job-retried", by=request.user, target=str(job.pk))
        messages.success(request, _("It runs again."))
        return redirect("jobs")
    context = {
        "failed": jobs.failed(),
        "mail": latest_mail().filter(state="failed")[:50],
        "forwards": troubled_forwards()[:50],
    }
    return render(request, "privacy/jobs.html", context)
