"""Charging, waiving and taking that back, noting what came, letting a case wait, withdrawing."""

from datetime import date
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
    FeePaper,
    FeeState,
    FormerInvoice,
    NumberSeries,
    Payment,
    Refund,
)
from secondopinion.billing.numbering import local_day, next_number
from secondopinion.billing.providers import HAND
from secondopinion.billing.queries import is_told
from secondopinion.billing.tasks import close_page
from secondopinion.cases import actions as cases
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_family
from secondopinion.cases.models import Case, Part
from secondopinion.core import amounts, clock
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
def note_payment(
    *, fee: Fee, by: Person, amount: Decimal, on: date | None, due: Decimal, note: str = "",
    beyond: bool = False,
) -> Payment:  # fmt: skip
    """Note money that came by transfer or by hand: how much, and on which day. Parts add up; the
    fee is paid when nothing of it is due any more. `due` is what was due on the page, so that two
    who note the same transfer do not note it twice. `beyond` says that more has come than is due.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a day, or on one that has not come; nothing, or parts of the smallest coin;
            more than is due, which nobody has said.
        Conflict: it is settled already, or something came meanwhile.
    """
    require(fee.case, by, Part.COORDINATOR)
    row = Fee.objects.select_for_update().select_related("case").get(pk=fee.pk)
    if row.state != FeeState.DUE:
        raise Conflict(_("This fee has been settled already."), code="settled")
    if row.still_due != due:
        raise Conflict(
            _("Somebody has noted a payment meanwhile. Look at the list before you note another."),
            code="paid-meanwhile",
        )
    if on is None or on > local_day(clock.now()).date():
        raise Refused(
            _("Write the day on which the money came. It cannot be in the future."), code="came-on",
            field="on",
        )  # fmt: skip
    if amount <= 0 or amount != amount.quantize(taxes.coin(row.currency)):
        raise Refused(_("Write a number, like 120.50."), code="amount", field="amount")
    if amount > due and not beyond:
        raise Refused(
            _("This is more than the %(due)s that are due. If more has come, tick that it has.")
            % {"due": amounts.written(due, row.currency)},
            code="beyond", field="amount",
        )  # fmt: skip
    made = Payment.objects.create(
        fee=row, provider=HAND, amount=amount, currency=row.currency, state=Payment.State.PAID,
        paid_at=clock.now(), received_on=on, note=note.strip(), begun_by=by,
    )  # fmt: skip
    audit.record("fee-received", by=by, case_id=row.case_id, target=made)
    if follow(row).state != FeeState.DUE:
        Fee.objects.filter(pk=row.pk).update(settled_by=by)
    close_pages(row)  # they ask for more than is due now
    tell_family(row.case, "news")
    fee.refresh_from_db()
    return made


@transaction.atomic
def strike_out(*, payment: Payment, by: Person, reason: str) -> Payment:
    """Say that a payment that was noted by hand has never come: a slip. It stays in the list, and
    what it paid is due again, or was waived too.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a reason, or a receipt of it was made, or money was given back since.
        Conflict: it is struck out already.
    """
    require(payment.fee.case, by, Part.COORDINATOR)
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    fee = Fee.objects.select_for_update().select_related("case").get(pk=payment.fee_id)
    row = fee.payments.get(pk=payment.pk)
    if (row.provider, row.state) != (HAND, Payment.State.PAID):
        raise Conflict(_("This is struck out already."), code="struck")
    if is_told(fee):
        raise Refused(
            _("There is a receipt of it already, or money was given back. Give back what was not "
              "paid, or keep it, with a word why."),
            code="receipt",
        )  # fmt: skip
    row.state, row.paid_at, row.note = Payment.State.STRUCK, None, reason.strip()
    row.save()
    left, waived = paid_of(fee), fee.credits.filter(refund=None, former=None).exists()
    fee.kept_beyond, fee.kept_beyond_why = Decimal(0), ""
    if waived:
        fee.state = FeeState.PAID if left else FeeState.WAIVED
        credit(fee=fee, amount=row.amount)
    elif left < fee.amount:
        fee.state, fee.settled_at, fee.settled_by = FeeState.DUE, None, None
    fee.save()
    audit.record("fee-payment-struck", by=by, case_id=fee.case_id, target=row)
    tell_family(fee.case, "news")
    return row


