"""Charging, waiving, noting that a fee was paid by hand or given back, letting a case wait."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.billing.models import Fee, FeeState, Payment, Refund
from secondopinion.billing.providers import HAND
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.core.ids import short_code
from secondopinion.program import queries as program
from secondopinion.program.models import Price


@transaction.atomic
def charge(*, case: Case, by: Person, kind: str = Price.Kind.OPINION) -> Fee:
    """Make the fee of a case from the price list; a second call returns the first's fee.

    The case waits for it where the program says so; `let_wait` changes that for this case.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: nothing is to be paid there.
    """
    require(case, by, Part.COORDINATOR)
    amount, currency = program.price_of(Price.Kind(kind), str(case.country))
    if not amount:
        raise Refused(_("There is no fee for this case."), code="no-fee")
    fee, made = Fee.objects.get_or_create(
        case=case,
        defaults={
            "kind": kind, "amount": amount, "currency": currency,
            "waits": program.program().fee_waits, "number": f"{clock.today():%Y}-{short_code(6)}",
        },
    )  # fmt: skip
    if made:
        audit.record("fee-charged", by=by, case_id=case.pk, target=fee)
        tell_family(case, "fee-due")
    return fee


@transaction.atomic
def settle(*, fee: Fee, by: Person, state: str, note: str) -> Fee:
    """Note that a fee was paid by hand (how), or waive it (why).

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a note.
        Conflict: it is settled already.
    """
    require(fee.case, by, Part.COORDINATOR)
    if not note.strip():
        raise Refused(
            _("Say how it was paid, or why it is waived."), code="note-missing", field="note"
        )
    done = Fee.objects.filter(pk=fee.pk, state=FeeState.DUE).update(
        state=FeeState(state), settled_at=clock.now(), settled_by=by, note=note.strip()
    )
    if not done:
        raise Conflict(_("This fee has been settled already."), code="settled")
    if state == FeeState.PAID:
        Payment.objects.create(
            fee=fee, provider=HAND, amount=fee.amount, currency=fee.currency,
            state=Payment.State.PAID, paid_at=clock.now(), begun_by=by,
        )  # fmt: skip
    audit.record("fee-settled", by=by, case_id=fee.case_id, target=fee, detail={"state": state})
    tell_family(fee.case, "message-waiting")
    fee.refresh_from_db()
    return fee


@transaction.atomic
def let_wait(*, fee: Fee, by: Person, waits: bool) -> Fee:
    """Say whether no expert is asked before this fee is settled.

    Raises:
        NotYours: by somebody who does not lead the case.
    """
    require(fee.case, by, Part.COORDINATOR)
    Fee.objects.filter(pk=fee.pk).update(waits=waits)
    audit.record("fee-waits", by=by, case_id=fee.case_id, target=fee, detail={"waits": waits})
    fee.refresh_from_db()
    return fee


@transaction.atomic
def refund(*, fee: Fee, by: Person, amount: Decimal, reason: str) -> Refund:
    """Note what was given back by hand, and why; all of it makes the fee one that was given back.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a reason, nothing or more than was paid, or paid on a provider's page:
            there it is given back, and noted here by itself.
        Conflict: it was not paid.
    """
    require(fee.case, by, Part.COORDINATOR)
    fee = Fee.objects.select_for_update().get(pk=fee.pk)
    if fee.state not in {FeeState.PAID, FeeState.REFUNDED}:
        raise Conflict(_("This fee was not paid."), code="not-paid")
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    paid = Payment.objects.filter(fee=fee, state=Payment.State.PAID)
    if paid.exclude(provider=HAND).exists():
        raise Refused(
            _("This was paid on the provider’s page. Give it back there: it is noted here by "
              "itself."),
            code="paid-elsewhere",
        )  # fmt: skip
    made = note_refund(fee=fee, amount=amount, reason=reason.strip(), by=by)
    tell_family(fee.case, "message-waiting")
    return made


def note_refund(
    *, fee: Fee, amount: Decimal, reason: str = "", by: Person | None = None,
    payment: Payment | None = None,
) -> Refund:  # fmt: skip
    """Write a refund down, in the caller's transaction, which holds the fee locked.

    Raises:
        Refused: nothing, or more than was paid and not given back before.
    """
    left = paid_of(fee) - (fee.refunds.aggregate(all=Sum("amount"))["all"] or Decimal(0))
    if payment is None and not 0 < amount <= left:
        raise Refused(
            _("Write an amount from 0 to %(most)s.") % {"most": left}, code="amount",
            field="amount",
        )  # fmt: skip
    made = Refund.objects.create(fee=fee, payment=payment, amount=amount, reason=reason, by=by)
    audit.record("fee-refunded", by=by, case_id=fee.case_id, target=made)
    follow(fee)
    return made


def paid_of(fee: Fee) -> Decimal:
    """Return all that was paid for a fee."""
    paid = Payment.objects.filter(fee=fee, state=Payment.State.PAID)
    return paid.aggregate(all=Sum("amount"))["all"] or Decimal(0)


def follow(fee: Fee) -> Fee:
    """Make the state of a fee that of its payments and refunds, whatever their order was.

    What was neither paid nor given back stays due, or waived.
    """
    paid = paid_of(fee)
    back = fee.refunds.aggregate(all=Sum("amount"))["all"] or Decimal(0)
    if not paid:
        return fee
    state = FeeState.REFUNDED if back >= paid else FeeState.PAID
    Fee.objects.filter(pk=fee.pk).update(state=state)
    Fee.objects.filter(pk=fee.pk, settled_at=None).update(settled_at=clock.now())
    fee.refresh_from_db()
    return fee
