"""The specialist's pages: offers, the review on one screen, signing, follow-up answers."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Role
from secondopinion.arrivals.clipping import posts_with_files
from secondopinion.audit import actions as audit
from secondopinion.cases import actions
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import asked, live_parts, visible_to
from secondopinion.cases.states import ENDED, State
from secondopinion.conversations.actions import post
from secondopinion.conversations.models import Thread
from secondopinion.core.errors import Conflict, Refused
from secondopinion.experts import actions as experts
from secondopinion.experts import queries as offers
from secondopinion.experts.models import Offer, OfferState
from secondopinion.experts.reading import told_to
from secondopinion.findings.queries import limitations_for
from secondopinion.followup import actions as followup
from secondopinion.followup.calls import calls_for
from secondopinion.followup.models import QuestionState
from secondopinion.followup.queries import question_for, questions, waiting
from secondopinion.followup.rules import asked_by, key_of
from secondopinion.imaging import queries as imaging
from secondopinion.imaging.naming import named
from secondopinion.opinions import actions as opinions
from secondopinion.opinions import body as fields
from secondopinion.opinions import inviting, panels, readability, second
from secondopinion.opinions import queries as reports
from secondopinion.opinions.amending import AMENDABLE
from secondopinion.opinions.beginning import is_as_told, translations_told
from secondopinion.opinions.checking.tongues import tongue
from secondopinion.opinions.doubts import doubts_of
from secondopinion.opinions.keeping import keep_doubts
from secondopinion.opinions.models import Opinion, OpinionState
from secondopinion.opinions.sections import sections_of, template_of
from secondopinion.opinions.templating import begin
from secondopinion.opinions.versions import clashes, elsewhere, of_others
from secondopinion.outcomes.queries import told_by
from secondopinion.program import queries as program
from secondopinion.records import marking
from secondopinion.records import queries as records
from secondopinion.records.valuing import valued, values_on
from secondopinion.translation.models import Method
from secondopinion.web.access import PersonRequest, of_case, staff
from secondopinion.web.expert import codes, doses, growth, story
from secondopinion.web.expert.doubting import answers_in, by_field, reasons_in, told, told_in
from secondopinion.web.expert.foreign import mark_foreign
from secondopinion.web.expert.profile import BARRED
from secondopinion.web.lab_values import SMALL, doubtful_first, series_of
from secondopinion.web.signin.factor import FactorForm

_LIMIT_FIELDS = (fields.WORDING, fields.LEFT_OUT)


@staff(Role.SPECIALIST)
def home(request: PersonRequest) -> HttpResponse:
    """Show offers, reviews under way, questions that wait, and what became of earlier ones."""
    parts = live_parts().filter(person=request.user, role=Part.SPECIALIST)
    mine = visible_to(request.user).filter(pk__in=parts.values("case"))
    live = mine.exclude(state__in=ENDED).select_related("child", "specialty").order_by("due_at")
    given = [case for case in live if case.state in {State.REPORTED, State.FOLLOW_UP}]
    context = {
        "offers": offers.open_offers(request.user),
        "invitations": inviting.waiting_for(request.user),
        "cases": [case for case in live if case not in given],
        "given": given,
        "readings": second.waiting_for(request.user),
        "questions": waiting(request.user).filter(state=QuestionState.WITH_EXPERT),
        "calls": calls_for(request.user),
        "outcomes": told_by(request.user)[:10],
        "ended": mine.filter(state__in=ENDED).select_related("child").order_by("-ended_at")[:10],
    }
    return render(request, "expert/home.html", context)


@staff(Role.SPECIALIST)
def offer(request: PersonRequest, reference: str) -> HttpResponse:
    """Show what is offered, and take the answer."""
    row = offers.last_offer(request.user, reference)
    if request.method == "POST":
        if "accept" in request.POST:
            if row in experts.close_barred(by=request.user, expert=row.expert):
                messages.error(request, BARRED)
                return redirect("expert")
            experts.accept(by=request.user, offer=row)
            return redirect("review", reference)
        experts.decline(
            by=request.user, offer=row, reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
        )  # fmt: skip
        messages.success(request, _("Thank you. The case goes to somebody else."))
        return redirect("expert")
    if row.state == OfferState.ACCEPTED:
        return redirect("review", reference)
    if row.state != OfferState.OPEN:
        return render(request, "expert/offer_ended.html", {"offer": row})
    audit.record("offer-opened", by=request.user, case_id=row.case_id, target=row)
    context = {
        "offer": row, "case": row.case, "reasons": Offer.Reason.choices,
        "record_count": records.readable(row.case).count(),
        "series": imaging.series_for_case(row.case),
        "begun": reports.report_in(row.case, request.user),
        "given_back": offers.given_back(row.case),
        "in_words": told_to(request.user, row.case),
    }  # fmt: skip
    return render(request, "expert/offer.html", context)


def _options(body: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    parts = ("name", "pros", "cons")
    return [
        (number, {part: body.get(f"option_{number}_{part}", "") for part in parts})
        for number in range(1, fields.OPTIONS + 1)
    ]


def _report(request: PersonRequest, case: Case) -> Any:
    """Return the report of a case, begun, or taken up from who gave the case back, if need be."""
    found: Any = reports.report_in(case, request.user)  # with what the query knows of it
    if found is None or not found.led:
        opinions.start_report(by=request.user, case=case)
        found = reports.report_in(case, request.user)
    return found


@of_case(Part.SPECIALIST)
def review(request: PersonRequest, case: Case) -> HttpResponse:
    """Show what is asked, the records and images, and the report, side by side."""
    opinion = _report(request, case)
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    body, writing = opinion.body, opinion.state == OpinionState.DRAFT
    summary = body.get("summary", "")
    read = records.with_files(valued(records.readable(case)))
    rows = list(records.with_pages(records.with_translations(read)))
    images = list(imaging.series_for_case(case))
    values = values_on(case, rows)
    asked_here = reports.asked_in(opinion)
    findings = named(records.placed(limitations_for(case), rows), images)
    marking.mark_all(rows, findings)
    words, requests = reports.told_in(opinion, case, request.user), asked(case) if writing else ()
    mark_foreign(rows, words, requests)
    context = {
        "case": case,
        "opinion": opinion,
        "in_words": words,
        "body": body,
        "as_told": is_as_told(case, body, words),
        "as_told_in": translations_told(case, body, words),
        "asked": asked_here,
        "story": story.story(story.events_of(case, rows, images, values)),
        "laboratory": doubtful_first(series_of(values, SMALL)),
        "growth": growth.charts(case),
        "doses": doses.doses(case, words),
        "records": rows,
        "methods": dict(Method.choices),
        "series": [row for row in images if imaging.images_of(row)],
        "findings": findings,
        "coded": codes.fields_of(body),
        "level": readability.told(summary, tongue(summary)),
        "writing": writing,
        "in_review": case.state == State.IN_REVIEW,
        "amends": opinion.amends,
        "amendable": case.state in AMENDABLE,
    }
    if writing:
        context |= {
            "key_images": opinion.key_images.all(), "requests": requests,
            "limits": [
                (row, *(body.get(f"{kind}{row.pk.hex}", "") for kind in _LIMIT_FIELDS))
                for row in findings
            ],
            "answers": answers_in(asked_here, body), "options": _options(body),
            "choices": {name: each.items() for name, each in fields.CHOICES.items()},
            "sections": sections_of(body), "template": template_of(body),
            "templates": program.report_templates(),
        }  # fmt: skip
    if not context["in_review"]:
        readable = reports.readable(case, request.user)
        context |= {"questions": questions(case), "reports": readable}
    return render(request, "expert/review.html", context)


@of_case(Part.SPECIALIST)
def message(request: PersonRequest, case: Case) -> HttpResponse:
    """Show what was written with the intake team, and write to it."""
    if request.method == "POST":
        post(case=case, thread=Thread.STAFF, by=request.user, text=request.POST.get("text", ""))
        return redirect("expert-message", case.reference)
    audit.record("messages-opened", by=request.user, case_id=case.pk, target=case)
    thread = [row for row in posts_with_files(case, request.user) if row.thread == Thread.STAFF]
    return render(request, "expert/messages.html", {"case": case, "posts": thread})


def _mine(request: PersonRequest, case: Case) -> Opinion:
    return reports.opinion_of(case, request.user)


def _takes_json(request: PersonRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _clash(
    request: PersonRequest, opinion: Opinion, values: dict[str, str], base: int
) -> HttpResponse:
    """Answer that another window has changed the same fields; what was typed here is given back."""
    if _takes_json(request):
        told = {"revision": opinion.revision, "elsewhere": elsewhere(opinion, base)}
        return JsonResponse(told, status=HTTPStatus.CONFLICT)
    context = {
        "message": _("The report was changed in another window. Load the page again."),
        "typed": [values[name] for name in clashes(opinion, values, base)],
        "back": reverse("review", args=[opinion.case.reference]),
    }
    return render(request, "house/refused.html", context, status=HTTPStatus.CONFLICT)


@of_case(Part.SPECIALIST)
@require_POST
def save(request: PersonRequest, case: Case) -> HttpResponse:
    """Save the report: as it is typed, or by its button."""
    given, values = request.POST.get("base_revision", ""), codes.given(request.POST)
    base, opinion = int(given) if given.isdecimal() else None, _mine(request, case)
    try:
        saved = opinions.save_draft(
            by=request.user, opinion=opinion, values=values, base_revision=base
        )
    except Conflict as changed:
        if changed.code != "changed-elsewhere":
            raise
        return _clash(request, opinion, values, base or 0)
    if _takes_json(request):
        others = {} if base is None else of_others(saved, values, base)
        return JsonResponse({"revision": saved.revision, "elsewhere": others})
    if "sign" in request.POST:
        return redirect("sign", case.reference)
    if field := request.POST.get("begin", ""):
        begin(by=request.user, opinion=saved, field=field)
        return redirect(f"{reverse('review', args=[case.reference])}#{field}")
    if sought := codes.sought(request.POST):
        return codes.choose(request, saved, sought)
    messages.success(request, _("The report is saved."))
    return redirect("review", case.reference)


@of_case(Part.SPECIALIST)
def preview(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the report as it would be signed now."""
    opinion = _mine(request, case)
    data = opinions.preview(by=request.user, opinion=opinion)
    audit.record("report-preview-opened", by=request.user, case_id=case.pk, target=opinion)
    return HttpResponse(data, content_type="application/pdf")


