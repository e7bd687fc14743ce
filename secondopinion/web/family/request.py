"""The family's request: its pages, autosave, files, checking, sending."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from secondopinion.arrivals import actions as arrivals
from secondopinion.arrivals import queries as arrived
from secondopinion.arrivals.words import say
from secondopinion.cases import actions, rules
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.core.errors import Refused
from secondopinion.findings.models import Finding
from secondopinion.imaging import queries as imaging
from secondopinion.program import queries as program
from secondopinion.program.models import DeliveryRule
from secondopinion.records import actions as records_actions
from secondopinion.records import queries as records
from secondopinion.web.access import PersonRequest, of_case, signed_in
from secondopinion.web.family import forms, pages

_LONGEST = 20_000  # characters of one field that autosave keeps


@signed_in
def start(request: PersonRequest) -> HttpResponse:
    """Ask where and about what; the draft begins with the answer."""
    form = forms.StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = actions.start_draft(by=request.user, language=get_language() or "en")
        actions.save_start(by=request.user, case=case, **form.cleaned_data)
        return _onward(case, "start")
    return render(
        request, "family/question.html", {"form": form, "page": pages.PAGES[0], "new": True}
    )


@of_case(Part.FAMILY)
def may(request: PersonRequest, case: Case) -> HttpResponse:
    """Say whether and how the program can help there, before anything is sent."""
    if case.state != State.DRAFT or not case.specialty_id:
        return redirect("my-case", case.reference)
    rule = _rule(case)
    return render(request, "family/may.html", {"case": case, "rule": rule, "offered": rule.offered})


def _rule(case: Case) -> DeliveryRule:
    return program.delivery_rule(str(case.country), case.specialty)


@of_case(Part.FAMILY)
def page(request: PersonRequest, case: Case, key: str) -> HttpResponse:
    """Show or save one page of the request."""
    if case.state != State.DRAFT:
        return redirect("my-case", case.reference)
    found = pages.BY_KEY.get(key)
    if found is None:
        return redirect("my-request", case.reference)
    if found.form is None:
        context = {
            "case": case,
            "page": found,
            "before": pages.before(key),
            "next": pages.after(key),
        }
        return render(request, found.template, context | files_context(request, case))
    if request.method == "POST":
        more: dict[str, Any] = {"boxes": 10} if key == "questions" else {}
        form = found.form(request.POST, **more)
        if form.is_valid():
            try:
                found.save(case, request.user, form.cleaned_data)
                return _onward(case, key)
            except Refused as refused:
                place = refused.field if refused.field in form.fields else None
                form.add_error(place, str(refused.message))
    else:
        form = pages.bound(found, case, request.user)
    context = {
        "case": case, "page": found, "form": form, "before": pages.before(key),
        "number": list(pages.BY_KEY).index(key) + 1, "count": len(pages.PAGES),
        "disclaimer": program.disclaimer() if key == "consent" else None,
        "rule": _rule(case) if key == "emergency" else None,
    }  # fmt: skip
    return render(request, found.template, context)


def _onward(case: Case, key: str) -> HttpResponse:
    if key == "emergency" and case.request.emergency:
        return redirect("my-emergency", case.reference)
    if key == "start" and not _rule(case).offered:
        return redirect("my-may", case.reference)
    following = pages.after(key)
    if following == "check":
        return redirect("my-check", case.reference)
    return redirect("my-page", case.reference, following)


@of_case(Part.FAMILY)
def emergency(request: PersonRequest, case: Case) -> HttpResponse:
    """Stop: call the local emergency number; what was typed is kept."""
    return render(request, "family/emergency.html", {"case": case})


@of_case(Part.FAMILY)
@require_POST
def autosave(request: PersonRequest, case: Case, key: str) -> JsonResponse:
    """Keep what is being typed, field by field."""
    allowed = pages.names(key)
    values = {
        name: [value.replace("\x00", "")[:_LONGEST] for value in request.POST.getlist(name)]
        for name in request.POST
        if name in allowed
    }
    base = request.POST.get("base_revision", "")
    saved = actions.autosave(
        by=request.user, case=case, page=key, values=values,
        base_revision=int(base) if base.isdecimal() else None,
    )  # fmt: skip
    return JsonResponse({"saved_at": saved.touched_at.isoformat(), "revision": saved.revision})


@of_case(Part.FAMILY)
def task_list(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the pages of the request and which of them are finished."""
    if case.state != State.DRAFT:
        return redirect("my-case", case.reference)
    missing = rules.missing_pages(case)
    rows = [
        (
            each,
            each.key not in missing and each.key in case.request.saved_pages,
            missing.get(each.key),
        )
        for each in pages.PAGES
    ]
    return render(request, "family/tasks.html", {"case": case, "rows": rows})


