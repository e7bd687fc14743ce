"""The versions of a report in the making, its template, and the correction of a signed one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.opinions import amending, templating
from secondopinion.opinions import body as fields
from secondopinion.opinions import versions as kept
from secondopinion.opinions.models import OpinionState
from secondopinion.opinions.queries import opinion_of
from secondopinion.web.access import PersonRequest, of_case


def _asked(request: PersonRequest, name: str, among: list[int], otherwise: int) -> int:
    given = request.GET.get(name, "")
    number = int(given) if given.isdecimal() and len(given) < 10 else otherwise
    return number if number in among else otherwise


@of_case(Part.SPECIALIST)
def versions(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the versions of the report, two of them compared word by word."""
    opinion = opinion_of(case, request.user)
    audit.record("report-versions-opened", by=request.user, case_id=case.pk, target=opinion)
    sittings = kept.sittings(opinion)
    context = {
        "case": case,
        "opinion": opinion,
        "writing": opinion.state == OpinionState.DRAFT,
        "sittings": [
            (each, [fields.label_of(name, opinion.body) for name in sorted(each.changed)])
            for each in sittings
        ],
    }
    revisions = [row.revision for each in sittings for row in reversed(each.savings)]
    if len(revisions) > 1:
        ends = [each.last.revision for each in sittings]
        after = _asked(request, "after", revisions, revisions[0])
        before = _asked(request, "before", revisions, (ends if len(ends) > 1 else revisions)[1])
        found = kept.compared(
            *(fields.in_words(kept.text_at(opinion, number)) for number in (before, after))
        )
        context |= {
            "before": before,
            "after": after,
            # A sitting is shown saving by saving where one asks, or compares within it.
            "within": {_asked(request, "within", revisions, 0), before, after} - set(ends),
            "compared": [
                (fields.label_of(name, opinion.body), pieces) for name, pieces in found.items()
            ],
        }
    return render(request, "expert/versions.html", context)


@of_case(Part.SPECIALIST)
@require_POST
def go_back(request: PersonRequest, case: Case, revision: int) -> HttpResponse:
    """Make the draft what it was at a version."""
    kept.go_back(by=request.user, opinion=opinion_of(case, request.user), revision=revision)
    messages.success(
        request, _("The report is as it was then. What you had written is kept as a version.")
    )
    return redirect("review", case.reference)


@of_case(Part.SPECIALIST)
@require_POST
def template(request: PersonRequest, case: Case) -> HttpResponse:
    """Go on in the sections of another template."""
    key = request.POST.get("template", "")
    templating.choose(by=request.user, opinion=opinion_of(case, request.user), key=key)
    messages.success(request, _("The report has these sections now. What you wrote is there."))
    return redirect("review", case.reference)


@of_case(Part.SPECIALIST)
@require_POST
def amend(request: PersonRequest, case: Case) -> HttpResponse:
    """Open a signed report again, to correct it."""
    amending.start_amendment(by=request.user, case=case)
    messages.success(
        request,
        _("Write the correction. The signed report stays as it is until you sign the new one."),
    )
    return redirect("review", case.reference)


@of_case(Part.SPECIALIST)
@require_POST
def give_up(request: PersonRequest, case: Case) -> HttpResponse:
    """Leave a correction: the signed report stands alone again."""
    amending.give_up(by=request.user, opinion=opinion_of(case, request.user))
    messages.success(
        request, _("The correction is given up. What you had written is kept as a version.")
    )
    return redirect("review", case.reference)
