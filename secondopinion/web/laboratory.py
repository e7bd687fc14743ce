"""Laboratory values of a case: what was read on its pages and waits to be judged, a table of all
days, a plot of each, and the form to type one in."""

import re
from datetime import date
from decimal import Decimal
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
from secondopinion.records import valuing
from secondopinion.records.lab_reading import Seen
from secondopinion.records.laboratory import analytes
from secondopinion.records.models import LabValue, Record
from secondopinion.records.valuing import WRITERS
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.lab_values import series_of, span

_READERS = (*WRITERS, Part.SECOND_READER)


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
            valuing.add_value(
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
    values = list(valuing.values_of(case))
    rows = list(records.with_pages(records.readable(case)))
    may_write = bool(request.parts & set(WRITERS))
    context = {
        "case": case,
        "back": _back(request, case),
        "series": series_of(values),
        "may_write": may_write,
        "offered": _offered(case, rows, values) if may_write else [],
        "kinds": sorted(analytes().values(), key=lambda each: each.name),
        "records": rows,
        "given": given,
        "problem": problem,
    }
    return render(request, "expert/laboratory.html", context)


def _offered(case: Case, rows: list[Record], values: list[LabValue]) -> list[dict[str, Any]]:
    """Return what was read on the pages as the table shows it."""
    found = valuing.weighed(valuing.offered(case, rows, values))
    return [
        {
            "page": each.page, "record": each.record, "line": each.seen.line,
            "start": each.seen.start, "day": each.day, "name": analytes()[each.seen.analyte].name,
            "text": f"{each.seen.value.normalize():f} {each.seen.unit}",
            "ways": _ways(each.seen),
            "others": analytes()[each.seen.analyte].others(each.seen.value, each.seen.unit),
            "range": span(each.seen.low, each.seen.high),
            "sure": round(100 * each.certainty),
        }
        for each in found
    ]  # fmt: skip


def _ways(seen: Seen) -> list[tuple[str, str]]:
    """Return what a number can mean that can be read in two ways: as it is sent, and with its unit;
    nothing for others."""
    found = [] if seen.other is None else [seen.value, seen.other]
    return [(f"{each:f}", f"{each:f} {seen.unit}") for each in found]


@of_case(*WRITERS)
@require_POST
def judge(request: PersonRequest, case: Case) -> HttpResponse:
    """Keep what was read at a place of a page, or pass it over."""
    page, start = _uuid(request.POST.get("page", "")), request.POST.get("start", "")
    place = int(start) if start.isascii() and start.isdigit() else -1
    if "pass" in request.POST:
        valuing.pass_over(by=request.user, case=case, page=page, start=place)
    else:
        day = _day(request.POST.get("taken_on", ""))
        try:
            valuing.accept_read(
                by=request.user, case=case, page=page, start=place, taken_on=day,
                meant=_meant(request.POST.get("meant", "")),
            )  # fmt: skip
        except Refused as refused:
            messages.error(request, str(refused.message))
    return redirect(f"{reverse('laboratory', args=[case.reference])}#read")


def _meant(text: str) -> Decimal | None:
    """Return the reading that was chosen, as `_ways` wrote it."""
    return Decimal(text) if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", text) else None


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
    valuing.remove_value(by=request.user, case=case, value=value)
    messages.success(request, _("The value is taken out."))
    return redirect("laboratory", case.reference)
