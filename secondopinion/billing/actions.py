"""Charging, waiving, noting that a fee was paid by hand, letting a case wait, withdrawing."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.billing import taxes
from secondopinion.billing.models import (
    CreditNote,
    Fee,
    FeeState,
    NumberSeries,
    Payment,
    Refund,
)
from secondopinion.billing.numbering import next_number
from secondopinion.billing.providers import HAND
from secondopinion.billing.tasks import close_page
from secondopinion.cases import actions as cases
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused
from secondopinion.program import queries as program
from secondopinion.program.models import Price


@transaction.atomic
def charge(*, case: Case, by: Person, kind: str = Price.Kind.OPINION) -> Fee:
    """Make the fee of a case from the price list, and number its invoice; a second call returns
    the first's fee.

    The case waits for it where the program says so; `let_wait` changes that for this case.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: nothing is to be paid there.
    """
    require(case, by, Part.COORDINATOR)
    amount, currency = program.price_of(Price.Kind(kind), str(case.country))
    if not amount:
        raise Refused(_("There is no fee for this case."), code="no-fee")
    house = program.program()
    fee, made = Fee.objects.get_or_create(
        case=case,
        defaults={
            "kind": kind, "amount": amount, "currency": currency, "waits": house.fee_waits,
            "tax": {"rate": str(house.tax_rate), "number": house.tax_number,
                    "exempt": house.tax_exempt},
        },
    )  # fmt: skip
    if made:
        fee.number = next_number(NumberSeries.Kind.INVOICE, fee.created_at)
        fee.save(update_fields=["number"])
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
    if not _settle(fee, by, FeeState(state), note):
        raise Conflict(_("This fee has been settled already."), code="settled")
    if state == FeeState.PAID:
        Payment.objects.create(
            fee=fee, provider=HAND, amount=fee.amount, currency=fee.currency,
            state=Payment.State.PAID, paid_at=clock.now(), begun_by=by,
        )  # fmt: skip
    tell_family(fee.case, "news")
    return fee


def _settle(fee: Fee, by: Person, state: FeeState, note: str) -> bool:
    """Settle a fee that is due; say whether it was. A waiver takes the invoice back."""
    done = Fee.objects.filter(pk=fee.pk, state=FeeState.DUE).update(
        state=state, settled_at=clock.now(), settled_by=by, note=note.strip()
    )
    fee.refresh_from_db()
    if done:
        audit.record("fee-settled", by=by, case_id=fee.case_id, target=fee,
                     detail={"state": str(state)})  # fmt: skip
        close_pages(fee)
        if state == FeeState.WAIVED:
            credit(fee=fee, amount=fee.amount)
    return bool(done)


@transaction.atomic
def withdraw(*, by: Person, case: Case, reason: str = "") -> Case:
    """Withdraw a request, as its family; a fee that was not paid is not asked for any more.

    What was paid is for the desk to give back or not (`refunding`).

    Raises:
        NotYours, Refused, Conflict: as of `cases.actions.withdraw`.
    """
    cases.withdraw(by=by, case=case, reason=reason)
    fee = Fee.objects.select_for_update().filter(case=case, state=FeeState.DUE).first()
    if fee is not None:
        with override(case.coordinator.language if case.coordinator else "en"):
            note = gettext("The request was withdrawn.")
        _settle(fee, by, FeeState.WAIVED, note)
    return case


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


def note_refund(
    *, fee: Fee, amount: Decimal, reason: str = "", by: Person | None = None,
    payment: Payment | None = None, state: Refund.State = Refund.State.DONE,
) -> Refund:  # fmt: skip
    """Write a refund down, in the caller's transaction, which holds the fee locked."""
    made = Refund.objects.create(
        fee=fee, payment=payment, amount=amount, reason=reason, by=by, state=state,
        done_at=clock.now() if state == Refund.State.DONE else None,
    )  # fmt: skip
    credit(fee=fee, amount=amount, refund=made)
    audit.record("fee-refunded", by=by, case_id=fee.case_id, target=made)
    follow(fee)
    return made


def credit(*, fee: Fee, amount: Decimal, refund: Refund | None = None) -> CreditNote | None:
    """Take an invoice back by as much, with a numbered note; never more than all of it.

    Money that came back beyond what was invoiced (it had been paid twice) has no note.
    """
    before = fee.credits.aggregate(all=Sum("amount"))["all"] or Decimal(0)
    amount = min(amount, fee.amount - before)
    if not fee.number or amount <= 0:
        return None
    now = clock.now()
    return CreditNote.objects.create(
        fee=fee, refund=refund, amount=amount, created_at=now,
        number=next_number(NumberSeries.Kind.CREDIT, now),
        net=taxes.net_of_part(before, amount, fee.tax_rate, fee.currency),
    )  # fmt: skip


def close_pages(fee: Fee) -> None:
    """Have the pages closed on which a fee that is settled could still be paid."""
    open_ = Payment.objects.filter(fee=fee, state=Payment.State.OPEN).exclude(external_id="")
    for payment in open_:
        close_page.enqueue(str(payment.pk))


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