@transaction.atomic
def waive(*, fee: Fee, by: Person, note: str) -> Fee:
    """Waive a fee, or what of it has not come yet, and say why.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a reason.
        Conflict: it is settled already.
    """
    require(fee.case, by, Part.COORDINATOR)
    if not note.strip():
        raise Refused(_("Say why it is waived."), code="note-missing", field="note")
    if not _waive(fee, by, note):
        raise Conflict(_("This fee has been settled already."), code="settled")
    tell_family(fee.case, "news")
    return fee


def _waive(fee: Fee, by: Person, note: str) -> bool:
    """Waive a fee that is due; say whether it was. What has not come is taken back by a note."""
    list(Fee.objects.select_for_update().filter(pk=fee.pk))  # a payment may be coming
    done = Fee.objects.filter(pk=fee.pk, state=FeeState.DUE).update(
        state=FeeState.WAIVED, settled_at=clock.now(), settled_by=by, note=note.strip()
    )
    fee.refresh_from_db()
    if done:
        audit.record("fee-settled", by=by, case_id=fee.case_id, target=fee,
                     detail={"state": str(fee.state)})  # fmt: skip
        close_pages(fee)
        credit(fee=fee, amount=fee.amount - paid_of(fee))
        follow(fee)
    return bool(done)


@transaction.atomic
def take_back_waiver(*, fee: Fee, by: Person, reason: str) -> Fee:
    """Take back that a fee, or the rest of it, need not be paid: it is due again, with an invoice
    of its own.

    The former invoice, and the note that took it back, stay as they are; what was paid counts.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a reason, which the family reads; the case has ended; of a part that was
            paid there is a receipt, or money was given back.
        Conflict: nothing of it is waived.
    """
    require(fee.case, by, Part.COORDINATOR)
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    row = Fee.objects.select_for_update().select_related("case").get(pk=fee.pk)
    if row.case.ended_at is not None:
        raise Refused(_("This case has ended."), code="ended")
    if row.state not in {FeeState.WAIVED, FeeState.PAID} or not row.let_off:
        raise Conflict(_("This fee is not waived."), code="not-waived")
    if is_told(row):
        raise Refused(
            _("There is a receipt of what was paid already, or money was given back: the rest "
              "cannot be due again."),
            code="receipt",
        )  # fmt: skip
    former = FormerInvoice.objects.create(
        fee=row, number=str(row.number), issued_at=row.invoice_day, by=by, reason=reason.strip()
    )
    row.credits.filter(former=None).update(former=former)
    FeePaper.objects.filter(fee=row, kind=FeePaper.Kind.INVOICE, former=None).update(former=former)
    row.invoiced_at = clock.now()
    row.number = next_number(NumberSeries.Kind.INVOICE, row.invoiced_at)
    row.state, row.settled_at, row.settled_by, row.note = FeeState.DUE, None, None, ""
    row.kept_beyond, row.kept_beyond_why = Decimal(0), ""
    row.save()
    audit.record("fee-due-again", by=by, case_id=row.case_id, target=row)
    # What came beyond the waiver may be all of it.
    tell_family(row.case, "fee-due-again" if follow(row).state == FeeState.DUE else "news")
    fee.refresh_from_db()
    return fee


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
        _waive(fee, by, note)
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
    before = fee.credits.filter(former=None).aggregate(all=Sum("amount"))["all"] or Decimal(0)
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

    What was neither paid nor given back stays due, or waived; what was paid in part, and not waived
    for the rest, stays due.
    """
    paid = paid_of(fee)
    back = fee.refunds.aggregate(all=Sum("amount"))["all"] or Decimal(0)
    waived = fee.credits.filter(refund=None, former=None).aggregate(all=Sum("amount"))["all"]
    if not paid or (fee.state == FeeState.DUE and paid + (waived or 0) < fee.amount):
        return fee
    state = FeeState.REFUNDED if back >= paid else FeeState.PAID
    Fee.objects.filter(pk=fee.pk).update(state=state)
    Fee.objects.filter(pk=fee.pk, settled_at=None).update(settled_at=clock.now())
    fee.refresh_from_db()
    return fee
