"""The family's page of a case: where it stands, what is needed, what came back."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.arrivals.clipping import (
    answer_with_files,
    posts_with_files,
)
from secondopinion.arrivals.queries import asked_with_records, copies_since
from secondopinion.audit import actions as audit
from secondopinion.billing import actions as billing
from secondopinion.billing.queries import holds_up
from secondopinion.cases import forecasting
from secondopinion.cases.models import Case, InformationRequest, Part
from secondopinion.cases.queries import (
    asked_of_family,
    asked_outside,
    holders_of,
    live_parts,
    visible_to,
)
from secondopinion.cases.rules import not_limited, through_provider
from secondopinion.cases.states import (
    ENDED,
    FAMILY_STEP,
    FAMILY_STEPS,
    FAMILY_WORDS,
    NEEDED,
    State,
)
from secondopinion.conversations.actions import mark_seen
from secondopinion.conversations.models import Thread
from secondopinion.conversations.queries import anything_new
from secondopinion.desk.models import Refusal
from secondopinion.followup import leaving
from secondopinion.followup.queries import questions
from secondopinion.opinions import actions as opinions
from secondopinion.opinions.meanings import meanings
from secondopinion.opinions.queries import readable, report_for, with_provider
from secondopinion.opinions.sections import in_document
from secondopinion.outcomes import actions as outcomes
from secondopinion.outcomes.queries import asked_now
from secondopinion.records.queries import listed_for
from secondopinion.referrals.queries import referrals
from secondopinion.web.access import PersonRequest, of_case, signed_in
from secondopinion.web.calling import call_context
from secondopinion.web.family import writing
from secondopinion.web.family.guardians import waited_for
from secondopinion.web.family.here import files_context, to_look_at
from secondopinion.web.family.questions import asking_context
from secondopinion.web.family.report_language import language_context, translation_context
from secondopinion.web.family.retaking import with_pages
from secondopinion.web.proving import ask, is_proven


@signed_in
def my(request: PersonRequest) -> HttpResponse:
    """List the requests of a family; without one, begin the first."""
    mine = live_parts().filter(person=request.user, role=Part.FAMILY).values("case")
    cases = list(
        visible_to(request.user)
        .filter(pk__in=mine)
        .select_related("child", "specialty")
        .order_by("-created_at")
    )
    if not cases:
        return redirect("my-start")
    wanted = asked_of_family(cases)
    rows = [(each, NEEDED if each.pk in wanted else FAMILY_WORDS[each.state]) for each in cases]
    return render(request, "family/my.html", {"cases": rows})


def standing(case: Case) -> dict[str, Any]:
    """Return the four steps and what is waited for."""
    now = FAMILY_STEP[case.state]
    return {
        "steps": [
            (number, label, "done" if number < now or case.state == State.CLOSED
             else "now" if number == now else "")
            for number, label in enumerate(FAMILY_STEPS, 1)
        ],
        "step": now,
        "ended": case.state in ENDED,
    }  # fmt: skip


@of_case(Part.FAMILY)
def case_page(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the case to its family."""
    if case.state == State.DRAFT:
        return redirect("my-request", case.reference)
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    thread = [each for each in posts_with_files(case, request.user) if each.thread == Thread.FAMILY]
    if anything_new(thread, request.user):
        mark_seen(case=case, by=request.user)
    rows = asked_with_records(case, listed_for(case, request.user, request.parts))
    mine = with_pages(case, [each for each in rows if each.to == Part.FAMILY and not each.held])
    reports = list(readable(case, request.user))
    specialists = list(holders_of(case, Part.SPECIALIST).select_related("expert"))
    to_doctor = through_provider(case)
    context = {
        "case": case,
        "asked": mine,
        "needed": any(each.answered_at is None for each in mine),
        "wished": any(each.held and each.answered_at is None for each in rows),
        "gone": leaving.writer_who_left(case, reports, {each.pk for each in specialists}),
        "specialist": next(iter(specialists), None),
        "posts": thread,
        "reports": reports,
        **asking_context(
            case, request.user,
            list(questions(case).filter(asked_by__may_sign_in=True)) if case.reported_at else [],
        ),
        "referrals": referrals(case),
        "with_provider": with_provider(case) if to_doctor else None,
        "to_doctor": to_doctor,
        **_outcome_context(case),
        "provider": getattr(case, "local_provider", None),
        "fee": getattr(case, "fee", None),
        "fee_holds_up": holds_up(getattr(case, "fee", None)),
        "refusal": Refusal.objects.filter(case=case).first()
        if case.state == State.DECLINED else None,
        "reported": case.reported_at is not None,
        "foreseen": forecasting.told(case),
        "owed": waited_for(case),
        "to_look_at": to_look_at(case)
        if case.reported_at is None and case.state not in ENDED and not case.read_only else 0,
        **language_context(),
        **standing(case),
        **call_context(request, case),
    }  # fmt: skip
    return render(request, "family/case.html", context)