def files_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what the lists of records and images show."""
    return {
        "records": records.for_case(case).prefetch_related("pages"),
        "series": imaging.series_for_case(case),
        "problems": [(each.name, say(each.code)) for each in arrived.problems(case)[:50]],
        "waiting": arrived.waiting(case),
        "findings": Finding.objects.filter(case=case, state="open").exclude(severity="info")[:50],
        "draft": case.state == State.DRAFT,
    }


SENDERS = (Part.FAMILY, Part.LOCAL_PROVIDER)


@of_case(*SENDERS)
@require_GET
def files_list(request: PersonRequest, case: Case) -> HttpResponse:
    """Return the lists of records and images alone, for the uploader."""
    return render(request, "family/files_list.html", {"case": case, **files_context(request, case)})


@of_case(*SENDERS)
@require_GET
def files_status(request: PersonRequest, case: Case) -> JsonResponse:
    """Return how much of what came has not been looked at yet."""
    counts = arrived.counts(case)
    reading = records.for_case(case).filter(state="reading").count()
    items = [
        {"name": name, "state": "refused", "message": str(message)}
        for name, message in ((each.name, say(each.code)) for each in arrived.problems(case)[:20])
    ]
    return JsonResponse(
        {"waiting": arrived.waiting(case) + reading, "items": items, "counts": counts}
    )


@of_case(*SENDERS)
@require_POST
def files_add(request: PersonRequest, case: Case) -> HttpResponse:
    """Take files from a form, without JavaScript."""
    for file in request.FILES.getlist("files"):
        arrivals.receive_file(by=request.user, case=case, name=file.name or "file", source=file)
    back = request.POST.get("back", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = reverse("my-page", args=[case.reference, "files"])
    return redirect(back)


@of_case(Part.FAMILY)
@require_POST
def record_change(request: PersonRequest, case: Case, record: UUID) -> HttpResponse:
    """Say what a record is, or take it out of the draft."""
    row = records.record_for(request.user, case.reference, record)
    if "remove" in request.POST:
        records_actions.remove(by=request.user, record=row)
    else:
        records_actions.describe(by=request.user, record=row, kind=request.POST.get("kind"))
    return redirect("my-page", case.reference, "files")


@of_case(Part.FAMILY)
def check(request: PersonRequest, case: Case) -> HttpResponse:
    """Show every answer once more, then send."""
    if case.state != State.DRAFT:
        return redirect("my-sent", case.reference)
    if request.method == "POST":
        actions.submit(by=request.user, case=case)
        return redirect("my-sent", case.reference)
    sections = []
    for each in pages.PAGES:
        if each.form is None:
            continue
        form = pages.bound(each, case, request.user)
        rows = [(field.label, _shown(field)) for field in form]
        sections.append((each, [row for row in rows if row[1] not in {"", None}]))
    context = {
        "case": case, "sections": sections, "missing": rules.missing_pages(case),
        **files_context(request, case),
    }  # fmt: skip
    return render(request, "family/check.html", context)


def _shown(field: Any) -> Any:
    value = field.form.initial.get(field.name)
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, list):
        return " ".join(value)
    choices = getattr(field.field, "choices", None)
    if choices and value not in {None, ""}:
        return next((label for key, label in choices if str(key) == str(value)), value)
    return value


@of_case(Part.FAMILY)
def sent(request: PersonRequest, case: Case) -> HttpResponse:
    """Confirm that the request is with the hospital, and say what happens next."""
    if case.state == State.DRAFT:
        return redirect("my-check", case.reference)
    return render(request, "family/sent.html", {"case": case})