def _others(opinion: Opinion) -> str:
    """Return what others have yet to do before a report can be signed; "" where nothing."""
    try:
        second.settle(opinion)
        panels.settle(opinion)
    except Refused as refused:
        return str(refused.message)
    return ""


@of_case(Part.SPECIALIST)
def sign(request: PersonRequest, case: Case) -> HttpResponse:
    """Say what is missing, or ask for the second factor and sign."""
    opinion = _mine(request, case)
    amends = opinion.amends
    missing = fields.gaps(opinion)
    form = FactorForm(request, request.POST or None)
    if request.method == "POST" and not missing and form.is_valid():
        try:
            opinions.sign(by=request.user, opinion=opinion, reauthenticated_at=form.at)
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            done = _("The report is signed. The intake team delivers it.")
            if amends:
                done = _("The corrected report is signed. Whoever had the earlier one gets it too.")
            messages.success(request, done)
            return redirect("review", case.reference)
    doubts = [] if missing else told(opinion)
    others = "" if missing else _others(opinion)
    context = {
        "case": case, "missing": missing, "form": form, "amends": amends, "doubts": doubts,
        "settled": all(each.reason for each in doubts), "others": others,
        "held": opinions.held_up(opinion),
        "leads": opinion.author_id == request.user.pk,
    }  # fmt: skip
    return render(request, "expert/sign.html", context)


