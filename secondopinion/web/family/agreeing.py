"""The page of the other parent, who has no account: a one-time link asks whether they agree."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import activate

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import ENDED, State
from secondopinion.core import clock
from secondopinion.guardians import actions, queries
from secondopinion.guardians.models import ParentConsent
from secondopinion.guardians.rules import EARLY
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
        return redirect("agree", token)
    if link.used_at is None:
        audit.record("second-parent-read", by=link.person, case_id=row.case_id, target=row)
    context = {
        "row": row,
        "case": row.case,
        "disclaimer": disclaimer,
        "asker": _asker(row),
        "begun": row.case.state not in {*EARLY, State.READY, State.OFFERED},
        "both": program.guardian_rule(str(row.case.country)).both_parents,
        "ended": row.case.state in ENDED,
        "open": link.used_at is None and link.expires_at > clock.now() and not row.answer,
    }
    response = render(request, "family/agree.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _asker(row: ParentConsent) -> Person:
    """Return who of the family asks for the opinion, also where our team wrote to the other one."""
    family = list(holders_of(row.case, Part.FAMILY))
    return next((each for each in family if each == row.asked_by), next(iter(family), row.asked_by))
