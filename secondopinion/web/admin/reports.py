"""The page of a template of reports: what it says now, and its next version."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from secondopinion.core.errors import Conflict, Refused
from secondopinion.program import actions
from secondopinion.program.models import Program, ReportTemplate
from secondopinion.program.queries import DEFAULT_REPORT
from secondopinion.program.reports import as_next_version
from secondopinion.program.sections import SECTIONS
from secondopinion.web.access import PersonRequest, staff
from secondopinion.web.admin.forms import refuse
from secondopinion.web.admin.parts import PARTS
from secondopinion.web.admin.report_forms import NEW, ReportForm

_KEY = "reports"


@staff(*actions.MAY_CHANGE)
def template(request: PersonRequest, number: int | None = None) -> HttpResponse:
    """Show a template with its sections and keep what was filled in as its next version, take it
    out of use, or begin another one with the sections of every field."""
    value = SECTIONS[_KEY].read()
    if number is not None and number >= len(value):
        raise Http404
    before = None if number is None else value[number]
    place = len(value) if number is None else number
    others = [each for at, each in enumerate(value) if at != number]
    shown = before or _empty(value)
    settings = Program.objects.get()
    initial = ReportForm.flat(shown) | {"revision": settings.revision}
    form = ReportForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and ("remove" in request.POST or form.is_valid()):
        try:
            if "remove" in request.POST:
                done = _("It is not used any more. Reports that were begun with it keep it.")
                kept, revision = others, request.POST.get("revision", "")
            else:
                row = as_next_version(form.value(), before)
                done = _("Saved. Reports that are begun from now on have it.")
                kept = [*others[:place], row, *others[place:]]
                revision = form.cleaned_data["revision"]
            actions.change(
                by=request.user, section=_KEY, value=kept,
                revision=int(revision) if str(revision).isdecimal() else -1,
            )  # fmt: skip
        except Conflict as conflict:
            refuse(form, "", str(conflict.message))
            status = 409
        except Refused as refused:
            refuse(form, _place_of(refused.field, form), str(refused.message))
            status = 400
        else:
            messages.success(request, done)
            return redirect("program-section", _KEY)
    elif request.method == "POST":
        status = 400
    context = {
        "part": PARTS[_KEY], "form": form, "row": before, "revision": settings.revision,
        "removable": before is not None and before["key"] != DEFAULT_REPORT,
        "earlier": _earlier(before),
    }  # fmt: skip
    return render(request, "admin/report.html", context, status=status)


def _empty(value: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a new template begins with: the sections of every field, and no name."""
    sections = next(each["sections"] for each in value if each["key"] == DEFAULT_REPORT)
    return {"key": "", "names": {}, "specialties": [], "conditions": [], "sections": sections}


def _place_of(field: str, form: ReportForm) -> str:
    """Return the field of the form that a refusal is about: one of the added section's, too."""
    key = form.cleaned_data.get(f"{NEW}.key") if form.is_bound else ""
    own = f"{key}." if key else ""
    return f"{NEW}.{field.removeprefix(own)}" if own and field.startswith(own) else field


def _earlier(row: dict[str, Any] | None) -> list[ReportTemplate]:
    if row is None:
        return []
    return list(ReportTemplate.objects.filter(key=row["key"], in_force=False).order_by("-version"))
