"""Laboratory values of a case: a table of all days, a plot of each, and the form to type one in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import Refused
from secondopinion.records import queries as records
from secondopinion.records.laboratory import Analyte, analytes, shortened
from secondopinion.records.models import LabValue
from secondopinion.records.valuing import WRITERS, add_value, remove_value, values_of
from secondopinion.web.access import PersonRequest, of_case

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 540, 170, 44, 12, 10, 26
_READERS = (*WRITERS, Part.SECOND_READER)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the table shows it: in its own unit, in the others, and against its range."""

    row: LabValue
    text: str
    others: list[tuple[str, str]]
    range: str
    standing: str  # "low", "high" or ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Values over time in one unit; the band is the range of the latest one."""

    points: list[tuple[str, str, str]]
    line: str
    band: tuple[str, str] | None  # its top and its height
    ticks: list[tuple[str, str]]
    days: list[tuple[str, date, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    inner: int = WIDTH - RIGHT - LEFT


@dataclass(frozen=True, slots=True)
class Series:
    """All values of one kind."""

    analyte: Analyte
    values: list[Value] = field(default_factory=list)
    plot: Plot | None = None


def series_of(case: Case) -> list[Series]:
    """Return the values of a case by what they are, by name."""
    found = []
    for key, rows in groupby(values_of(case), key=lambda row: row.analyte):
        kind, group = analytes()[key], list(rows)
        found.append(Series(kind, [_value(kind, row) for row in group], _plot(kind, group)))
    return sorted(found, key=lambda each: each.analyte.name)


def _value(kind: Analyte, row: LabValue) -> Value:
    ends = [shortened(end) if end is not None else "" for end in (row.low, row.high)]
    standing = ""
    if row.low is not None and row.value < row.low:
        standing = "low"
    elif row.high is not None and row.value > row.high:
        standing = "high"
    span = "–".join(ends) if all(ends) else (f"≥ {ends[0]}" if ends[0] else f"≤ {ends[1]}")
    return Value(
        row, f"{row.value.normalize():f}", kind.others(row.value, row.unit),
        span if any(ends) else "", standing,
    )  # fmt: skip


def _plot(kind: Analyte, rows: Sequence[LabValue]) -> Plot | None:
    """Draw values of at least two days."""
    first, last = rows[0].taken_on, rows[-1].taken_on
    if first == last:
        return None
    values = [kind.in_base(row.value, row.unit) for row in rows]
    ends = [
        kind.in_base(end, rows[-1].unit) if end is not None else None
        for end in (rows[-1].low, rows[-1].high)
    ]
    all_of_them = [*values, *(end for end in ends if end is not None)]
    low, high = min(all_of_them), max(all_of_them)
    room = (high - low) / 10 or Decimal(1)
    low, high = max(Decimal(0), low - room), high + room

    def x(day: date) -> str:
        return f"{LEFT + (day - first).days / (last - first).days * (WIDTH - LEFT - RIGHT):.1f}"

    def y(value: Decimal) -> float:
        return HEIGHT - BOTTOM - float((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM)

    points = [
        (x(row.taken_on), f"{y(value):.1f}", f"{shortened(value)} {kind.base}")
        for row, value in zip(rows, values, strict=True)
    ]
    band = None
    if any(end is not None for end in ends):
        bottom, top = ends[0] if ends[0] is not None else low, ends[1] or high
        band = (f"{y(top):.1f}", f"{y(bottom) - y(top):.1f}")
    return Plot(
        points=points,
        line="M" + "L".join(f"{across} {down}" for across, down, _label in points),
        band=band,
        ticks=[(f"{y(each):.1f}", shortened(each)) for each in (low, (low + high) / 2, high)],
        days=[(x(first), first, "start"), (x(last), last, "end")],
    )


def _back(request: PersonRequest, case: Case) -> str:
    if Part.SPECIALIST in request.parts:
        return reverse("review", args=[case.reference])
    if Part.SECOND_READER in request.parts:
        return reverse("second-reading", args=[case.reference])
    return reverse("desk-case-records", args=[case.reference])


@of_case(*_READERS)
def laboratory(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the values, and keep one that is typed in."""
    given: dict[str, Any] = {}
    problem = None
    if request.method == "POST":
        given = request.POST.dict()
        analyte, _blank, unit = request.POST.get("what", "").partition(" ")
        try:
            add_value(
                by=request.user, case=case, analyte=analyte, unit=unit,
                value=request.POST.get("value", ""), low=request.POST.get("low", ""),
                high=request.POST.get("high", ""), page=_uuid(request.POST.get("page", "")),
                taken_on=_day(request.POST.get("taken_on", "")),
            )  # fmt: skip
        except Refused as refused:
            problem = refused
        else:
            messages.success(request, _("The value is kept."))
            return redirect("laboratory", case.reference)
    audit.record("lab-values-opened", by=request.user, case_id=case.pk, target=case)
    context = {
        "case": case,
        "back": _back(request, case),
        "series": series_of(case),
        "may_write": bool(request.parts & set(WRITERS)),
        "kinds": sorted(analytes().values(), key=lambda each: each.name),
        "records": list(records.with_pages(records.for_case(case))),
        "given": given,
        "problem": problem,
    }
    return render(request, "expert/laboratory.html", context)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


@of_case(*WRITERS)
@require_POST
def remove(request: PersonRequest, case: Case, value: UUID) -> HttpResponse:
    """Take a value out."""
    remove_value(by=request.user, case=case, value=value)
    messages.success(request, _("The value is taken out."))
    return redirect("laboratory", case.reference)
