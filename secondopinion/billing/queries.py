"""Reads of fees."""

from secondopinion.billing.models import Fee, FeePaper, FeeState, Payment
from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours


def fee_of(case: Case) -> Fee | None:
    """Return the fee of a case with its payments, refunds and who settled it."""
    rows = Fee.objects.filter(case=case).select_related("settled_by")
    return rows.prefetch_related("payments", "refunds").first()


def fee_in(case: Case) -> Fee:
    """Return the fee of a case.

    Raises:
        NotYours: it has none.
    """
    fee = fee_of(case)
    if fee is None:
        raise NotYours
    fee.case = case
    return fee


def papers_of(fee: Fee) -> list[tuple[str, str, object]]:
    """Return the papers that a fee has, made or not: kind, name of the kind, refund or None.

    Old fees without a number have none; a waived one has no receipt.
    """
    if not fee.number:
        return []
    kinds = FeePaper.Kind
    found: list[tuple[str, str, object]] = [("invoice", str(kinds.INVOICE.label), None)]
    if any(each.state == Payment.State.PAID for each in fee.payments.all()):
        found.append(("receipt", str(kinds.RECEIPT.label), None))
    found += [("credit", str(kinds.CREDIT.label), each) for each in fee.refunds.all()]
    return found


def waits(case: Case) -> bool:
    """Say whether a case waits for its fee."""
    return Fee.objects.filter(case=case, waits=True, state=FeeState.DUE).exists()
