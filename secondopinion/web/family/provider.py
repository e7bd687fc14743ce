"""Pages of the local provider, who has no account: a one-time link opens one case."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import activate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import FOR_GUESTS, AccessLink, Person
from secondopinion.accounts.queries import link_for
from secondopinion.accounts.tokens import hash_of
from secondopinion.arrivals.clipping import (
    answer_with_files,
    posts_with_files,
)
from secondopinion.audit import actions as audit
from secondopinion.cases import actions
from secondopinion.cases.models import Case, Part, Question
from secondopinion.cases.queries import asked, asked_outside, holders_of, live_parts, roles_of
from secondopinion.cases.rules import through_provider
from secondopinion.cases.states import ENDED
from secondopinion.conversations.actions import mark_seen
from secondopinion.conversations.models import Thread
from secondopinion.conversations.queries import anything_new
from secondopinion.core.lists import listed
from secondopinion.followup import leaving
from secondopinion.followup.queries import questions
from secondopinion.opinions import actions as opinions
from secondopinion.opinions.queries import readable, report_for
from secondopinion.web.access import PersonRequest, of_case, public
from secondopinion.web.calling import call_context
from secondopinion.web.family import writing
from secondopinion.web.family.here import files_context
from secondopinion.web.family.questions import asking_context, send
from secondopinion.web.family.retaking import with_pages
from secondopinion.web.proving import is_proven

SESSION_SECONDS = 12 * 3600


@public
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link opens. Only its button uses it up: mail programs look at links."""
    row = (
        AccessLink.objects.select_related("person")
        .filter(token_hash=hash_of(token), purpose=FOR_GUESTS)
        .first()
    )
    case = (
        Case.objects.filter(pk=row.case_id).select_related("local_provider").first()
        if row
        else None
    )
    if row is not None and case is not None and row.person_id == request.user.pk:
        return redirect("provider-case", case.reference)  # their own link, opened again
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or request.user.is_authenticated
    if row is not None and not chosen:
        activate(row.person.language)
    if request.method == "POST" and "again" in request.POST:
        _send_again(row, case)
        return render(request, "provider/link.html", {"sent_again": True})
    # A browser in which somebody has signed in is asked first, and a family's own never opens it:
    # the local provider's word would be worth nothing.
    somebody = request.user if isinstance(request.user, Person) else None
    family = bool(somebody and case and Part.FAMILY in roles_of(case, somebody))
    if request.method == "POST" and not family and (not somebody or "instead" in request.POST):
        used = accounts.use_link(token=token)
        login(request, used.person, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.set_expiry(SESSION_SECONDS)
        return redirect("provider-case", Case.objects.get(pk=used.case_id).reference)
    context = {
        "open": link_for(token, accounts.FOR_GUESTS),
        "case": case,
        "somebody": somebody,
        "family": family,
    }
    return render(request, "provider/link.html", context)


def _send_again(row: AccessLink | None, case: Case | None) -> None:
    """Send a fresh link to the same address; whoever asks learns nothing."""
    provider = getattr(case, "local_provider", None)
    if row is None or case is None or provider is None or provider.person_id != row.person_id:
        return  # never was, or the family has named somebody else since
    inside = holders_of(case, Part.LOCAL_PROVIDER).filter(pk=row.person_id).exists()
    if provider.declined_at is None and inside:  # who was shut out is let in by our team alone
        actions.invite_provider(case=case, by=None)


def _with_files(request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what was sent, what the family asks, and the specialists, the first one by name."""
    parts = live_parts().filter(role=Part.SPECIALIST)
    seen = files_context(request, case, {
        "family_questions": listed(Question.objects.all(), "case", "number", "text", outer="pk"),
        "specialists": listed(
            parts, "case", "since", "person", "person__full_name", "person__expert__title",
            outer="pk",
        ),
    })  # fmt: skip
    seen["family_questions"].sort(key=lambda each: each["number"])
    first = min(seen["specialists"], key=lambda each: each["since"], default=None)
    return seen | {
        "specialist": first and first["person__full_name"],
        "specialist_title": first and first["person__expert__title"],
    }


@of_case(Part.LOCAL_PROVIDER)
def case_page(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the case to the local provider: confirm, correct, add records, read the report."""
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    written = posts_with_files(case, request.user)
    thread = [each for each in written if each.thread == Thread.LOCAL_PROVIDER]
    if anything_new(thread, request.user):
        mark_seen(case=case, by=request.user)
    reports, beside = list(readable(case, request.user)), _with_files(request, case)
    context = {
        "case": case,
        "provider": case.local_provider,
        "proven": is_proven(request, case),
        "ended": case.state in ENDED,
        "through_provider": through_provider(case),
        "asked": with_pages(
            case, [each for each in asked(case) if each.to == Part.LOCAL_PROVIDER and not each.held]
        ),
        "posts": thread,
        "reports": reports,
        "gone": leaving.writer_who_left(
            case, reports, {UUID(each["person"]) for each in beside["specialists"]}
        ),
        **asking_context(case, request.user, list(questions(case).filter(asked_by=request.user))),
        **beside,
        **call_context(request, case),
    }
    return render(request, "provider/case.html", context)


def _answer(request: PersonRequest, case: Case, text: str) -> None:
    rows = asked_outside(case, Part.LOCAL_PROVIDER)
    for each in rows.filter(pk=request.POST.get("request", "")):
        answer_with_files(by=request.user, information_request=each, text=text)
    messages.success(request, _("Thank you. Your answer is with our team."))


@of_case(Part.LOCAL_PROVIDER)
@require_POST
def act(request: PersonRequest, case: Case, action: str) -> HttpResponse:
    """Confirm or say no, answer, write, ask, or hand the report on."""
    text = request.POST.get("text", "")
    if action == "confirm":
        actions.confirm_treating(by=request.user, case=case, correction=text)
        messages.success(request, _("Thank you. Your receipt is on this page."))
    elif action == "decline":
        actions.decline_treating(by=request.user, case=case, reason=text)
        logout(request)
        return render(request, "provider/declined.html")
    elif action == "message":
        return writing.send_message(request, case, Thread.LOCAL_PROVIDER, "provider-case")
    elif action == "ask":
        return send(request, case, "provider-case")
    elif action == "answer":
        return writing.send(
            request, case, "answer", "provider-case", lambda text: _answer(request, case, text)
        )
    elif action == "hand-on":
        number = request.POST.get("report", "")
        row = report_for(case, request.user, int(number) if number.isdecimal() else 0)
        opinions.hand_on(by=request.user, report=row)
        messages.success(request, _("The family can read the report now."))
    return redirect("provider-case", case.reference)
