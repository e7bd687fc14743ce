"""Reads of fees."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from secondopinion.billing.models import (
    CreditNote,
    Fee,
    FeePaper,
    FeeState,
    FormerInvoice,
    Payment,
    Refund,
)
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.core.errors import NotYours

_BEFORE_AN_OFFER = (State.SUBMITTED, State.COLLECTING, State.WAITING_ON_FAMILY, State.READY)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that a fee has, whether it was made yet or not."""

    kind: str
    name: str
    number: str
    credit: CreditNote | None = None
    former: FormerInvoice | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """What several fees of one currency come to, and what that is."""

    label: str
    fees: int
    amount: Decimal
    currency: str


def fee_of(case: Case) -> Fee | None:
    """Return the fee of a case with its payments, refunds and who settled it."""
    rows = Fee.objects.filter(case=case).select_related("settled_by")
    return rows.prefetch_related(
        "payments", "refunds__credit", "credits__former", "former_invoices"
    ).first()


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


def is_told(fee: Fee) -> bool:
    """Say whether a receipt tells already what was paid, or money was given back: what was paid,
    and what was waived of the rest, stands then."""
    receipts = FeePaper.objects.filter(fee=fee, kind=FeePaper.Kind.RECEIPT)
    return bool(fee.refunds.all()) or receipts.exists()


def papers_of(fee: Fee) -> list[Paper]:
    """Return the papers that a fee has; there is a receipt when it is paid whole."""
    if not fee.number:
        return []
    kinds = FeePaper.Kind
    name = str(kinds.INVOICE.label)
    found = [Paper("invoice", name, each.number, former=each) for each in fee.former_invoices.all()]
    found.append(Paper("invoice", name, fee.number))
    if fee.received and fee.state != FeeState.DUE:
        found.append(Paper("receipt", str(kinds.RECEIPT.label), fee.number))
    name = str(kinds.CREDIT.label)
    return found + [Paper("credit", name, each.number, each) for each in fee.credits.all()]


def to_give_back() -> QuerySet[Refund]:
    """Return what is owed to families and has not reached them yet, the oldest first."""
    rows = Refund.objects.exclude(state=Refund.State.DONE).order_by("created_at")
    return rows.select_related("fee__case__child", "fee__case__coordinator", "by")


def to_decide() -> QuerySet[Fee]:
    """Return the paid fees of cases that their families withdrew before a specialist had them."""
    rows = Fee.objects.filter(
        state=FeeState.PAID, kept="", refunds=None, case__state=State.WITHDRAWN
    )
    rows = rows.exclude(pk__in=_overpaid().values("pk"))
    return rows.exclude(case__participations__role=Part.SPECIALIST).select_related(
        "case__child", "case__coordinator"
    ).order_by("case__ended_at")  # fmt: skip


def totals(cases: QuerySet[Case]) -> list[Total]:
    """Return what the fees of such cases come to: by where they stand, what of them came in part or
    was waived for the rest, and what was given back."""
    fees = Fee.objects.filter(case__in=cases).annotate(
        came=_sum(Payment.objects.filter(state=Payment.State.PAID)),
        off=_sum(CreditNote.objects.filter(refund=None, former=None)),
    )
    rows = fees.values("state", "currency").annotate(
        fees=Count("pk"), whole=Sum("amount"), came_of=Sum("came"), off_of=Sum("off"),
        came_in=Count("pk", filter=Q(came__gt=0)), off_in=Count("pk", filter=Q(off__gt=0)),
    )  # fmt: skip
    found = []
    for row in rows.order_by("state", "currency"):
        state, currency, left = FeeState(row["state"]), row["currency"], row["whole"]
        parts = []
        if state == FeeState.DUE and row["came_of"]:
            left -= row["came_of"]
            label = gettext("Received of these in part")
            parts.append(Total(label, row["came_in"], row["came_of"], currency))
        if state != FeeState.WAIVED and row["off_of"]:
            left -= row["off_of"]
            label = gettext("Waived of these, after a part was paid")
            parts.append(Total(label, row["off_in"], row["off_of"], currency))
        found += [Total(str(state.label), row["fees"], left, currency), *parts]
    back = Refund.objects.filter(fee__case__in=cases).exclude(state=Refund.State.FAILED)
    back_by = back.values("fee__currency").annotate(refunds=Count("pk"), all=Sum("amount"))
    label = gettext("Given back of what was paid")
    return found + [
        Total(label, row["refunds"], row["all"], row["fee__currency"])
        for row in back_by.order_by("fee__currency")
    ]


def too_much(fee: Fee) -> Decimal:
    """Return what was paid beyond what is owed, and is neither given back nor kept with a reason.

    It was paid twice, or on a page that was open when the fee was waived.
    """
    rows = Fee.objects.filter(pk=fee.pk).annotate(beyond=_beyond())
    return max([*rows.values_list("beyond", flat=True), Decimal(0)])


def overpaid() -> QuerySet[Fee]:
    """Return the fees of which more was paid than is owed, for the desk to decide."""
    return _overpaid().select_related("case__child", "case__coordinator").order_by("created_at")


def _overpaid() -> QuerySet[Fee]:
    return Fee.objects.annotate(beyond=_beyond()).filter(beyond__gt=0)


def _beyond() -> CombinedExpression:
    """Return what of a fee is left of all payments beyond what is owed and what is kept of that
    with a reason, as a part of a query."""
    paid = Payment.objects.filter(state=Payment.State.PAID)
    waived = CreditNote.objects.filter(refund=None, former=None)
    paid_beyond = _sum(paid) - _sum(Refund.objects.all()) + _sum(waived) - F("amount")
    return paid_beyond - F("kept_beyond")


def _sum(rows: QuerySet[Any]) -> Coalesce:
    """Return the amount of all such rows of a fee, as a part of a query."""
    of_fee = rows.filter(fee=OuterRef("pk")).order_by().values("fee")
    total = Subquery(of_fee.annotate(all=Sum("amount")).values("all"))
    return Coalesce(total, Value(Decimal(0)), output_field=DecimalField())


def holds_up(fee: Fee | None) -> bool:
    """Say whether the case of a fee stands still until it is paid: no specialist has been asked."""
    return (
        fee is not None
        and fee.waits
        and fee.state == FeeState.DUE
        and fee.case.state in _BEFORE_AN_OFFER
    )
