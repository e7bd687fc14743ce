"""Declining a case: choose why, read the letter as the family will, then send it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from secondopinion.audit import actions as audit
from secondopinion.billing.models import Fee, FeeState
from secondopinion.cases import workflow
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours
from secondopinion.desk import actions
from secondopinion.desk.actions.declining import letter_for
from secondopinion.desk.models import Refusal
from secondopinion.program.models import DeclineKind
from secondopinion.web.access import PersonRequest, of_case


@of_case("desk", Part.COORDINATOR)
def decline(request: PersonRequest, case: Case) -> HttpResponse:
    """Choose a letter, see it in the family's language and in one's own, change it, send it.

    What is typed travels in the form alone until the letter is sent.
    """
    given = request.POST
    if request.method == "POST" and "send" in given:
        actions.decline(
            by=request.user, case=case, kind=given.get("kind", ""), reason=given.get("reason", ""),
            letter=given.get("letter", ""), instead=given.get("instead", ""),
            fee=given.get("fee", ""),
        )  # fmt: skip
        messages.success(request, _("The case is declined, and the family is told."))
        return redirect("desk-case", case.reference)
    if "decline" not in {row.action for row in workflow.available(case, request.user)}:
        raise NotYours
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    kind = given.get("kind", "")
    kind = kind if kind in DeclineKind.values else ""
    fee, own = Fee.objects.filter(case=case).first(), get_language() or "en"
    reason, words = given.get("reason", ""), given.get("words", "")
    context = {
        "case": case, "kinds": DeclineKind.choices, "kind": kind, "reason": reason, "words": words,
        "paid": fee is not None and fee.state == FeeState.PAID,
        "owed": fee is not None and fee.state == FeeState.DUE, "fee": fee,
        "fees": [each for each in Refusal.Fee.choices if each[0] != Refusal.Fee.NONE],
        "letter": letter_for(case, kind, words, case.language) if kind else None,
        "meaning": letter_for(case, kind, words, own) if kind and own != case.language else None,
    }  # fmt: skip
    return render(request, "desk/decline.html", context)
