"""Declining a case: choose why, read the letter as the family will, then send it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from secondopinion.audit import actions as audit
from secondopinion.billing import refunding, taxes
from secondopinion.billing.models import Fee, FeeState
from secondopinion.billing.queries import fee_of
from secondopinion.cases import workflow
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours
from secondopinion.desk import actions
from secondopinion.desk.actions.declining import about_fee, letter_for
from secondopinion.program.models import DeclineKind
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.desk.fee import amount_in, paid_online


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
            fee=given.get("fee", ""), back_reason=given.get("back_reason", ""),
            back=amount_in(given["back"]) if given.get("back", "").strip() else None,
        )  # fmt: skip
        messages.success(request, _("The case is declined, and the family is told."))
        return redirect("desk-case", case.reference)
    if "decline" not in {row.action for row in workflow.available(case, request.user)}:
        raise NotYours
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    kind = given.get("kind", "")
    kind = kind if kind in DeclineKind.values else ""
    fee, own = fee_of(case), get_language() or "en"
    reason, words = given.get("reason", ""), given.get("words", "")
    context = {
        "case": case, "kinds": DeclineKind.choices, "kind": kind, "reason": reason, "words": words,
        "owed": fee is not None and fee.state == FeeState.DUE,
        **(_paid(fee, case.language) if fee is not None and fee.state == FeeState.PAID else {}),
        "letter": letter_for(case, kind, words, case.language) if kind else None,
        "meaning": letter_for(case, kind, words, own) if kind and own != case.language else None,
    }  # fmt: skip
    return render(request, "desk/decline.html", context)


def _paid(fee: Fee, language: str) -> dict[str, Any]:
    """Return what the page asks where a fee was paid: all of it, unless somebody says less."""
    left = refunding.left_of(fee)
    return {
        "fee": fee, "left": left, "left_number": f"{left:.{taxes.places(fee.currency)}f}",
        "online": paid_online(fee),
        "says_all": about_fee(fee, left, language),
        "says_none": about_fee(fee, Decimal(0), language),
    }  # fmt: skip
