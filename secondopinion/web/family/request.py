"""The family's request: its pages, autosave, files, checking, sending."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.forms import ChoiceField
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.arrivals import queries as arrived
from secondopinion.cases import actions, rules
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import with_answers
from secondopinion.cases.saving import Saver
from secondopinion.cases.states import ENDED, State
from secondopinion.core.errors import Conflict, Refused
from secondopinion.desk.queries import entered_pages, entry_of
from secondopinion.followup import red_flags
from secondopinion.program import queries as program
from secondopinion.program.emergency import number_for
from secondopinion.program.models import DeliveryRule, Specialty
from secondopinion.records import queries as records
from secondopinion.web import images, tus
from secondopinion.web.access import PersonRequest, of_case, signed_in
from secondopinion.web.family import conflict, forms, pages
from secondopinion.web.family.here import called_for, files_context
from secondopinion.web.family.report_language import language_context
from secondopinion.web.family.translating import machine_context
from secondopinion.web.family.writing import emergency_context
from secondopinion.web.forms import PlainForm, labels_of

_SHOWN = 50  # files or findings of a kind that a page lists


@signed_in
def start(request: PersonRequest) -> HttpResponse:
    """Ask where and about what; the draft begins with the answer."""
    if not request.user.may_sign_in:  # a local provider, by a link: a parent signs in first
        return redirect_to_login(request.path)
    form = forms.StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = actions.start_draft(by=request.user, language=get_language() or "en")
        actions.save_start(by=request.user, case=case, **form.cleaned_data)
        return _onward(case, "start")
    context = {"form": form, "page": pages.PAGES[0], **pages.place("start")}
    return render(request, "family/question.html", context)


@of_case(Part.FAMILY)
def may(request: PersonRequest, case: Case) -> HttpResponse:
    """Say whether and how the program can help there, before anything is sent."""
    if case.state != State.DRAFT or not case.specialty_id:
        return redirect("my-case", case.reference)
    asked = rules.residence_is_asked(case) or "again" in request.GET
    form = forms.ResidenceForm(request.POST or None) if asked else None
    if form is not None and request.method == "POST" and form.is_valid():
        actions.save_residence(by=request.user, case=case, **form.cleaned_data)
        return redirect("my-may", case.reference)
    return render(request, "family/may.html", {"case": case, "rule": _rule(case), "form": form})


def _rule(case: Case) -> DeliveryRule:
    return rules.delivery_rule(case)


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
            "case": case, "page": found, "before": pages.before(key), "next": pages.after(key),
            **pages.place(key), "called_for": called_for(case),
        }  # fmt: skip
        return render(request, found.template, context | files_context(request, case))
    base, kept = str(case.request.changed.get(key, 0)), True
    if request.method == "POST":
        data = conflict.merged(found, case, request.user, request.POST)
        base = data.get("base_revision", "")
        form = pages.made(found, case, data)
        if form.is_valid():
            try:
                _save(found, case, request.user, form, base, pages.saver_of(data))
                _say_danger(request, case, form)
                return _onward(case, key, more="more" in request.POST)
            except Conflict as changed:
                if changed.code != "changed-elsewhere":
                    raise
                return _both_versions(request, found, case, form)
            except Refused as refused:
                place = refused.field if refused.field in form.fields else None
                form.add_error(place, str(refused.message))
        now = pages.keep(found, case, request.user, form, data)
        base, kept = now or base, now is not None
    else:
        form = pages.bound(found, case, request.user)
    context = {
        "case": case, "page": found, "form": form, "before": pages.before(key), "base": base,
        "changed_elsewhere": not kept, **pages.place(key),
        "disclaimer": program.disclaimer() if key == "consent" else None,
        "rule": _rule(case) if key == "emergency" else None, "most": actions.request.MOST_QUESTIONS,
        **(language_context() if key == "consent" else {}),
    }  # fmt: skip
    return render(request, found.template, context)


def _say_danger(request: PersonRequest, case: Case, form: PlainForm) -> None:
    """Say whom to call, on the next page, where what was saved sounds like danger now."""
    texts = (value for value in form.cleaned_data.values() if isinstance(value, str))
    if not red_flags.found("\n".join(texts)):
        return
    number = number_for(str(case.country))
    words = (
        _("Is your child in danger now? Call %(number)s, or go to the nearest hospital: we cannot "
          "help fast enough. What you wrote is saved.") % {"number": f"\u2068{number}\u2069"}
        if number else
        _("Is your child in danger now? Call your local emergency number, or go to the nearest "
          "hospital: we cannot help fast enough. What you wrote is saved.")
    )  # fmt: skip
    messages.error(request, words)


@transaction.atomic
def _save(
    page: pages.Page, case: Case, person: Person, form: PlainForm, base: str, saver: Saver | None
) -> None:
    actions.hold_page(
        by=person, case=case, page=page.key, saver=saver,
        base_revision=int(base) if base.isdecimal() else None,
    )  # fmt: skip
    page.save(case, person, form.cleaned_data)


def _both_versions(
    request: PersonRequest, page: pages.Page, case: Case, form: PlainForm
) -> HttpResponse:
    """Show what was typed beside what was kept meanwhile; the next save chooses between them."""
    found = conflict.differences(page, case, request.user, request.POST)
    if not found:
        _save(page, case, request.user, form, "", None)
        return _onward(case, page.key)
    fixed = {
        "csrfmiddlewaretoken",
        "base_revision",
        "autosave_id",
        *(f"choose_{each.name}" for each in found),
    }
    typed = [
        (name, value)
        for name in request.POST if name not in fixed
        for value in request.POST.getlist(name)
    ]  # fmt: skip
    base = case.request.changed.get(page.key, 0)
    context = {"case": case, "page": page, "differences": found, "typed": typed, "base": base}
    return render(request, "family/conflict.html", context, status=409)


def _onward(case: Case, key: str, *, more: bool = False) -> HttpResponse:
    if key == "questions" and more:
        empty = case.questions.count() + 1
        return redirect(f"{reverse('my-page', args=[case.reference, key])}#id_question_{empty}")
    if key == "emergency" and case.request.emergency:
        return redirect("my-emergency", case.reference)
    if key == "start" and (rules.residence_is_asked(case) or not _rule(case).offered):
        return redirect("my-may", case.reference)
    following = pages.after(key)
    if following == "check":
        return redirect("my-check", case.reference)
    return redirect("my-page", case.reference, following)


@of_case(Part.FAMILY)
def emergency(request: PersonRequest, case: Case) -> HttpResponse:
    """Stop: call the local emergency number; what was typed is kept."""
    return render(request, "family/emergency.html", emergency_context(case))


@of_case(Part.FAMILY, Part.ENTRY)
@require_POST
def autosave(request: PersonRequest, case: Case, key: str) -> JsonResponse:
    """Keep what is being typed, field by field."""
    allowed = pages.names(key)
    values = pages.raw(request.POST, [name for name in request.POST if name in allowed])
    base = request.POST.get("base_revision", "")
    saved = actions.autosave(
        by=request.user, case=case, page=key, values=values,
        base_revision=int(base) if base.isdecimal() else None, saver=pages.saver_of(request.POST),
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
    sent = (
        records.listed_for(case, request.user, request.parts).exists()
        or bool(images.listed(case, request.parts)["series"])
        or arrived.waiting(case) > 0
    )
    context = {"case": case, "rows": rows, "sent": sent, **entered_context(case)}
    return render(request, "family/tasks.html", context)


def entered_context(case: Case) -> dict[str, Any]:
    """Return who of the team entered a request for its family, and which pages still stand so."""
    entry = entry_of(case)
    return {"entry": entry, "entered": entered_pages(entry, case.request)}


SENDERS = (Part.FAMILY, Part.ENTRY, Part.LOCAL_PROVIDER, Part.COORDINATOR)


@of_case(*SENDERS)
@require_GET
def files_list(request: PersonRequest, case: Case) -> HttpResponse:
    """Return the lists of records and images alone, for the uploader of the page `back`."""
    context = {"case": case, **files_context(request, case), "here": back(request, case)}
    return render(request, "family/files_list.html", context)


@of_case(*SENDERS)
@require_GET
def files_status(request: PersonRequest, case: Case) -> JsonResponse:
    """Return how much of what came has not been looked at yet."""
    counts = arrived.counts(case)
    reading = records.for_case(case).filter(state="reading").count()
    waiting = arrived.waiting(case) + reading + records.unread(case).count()
    return JsonResponse({"waiting": waiting, "counts": counts})


@of_case(*SENDERS)
def files_known(request: PersonRequest, case: Case) -> HttpResponse:
    """Return what is here or half here of this person's uploads; close a folder by POST."""
    if request.method == "POST":
        arrivals.close_sending(by=request.user, case=case, key=request.POST.get("sending", ""))
        return redirect(back(request, case))
    rows = arrived.known(case, request.user).values_list("pk", "key", "digest", "state")
    uploads = [
        {
            "key": key,
            "digest": digest,
            "address": f"{tus.PREFIX}{pk}",
            "here": state in arrived.HERE,
        }
        for pk, key, digest, state in rows
    ]
    response = JsonResponse({"uploads": uploads})
    response["Cache-Control"] = "private, no-store"
    return response


