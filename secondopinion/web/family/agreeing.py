"""The page of the other parent, who has no account: a one-time link asks whether they agree."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import activate

from secondopinion.audit import actions as audit
from secondopinion.cases.states import ENDED
from secondopinion.core import clock
from secondopinion.guardians import actions, queries
from secondopinion.program import queries as program
from secondopinion.web.access import public


@public
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked, and take the answer. Only its buttons use the link up: mail programs
    look at links."""
    found = queries.asked_by(token)
    if found is None:
        return render(request, "family/agree.html", {}, status=404)
    link, row = found
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        activate(link.person.language)
    disclaimer = program.disclaimer()
    if request.method == "POST":
        agrees = request.POST.get("answer") == "yes"
        actions.answer(
            token=token, row=row, agrees=agrees, disclaimer=disclaimer,
            words=request.POST.get("text", "")[:2000],
        )  # fmt: skip
    elif link.used_at is None:
        audit.record("second-parent-read", by=link.person, case_id=row.case_id, target=row)
    context = {
        "row": row,
        "case": row.case,
        "disclaimer": disclaimer,
        "ended": row.case.state in ENDED,
        "open": link.used_at is None and link.expires_at > clock.now() and not row.answer,
    }
    response = render(request, "family/agree.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
