"""The fee of a case at the desk: charge, settle, let the case wait, give back; what is owed."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Role
from secondopinion.audit import actions as audit
from secondopinion.billing import actions, queries, refunding, taxes
from secondopinion.billing.models import Fee, FeeState, Payment, Refund
from secondopinion.billing.numbering import local_day
from secondopinion.billing.providers import HAND
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.program import queries as program
from secondopinion.program.models import Price
from secondopinion.web.access import PersonRequest, of_case, staff


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
        "told": fee is not None and fee.let_off and queries.is_told(fee),
        "today": local_day(clock.now()).date() if fee else None,
        "prices": [] if fee else prices,
        **(_back(fee, case) if fee else {}),
    }


def _back(fee: Fee, case: Case) -> dict[str, Any]:
    left, beyond = refunding.left_of(fee), queries.too_much(fee)
    return {
        "left": left if fee.state != FeeState.DUE else 0,  # a part: the fee is waived first
        "beyond": beyond,
        "due_number": f"{fee.still_due:.{taxes.places(fee.currency)}f}",
        "back_number": f"{beyond or left:.{taxes.places(fee.currency)}f}",
        "online": paid_online(fee),
        "decide": fee.state == FeeState.PAID and not fee.kept and case.state == State.WITHDRAWN,
    }


def paid_online(fee: Fee) -> bool:
    """Say whether a fee was paid on the page of a provider."""
    paid = [each for each in fee.payments.all() if each.state == Payment.State.PAID]
    return any(each.provider != HAND for each in paid)


@staff(Role.COORDINATOR)
def money(request: PersonRequest) -> HttpResponse:
    """List what is owed to families, paid fees of withdrawn requests, and what was too much."""
    audit.record("money-opened", by=request.user)
    context = {
        "owed": queries.to_give_back(), "undecided": queries.to_decide(),
        "overpaid": queries.overpaid(),
    }  # fmt: skip
    return render(request, "desk/money.html", context)


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
        try:
            said = _settled(action, request, fee)
        except Refused as refused:
            if action != "received" or isinstance(refused, Conflict):
                raise
            messages.error(request, str(refused.message))
            typed = urlencode({name: given.get(name, "")[:20] for name in ("amount", "on")})
            return redirect(f"{reverse('desk-case-fee', args=[case.reference])}?{typed}")
    messages.success(request, said)
    return redirect("desk-case-fee", case.reference)


def _settled(action: str, request: PersonRequest, fee: Any) -> str:
    given, by = request.POST, request.user
    if action == "waive":
        actions.waive(fee=fee, by=by, note=given.get("note", ""))
        return _("The fee is waived.")
    if action == "received":
        actions.note_payment(
            fee=fee, by=by, amount=amount_in(given.get("amount", "")),
            on=_day_in(given.get("on", "")), due=amount_in(given.get("due", "")),
            note=given.get("note", ""), beyond="beyond" in given,
        )  # fmt: skip
        return _("The payment is noted.")
    if action == "strike-out":
        wanted = given.get("payment", "")
        row = next((each for each in fee.payments.all() if str(each.pk) == wanted), None)
        if row is None:
            raise NotYours
        actions.strike_out(payment=row, by=by, reason=given.get("reason", ""))
        return _("The payment is struck out.")
    if action == "charge-again":
        actions.take_back_waiver(fee=fee, by=by, reason=given.get("reason", ""))
        return _("The fee is due again. The family is told.")
    if action == "wait":
        waits = given.get("waits") == "yes"
        actions.let_wait(fee=fee, by=by, waits=waits)
        return _("The case waits for the fee.") if waits else _("The case goes on without it.")
    return _given_back(action, request, fee)


def _given_back(action: str, request: PersonRequest, fee: Any) -> str:
    given, by = request.POST, request.user
    reason = given.get("reason", "")
    if action == "refund":
        refunding.give_back(
            fee=fee, by=by, amount=amount_in(given.get("amount", "")), reason=reason,
            transferred="transferred" in given,
        )  # fmt: skip
        return _("The family is told that it is given back.")
    if action == "keep":
        refunding.keep(fee=fee, by=by, reason=reason)
        return _("It is noted that this is kept.")
    if action == "transferred":
        refunding.note_transferred(refund=_refund(fee, given.get("refund", "")), by=by)
        return _("It is noted that this was given back.")
    if action == "again":
        refunding.ask_again(refund=_refund(fee, given.get("refund", "")), by=by)
        return _("The payment service is asked again.")
    raise NotYours


def _day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _refund(fee: Fee, key: str) -> Refund:
    found = next((each for each in fee.refunds.all() if str(each.pk) == key), None)
    if found is None:
        raise NotYours
    found.fee = fee
    return found


def amount_in(text: str) -> Decimal:
    """Return an amount as somebody has typed it.

    Raises:
        Refused: it is no number.
    """
    try:
        found = Decimal(text.strip().replace(",", "."))
        if not found.is_finite():
            raise InvalidOperation
        return found.quantize(Decimal("0.0001"))
    except InvalidOperation:
        raise Refused(_("Write a number, like 120.50."), code="amount", field="amount") from None