@of_case(*SENDERS)
@require_POST
def files_add(request: PersonRequest, case: Case) -> HttpResponse:
    """Take files from a form, without JavaScript."""
    files = request.FILES.getlist("files")
    for file in files:
        arrivals.receive_file(by=request.user, case=case, name=file.name or "file", source=file)
    if files:
        words = ngettext(
            "%(count)s file has arrived. We check it now.",
            "%(count)s files have arrived. We check them now.", len(files),
        )  # fmt: skip
        messages.success(request, words % {"count": len(files)})
    else:
        messages.error(request, _("Choose at least one file first."))
    return redirect(back(request, case))


def back(request: PersonRequest, case: Case) -> str:
    """Return the page of files that a form was sent from, else the one that who sends has."""
    given = request.POST.get("back", "") or request.GET.get("back", "")
    if given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return given
    if Part.ENTRY in request.parts:
        return reverse("desk-entry-page", args=[case.reference, "files"])
    if Part.LOCAL_PROVIDER in request.parts:
        return reverse("provider-case", args=[case.reference])
    if Part.COORDINATOR in request.parts:
        return reverse("desk-bring", args=[case.reference])
    if case.state != State.DRAFT:
        return reverse("my-what", args=[case.reference])
    return reverse("my-page", args=[case.reference, "files"])