@of_case(Part.SPECIALIST)
def doubts(request: PersonRequest, case: Case) -> JsonResponse:
    """Return what is doubted in the draft as it stands, by the place on the page of the review."""
    found = by_field(doubts_of(_mine(request, case)))
    return JsonResponse({
        field: [{"quoted": each.quoted[:160], "sentence": str(each.sentence)} for each in rows]
        for field, rows in found.items()
    })  # fmt: skip


@of_case(Part.SPECIALIST)
@require_POST
def keep(request: PersonRequest, case: Case) -> HttpResponse:
    """Keep words that are doubted, with the reasons typed beside them."""
    reasons = reasons_in(request)
    keep_doubts(by=request.user, opinion=_mine(request, case), reasons=reasons)
    if _takes_json(request):
        return JsonResponse({})
    if any(reasons.values()):
        messages.success(request, _("The reasons are kept."))
    else:
        messages.error(request, _("Write why, or mend the words."))
    return redirect("sign", case.reference)


@of_case(Part.SPECIALIST)
@require_POST
def ask_more(request: PersonRequest, case: Case) -> HttpResponse:
    """Tell the coordinator what is still needed in the middle of the review."""
    actions.ask_more(by=request.user, case=case, text=request.POST.get("text", ""))
    messages.success(request, _("The coordinator asks for it. The clock has stopped."))
    return redirect("review", case.reference)


@of_case(Part.SPECIALIST)
def answer(request: PersonRequest, case: Case, number: int) -> HttpResponse:
    """Answer a question after the report by a signed addendum."""
    question = question_for(request.user, case.reference, number)
    doubts = told_in(request, case, _("Your answer"))
    settled = all(each.reason for each in doubts)
    form = FactorForm(request, request.POST or None if settled else None)
    if request.method == "POST" and settled and form.is_valid():
        followup.answer(
            by=request.user, question=question, text=request.POST.get("text", ""),
            reauthenticated_at=form.at, reasons=reasons_in(request),
        )  # fmt: skip
        messages.success(request, _("The answer is signed and delivered."))
        return redirect("review", case.reference)
    audit.record("case-opened", by=request.user, case_id=case.pk, target=question)
    context = {
        "case": case,
        "question": question,
        "in_words": told_to(request.user, case),
        "key": key_of(question),
        "who": asked_by(question),
        "form": form,
        "text": request.POST.get("text", ""),
        "doubts": doubts,
        "settled": settled,
        "reports": reports.readable(case, request.user),
    }
    return render(request, "expert/answer.html", context)
