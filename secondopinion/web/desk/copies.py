"""Copies without names of the images of a case: asked for, read, downloaded, ended; and all of them
as the privacy officer sees them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Role
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.imaging import copies, copy_making, queries
from secondopinion.imaging.models import DeidentifiedCopy
from secondopinion.web.access import PersonRequest, of_case, staff
from secondopinion.web.files import download

ACTIONS: dict[str, str | Promise] = {
    "X": gettext_lazy("Removed"),
    "Z": gettext_lazy("Emptied"),
    "D": gettext_lazy("Replaced by a dummy"),
    "U": gettext_lazy("Given a new number"),
    "shifted": gettext_lazy("Moved in time"),
    "cleaned": gettext_lazy("Emptied: a name was in it"),
}
NOTICES: dict[str, str | Promise] = {
    "face": gettext_lazy("A face can be made out of these slices."),
    "capture": gettext_lazy("These are screenshots or scanned pages. Look at each one."),
    "philips-scaling": gettext_lazy(
        "This Philips scanner keeps the scale of its values in private attributes. Without them "
        "the numbers are not the scanner’s."
    ),
    "text-declared": gettext_lazy(
        "The headers say that text is in the pixels. None was found. Look at each one."
    ),
}
REASONS: dict[str, str | Promise] = {
    "no-picture": gettext_lazy("no picture: reports, notes, raw data"),
    "capture": gettext_lazy("screenshots and scanned pages"),
    "pixels": gettext_lazy("a kind of picture that is not copied"),
    "undecodable": gettext_lazy("cannot be decoded, so nobody can say what is in it"),
    "truncated": gettext_lazy("a part of the file is missing"),
    "too-large": gettext_lazy("too large"),
}


def _told(row: DeidentifiedCopy) -> dict[str, Any]:
    """Return what a template shows of a copy and its report."""
    series = [
        each
        | {
            "certainty": round(each["text"]["certainty"] * 100),
            "notices": [NOTICES[name] for name in each["notices"]],
            "tags": [tag | {"action": ACTIONS[tag["action"]]} for tag in each["tags"]],
        }
        for each in row.report.get("series", [])
    ]
    left_out = [
        (REASONS.get(name, _("damaged")), count)
        for name, count in row.report.get("left_out", {}).items()
    ]
    return {"row": row, "series": series, "left_out": left_out}


def shown(request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page of copies shows beside the head of the case."""
    rows = queries.series_with_frames(case)
    return {
        "choices": [(row, copies.could_show_face(row), copies.is_capture(row)) for row in rows],
        "any_face": any(copies.could_show_face(row) for row in rows),
        "copies": [_told(row) for row in copies.copies_of(case)[:20]],
        "days": copies.LASTS.days,
    }


@of_case(Part.COORDINATOR)
@require_POST
def ask(request: PersonRequest, case: Case) -> HttpResponse:
    """Have a copy made of the series that were chosen."""
    given = request.POST
    copies.ask(
        by=request.user, case=case, series=given.getlist("series"), reason=given.get("reason", ""),
        shift=given.get("dates") == "shift", characteristics="characteristics" in given,
        scaling="scaling" in given, face_accepted="face" in given,
    )  # fmt: skip
    messages.success(request, _("The copy is being made. Come back in a few minutes."))
    return redirect("desk-copies", case.reference)


@of_case(Part.COORDINATOR)
def fetch(request: PersonRequest, case: Case, copy: UUID) -> HttpResponseBase:
    """Give a copy as a zip."""
    row = copies.copy_for(case, copy)
    blob = copies.open_copy(by=request.user, copy=row)
    return download(request, blob, f"copy-{row.created_at:%Y%m%d}.zip", "application/zip")


@of_case(Part.COORDINATOR)
@require_POST
def end(request: PersonRequest, case: Case, copy: UUID) -> HttpResponse:
    """Remove a copy before its time."""
    copy_making.end(by=request.user, copy=copies.copy_for(case, copy))
    messages.success(request, _("The copy is removed."))
    return redirect("desk-copies", case.reference)


@staff(Role.PRIVACY)
def every(request: PersonRequest) -> HttpResponse:
    """Show every copy, why it was made and until when it is there; end one."""
    if request.method == "POST":
        row = get_object_or_404(copies.every_copy(), pk=request.POST.get("copy") or None)
        copy_making.end(by=request.user, copy=row)
        messages.success(request, _("The copy is removed."))
        return redirect("copies")
    audit.record("copies-listed", by=request.user)
    page = Paginator(copies.every_copy(), 50).get_page(request.GET.get("page"))
    return render(request, "privacy/copies.html", {"page": page})
