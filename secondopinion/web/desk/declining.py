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
from secondopinion.core.errors import NotYours, Refused
from secondopinion.desk import actions
from secondopinion.desk.actions.declining import Letter, about_fee, letter_for
from secondopinion.desk.actions.entering import can_be_told
from secondopinion.desk.models import Refusal
from secondopinion.program.models import DeclineKind
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.desk.fee import amount_in, paid_online


@of_case("desk", Part.COORDINATOR)
def decline(request: PersonRequest, case: Case) -> HttpResponse:
    """Choose a letter, see it in the family's language and in one's own, change it, send it.

    What is typed travels in the form alone until the letter is sent.
    """
    given = request.POST
    sending = request.method == "POST" and "send" in given
    if sending:
        try:
            _send(request, case)
        except Refused as refused:  # what was typed stands on the page again
            messages.error(request, str(refused.message))
        else:
            told = can_be_told(case)
            messages.success(request, _("The case is declined, and the family is told.") if told
                             else _("The case is declined. The family has no e-mail address: "
                                    "call them, and read the letter to them."))  # fmt: skip
            return redirect("desk-case", case.reference)
    if "decline" not in {row.action for row in workflow.available(case, request.user)}:
        raise NotYours
    audit.record("case-opened", by=request.user, case_id=case.pk, target=case)
    kind = given.get("kind", "")
    kind = kind if kind in DeclineKind.values else ""
    fee, own = fee_of(case), get_language() or "en"
    reason, words = given.get("reason", ""), given.get("words", "")
    came = fee is not None and bool(fee.received) and fee.state in {FeeState.DUE, FeeState.PAID}
    context = {
        "case": case, "kinds": DeclineKind.choices, "kind": kind, "reason": reason, "words": words,
        "owed": fee is not None and fee.state == FeeState.DUE and not came,
        **(_paid(request, fee, case.language) if fee and came else {}),
        "letter": _letter(request, case, kind, sending) if kind else None,
        "meaning": letter_for(case, kind, words, own) if kind and own != case.language else None,
    }  # fmt: skip
    return render(request, "desk/decline.html", context, status=400 if sending else 200)


def _send(request: PersonRequest, case: Case) -> None:
    given = request.POST
    actions.decline(
        by=request.user, case=case, kind=given.get("kind", ""), reason=given.get("reason", ""),
        letter=given.get("letter", ""), instead=given.get("instead", ""),
        fee=given.get("fee", ""), back_reason=given.get("back_reason", ""),
        back=amount_in(given["back"]) if given.get("back", "").strip() else None,
    )  # fmt: skip


def _letter(request: PersonRequest, case: Case, kind: str, typed: bool) -> Letter:
    given = request.POST
    if typed:
        return Letter(case.language, given.get("letter", ""), given.get("instead", ""))
    return letter_for(case, kind, given.get("words", ""), case.language)


def _paid(request: PersonRequest, fee: Fee, language: str) -> dict[str, Any]:
    """Return what the page asks where a fee was paid: all of it, unless somebody says less."""
    left = refunding.left_of(fee)
    return {
        "fee": fee, "left": left,
        "left_number": request.POST.get("back") or f"{left:.{taxes.places(fee.currency)}f}",
        "kept": request.POST.get("fee") == Refusal.Fee.KEPT,
        "back_reason": request.POST.get("back_reason", ""),
        "online": paid_online(fee),
        "says_all": about_fee(fee, left, language),
        "says_none": about_fee(fee, Decimal(0), language),
    }  # fmt: skip
