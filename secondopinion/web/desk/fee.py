"""The fee of a case at the desk: charge, settle, let the case wait, note what was given back."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.billing import actions, queries
from secondopinion.billing.models import FeeState
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours, Refused
from secondopinion.program import queries as program
from secondopinion.program.models import Price
from secondopinion.web.access import PersonRequest, of_case


def shown(_request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page of the fee shows beside the head of the case."""
    fee = queries.fee_of(case)
    prices = [
        (kind, label, *program.price_of(kind, str(case.country)))
        for kind, label in Price.Kind.choices
    ]
    return {
        "fee": fee,
        "papers": queries.papers_of(fee) if fee else [],
        "prices": [] if fee else prices,
        "paid": fee is not None and fee.state in {FeeState.PAID, FeeState.REFUNDED},
    }


@of_case("desk", Part.COORDINATOR)
@require_POST
def act(request: PersonRequest, case: Case, action: str) -> HttpResponse:
    """Do what a button of the page says, and show the page again."""
    given, by = request.POST, request.user
    if action == "charge":
        kind = given.get("kind", Price.Kind.OPINION)
        actions.charge(case=case, by=by, kind=kind if kind in Price.Kind.values else "opinion")
        said = _("The fee is noted.")
    else:
        fee = queries.fee_in(case)
        said = _settled(action, request, fee)
    messages.success(request, said)
    return redirect("desk-case-fee", case.reference)


def _settled(action: str, request: PersonRequest, fee: Any) -> str:
    given, by = request.POST, request.user
    if action == "settle":
        state = FeeState.PAID if given.get("state") == "paid" else FeeState.WAIVED
        actions.settle(fee=fee, by=by, state=state, note=given.get("note", ""))
        return _("The fee is settled.")
    if action == "wait":
        waits = given.get("waits") == "yes"
        actions.let_wait(fee=fee, by=by, waits=waits)
        return _("The case waits for the fee.") if waits else _("The case goes on without it.")
    if action == "refund":
        actions.refund(
            fee=fee, by=by, amount=_amount(given.get("amount", "")),
            reason=given.get("reason", ""),
        )  # fmt: skip
        return _("It is noted that this was given back.")
    raise NotYours


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Refused(_("Write a number, like 120.50."), code="amount", field="amount") from None
