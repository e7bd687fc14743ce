"""A report that others have a part in: its second reader, its panel, notes among its experts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import Refused
from secondopinion.opinions import body as fields
from secondopinion.opinions import panels, second, seconding
from secondopinion.opinions.models import ExpertNote, Opinion, OpinionState, PanelMember
from secondopinion.opinions.queries import opinion_of
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.expert.reading import judged
from secondopinion.web.signin.factor import FactorForm


@of_case(Part.SPECIALIST)
def together(request: PersonRequest, case: Case) -> HttpResponse:
    """Show who has a part in the report beside its author, and take what a member says of it."""
    opinion = opinion_of(case, request.user)
    titles = _titles(opinion)
    seats = list(panels.members(opinion))
    mine = next((each for each in seats if each.person_id == request.user.pk), None)
    form = FactorForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            panels.say(
                by=request.user, opinion=opinion, verdict=request.POST.get("verdict", ""),
                dissent=request.POST.get("dissent", ""), reauthenticated_at=form.at,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, _("What you said is kept."))
            return redirect("together", case.reference)
    audit.record("panel-opened", by=request.user, case_id=case.pk, target=opinion)
    rows = list(second.readings(opinion))
    context = {
        "case": case,
        "opinion": opinion,
        "form": form,
        "leads": opinion.author_id == request.user.pk,
        "writing": opinion.state == OpinionState.DRAFT,
        "panel": [
            (each, [titles.get(name, name) for name in each.sections],
             panels.verdict_stands(opinion, each))
            for each in seats
        ],
        "mine": mine,
        "stands": mine is not None and panels.verdict_stands(opinion, mine),
        "verdicts": PanelMember.Verdict.choices,
        "sections": _sections(seats, titles),
        "reasons": [second.REASONS[each] for each in second.reasons(opinion)],
        "readings": [(each, judged(each)) for each in rows],
        "open": next((each for each in rows if each.ended_at is None), None),
        "countersigned": second.countersigned(opinion),
        "notes": panels.notes(opinion),
        "labels": titles,
    }  # fmt: skip
    return render(request, "expert/together.html", context)


def _titles(opinion: Opinion) -> dict[str, str]:
    """Return what the sections are called that are a text of their own, by their fields."""
    return {name: each.title for name, each in fields.texts_of_sections(opinion.body).items()}


def _sections(seats: list[PanelMember], titles: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return each section with its label and the id of the member who writes it, "" the author."""
    writers = {name: str(each.pk) for each in seats for name in each.sections}
    return [(name, title, writers.get(name, "")) for name, title in titles.items()]


def _mine(request: PersonRequest, case: Case) -> Opinion:
    return opinion_of(case, request.user)


@of_case(Part.SPECIALIST)
@require_POST
def send(request: PersonRequest, case: Case) -> HttpResponse:
    """Give the report to a second reader, or take it back from one."""
    opinion = _mine(request, case)
    if "back" in request.POST:
        seconding.take_back(by=request.user, opinion=opinion)
        messages.success(request, _("The report is with you again."))
    else:
        seconding.send(by=request.user, opinion=opinion)
        messages.success(request, _("The report goes to a second reader. You are told."))
    return redirect("together", case.reference)


@of_case(Part.SPECIALIST)
@require_POST
def assign(request: PersonRequest, case: Case) -> HttpResponse:
    """Keep who writes which section."""
    opinion, chosen = _mine(request, case), dict[str, list[str]]()
    for name in fields.texts_of_sections(opinion.body):
        chosen.setdefault(request.POST.get(f"section_{name}", ""), []).append(name)
    panels.assign(by=request.user, opinion=opinion, sections=chosen)
    messages.success(request, _("The sections are given out."))
    return redirect("together", case.reference)


@of_case(Part.SPECIALIST)
@require_POST
def note(request: PersonRequest, case: Case) -> HttpResponse:
    """Keep a note for the experts of the case, or mark one as settled."""
    opinion = _mine(request, case)
    if settled := request.POST.get("settled", ""):
        row = get_object_or_404(ExpertNote.objects.filter(opinion=opinion), pk=settled)
        panels.settle_note(by=request.user, note=row)
    else:
        panels.note(
            by=request.user, opinion=opinion, text=request.POST.get("text", ""),
            field=request.POST.get("field", ""),
        )  # fmt: skip
    return redirect("together", case.reference)