@of_case(Part.FAMILY)
@require_POST
def images_change(request: PersonRequest, case: Case) -> HttpResponse:
    """Take images out of the case, or put them back."""
    messages.success(request, images.change(request.user, case, request.POST))
    return redirect(back(request, case))


@of_case(Part.FAMILY)
def check(request: PersonRequest, case: Case) -> HttpResponse:
    """Show every answer once more, then send."""
    if case.state != State.DRAFT:
        return redirect("my-sent", case.reference)
    if request.method == "POST":
        actions.submit(by=request.user, case=case)
        return redirect("my-sent", case.reference)
    context = {
        "case": case, "sections": _sections(case, request.user), **entered_context(case),
        "missing": rules.missing_pages(case),
        "to_doctor": rules.through_provider(case),
        **files_context(request, case),
        "images_at": reverse("my-page", args=[case.reference, "files"]),
        "called_for": called_for(case),
    }  # fmt: skip
    return render(request, "family/check.html", context)


def _sections(case: Case, person: Person) -> list[tuple[pages.Page, list[tuple[Any, Any]]]]:
    """Return every answer, page by page, without those that were left empty."""
    with_answers(case)
    sections = []
    for each in pages.PAGES:
        if each.form is None:
            continue
        form = pages.bound(each, case, person)
        rows = [(field.label, _shown(field)) for field in form]
        sections.append((each, [row for row in rows if row[1] not in {"", None}]))
    return sections


@of_case(Part.FAMILY)
def what(request: PersonRequest, case: Case) -> HttpResponse:
    """Show what the family sent, and take more records while the case is under way."""
    if case.state == State.DRAFT:
        return redirect("my-check", case.reference)
    context = {
        "case": case, "sections": _sections(case, request.user), **entered_context(case),
        "ended": case.state in ENDED,
        **files_context(request, case), **machine_context(case),
    }  # fmt: skip
    return render(request, "family/what.html", context)


def _shown(field: Any) -> Any:
    value = field.form.initial.get(field.name)
    if isinstance(value, Specialty):
        return field.field.label_from_instance(value)
    if isinstance(value, bool):
        return value or ""
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, Decimal):
        return value.normalize()  # 24.50 is 24.5
    if isinstance(field.field, ChoiceField) and value not in {None, ""}:
        return labels_of(field.field).get(str(value), value)
    return value


@of_case(Part.FAMILY)
def sent(request: PersonRequest, case: Case) -> HttpResponse:
    """Confirm that the request is with the hospital, and say what happens next."""
    if case.state == State.DRAFT:
        return redirect("my-check", case.reference)
    return render(request, "family/sent.html", {"case": case})