@of_case(Part.FAMILY)
def answer(request: PersonRequest, case: Case, number: str) -> HttpResponse:
    """Answer something that was asked for, with words and files."""
    not_limited(case, request.user)
    row = get_object_or_404(asked_outside(case, Part.FAMILY), pk=number)
    with_pages(case, [row])
    if request.method == "POST":
        return writing.send(
            request, case, "answer", "my-case", lambda text: _answer(request, row, text)
        )
    return render(
        request, "family/answer.html",
        {"case": case, "asked": row, **files_context(request, case)},
    )  # fmt: skip


def _answer(request: PersonRequest, row: InformationRequest, text: str) -> None:
    answer_with_files(by=request.user, information_request=row, text=text)
    messages.success(request, _("Thank you. Your answer is with our team."))
    if copies := copies_since(row.case, request.user, row.created_at):
        words = _("We had this already, so it is kept once: %(names)s")
        messages.info(request, words % {"names": ", ".join(copies)})


@of_case(Part.FAMILY)
@require_POST
def message(request: PersonRequest, case: Case) -> HttpResponse:
    """Write to the intake team."""
    return writing.send_message(request, case, Thread.FAMILY, "my-case")


def _outcome_context(case: Case) -> dict[str, Any]:
    """Return the questions about how it went, each with what the family has answered."""
    if not case.reported_at:
        return {}
    now = asked_now(case)
    if now.day is None:
        return {"outcome_from": now.first}
    told = now.told or {}
    asked = [(name, kind.choices, told.get(name, "")) for name, kind in outcomes.CHOICES.items()]
    return {"outcome_questions": asked, "outcome_told": now.told}


@of_case(Part.FAMILY)
@require_POST
def outcome(request: PersonRequest, case: Case) -> HttpResponse:
    """Say how it went."""
    day = asked_now(case).day or outcomes.DAYS[0]  # before that one, which is refused
    outcomes.tell_outcome(
        by=request.user, case=case, day=day, note=request.POST.get("note", ""),
        **{name: request.POST.get(name, "") for name in outcomes.CHOICES},
    )  # fmt: skip
    messages.success(request, _("Thank you. The specialist will be glad to know."))
    return redirect("my-case", case.reference)


@of_case(Part.FAMILY)
def withdraw(request: PersonRequest, case: Case) -> HttpResponse:
    """Ask once more, then withdraw the request or delete the draft."""
    not_limited(case, request.user)
    draft = case.state == State.DRAFT
    if request.method == "POST":
        billing.withdraw(by=request.user, case=case, reason=request.POST.get("reason", ""))
        messages.success(
            request, _("Your draft is deleted.") if draft else _("Your request is withdrawn.")
        )
        return redirect("my")
    return render(request, "family/withdraw.html", {"case": case, "draft": draft})


@of_case(Part.FAMILY, Part.LOCAL_PROVIDER)
def report(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Show a signed document as a page, to read on a phone; the PDF is beside it."""
    row, mine = report_for(case, request.user, number), readable(case, request.user)
    if not is_proven(request, case):
        return ask(request, case, number)
    opinions.open_report(by=request.user, report=row, proven=True)
    language = (get_language() or "en").partition("-")[0]
    context = {
        "case": case, "report": row, "d": row.body, "sections": in_document(row.body),
        "newer": mine.filter(replaces=row.translates or row).first(),
        "original": mine.filter(pk=row.translates_id).first() if row.translates_id else None,
        "translations": mine.filter(translates=row),
        "words": [(each[row.language], each.get(language)) for each in meanings(row.body, language)]
        if row.language in dict(settings.LANGUAGES) else [],
        "foreign": row.language != language, "ended": case.state in ENDED,
        **(translation_context(row, language, request.user) if row.language != language else {}),
    }  # fmt: skip
    return render(request, "family/report.html", context)
