"""Paying on a provider's page: begun by the family, ended by what the provider tells us."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.billing.actions import close_pages, follow, note_refund
from secondopinion.billing.models import Fee, FeeState, Payment, ProviderEvent, Refund
from secondopinion.billing.numbering import local_day
from secondopinion.billing.providers import Begun, Event, Order, Provider, Unavailable
from secondopinion.billing.queries import too_much
from secondopinion.billing.registry import provider_for
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_coordinator, tell_family
from secondopinion.cases.models import Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused

FRESH = timedelta(hours=20)  # after which a page is not shown again; Stripe's lives 24 hours


def begin(*, fee: Fee, by: Person) -> Payment:
    """Return a payment that has a page of the provider; one that was begun lately is gone on with.

    Raises:
        NotYours: by somebody who is not the family.
        Conflict: it is settled.
        Refused: no provider is set, or it does not answer.
    """
    payment, provider = _prepared(fee, by)
    if payment.url:
        return payment
    with override(fee.case.language):
        words = gettext("Second opinion %(reference)s") % {"reference": fee.case.reference}
    order = Order(
        key=str(payment.pk), amount=payment.amount, currency=payment.currency, words=words,
        back=f"{settings.SITE_URL}/my/cases/{fee.case.reference}/fee/",
        language=fee.case.language,
    )  # fmt: skip
    try:
        begun = provider.begin(order)
    except Unavailable:
        raise Refused(
            _("The page for paying cannot be reached now. Nothing was paid. Try again later, or "
              "pay by bank transfer."),
            code="provider-away",
        ) from None  # fmt: skip
    if not _noted(payment, begun):
        raise _settled()
    payment.refresh_from_db()
    return payment


@transaction.atomic
def _noted(payment: Payment, begun: Begun) -> bool:
    """Note the page of a payment; say whether its fee is still due. If not, have it closed."""
    fee = Fee.objects.select_for_update().get(pk=payment.fee_id)
    Payment.objects.filter(pk=payment.pk).update(external_id=begun.external_id, url=begun.url)
    if fee.state != FeeState.DUE:
        close_pages(fee)
    return fee.state == FeeState.DUE


def _settled() -> Conflict:
    return Conflict(_("This fee has been settled already."), code="settled")


@transaction.atomic
def _prepared(fee: Fee, by: Person) -> tuple[Payment, Provider]:
    """Return a payment of this fee that is open, and who takes it, before anybody is asked."""
    require(fee.case, by, Part.FAMILY)
    fee = Fee.objects.select_for_update().get(pk=fee.pk)
    provider = provider_for(fee.currency)
    if provider is None:
        raise Refused(_("One cannot pay online here."), code="no-provider")
    if fee.state != FeeState.DUE:
        raise _settled()
    lately = Payment.objects.filter(
        fee=fee, provider=provider.name, state=Payment.State.OPEN, amount=fee.still_due,
        created_at__gt=clock.now() - FRESH,
    ).last()  # fmt: skip
    if lately is not None:
        return lately, provider
    made = Payment.objects.create(
        fee=fee, provider=provider.name, amount=fee.still_due, currency=fee.currency, begun_by=by
    )
    audit.record("payment-begun", by=by, case_id=fee.case_id, target=made)
    return made, provider


def take_in(*, provider: Provider, body: bytes, headers: Mapping[str, str]) -> bool:
    """Take in what a provider tells, once, whatever came before it; say whether it was new.

    Raises:
        BadSignature: the provider did not make the call.
    """
    event = provider.event(body, headers)
    with transaction.atomic():
        payment = _payment_of(provider.name, event.key)
        row, new = ProviderEvent.objects.get_or_create(
            provider=provider.name, event_id=event.event_id,
            defaults={"kind": event.kind, "payment": payment},
        )  # fmt: skip
        if new and payment is not None:
            # All that is told of one fee waits for each other here.
            fee = Fee.objects.select_for_update().get(pk=payment.fee_id)
            payment.refresh_from_db()
            _apply(event, payment, fee)
            audit.record("payment-told", by=None, case_id=fee.case_id, target=payment,
                         detail={"kind": row.kind})  # fmt: skip
    return new


def _payment_of(provider: str, key: str) -> Payment | None:
    """Return the payment that an event is about; there are events about other things too."""
    rows = Payment.objects.filter(pk__in=_keys(key), provider=provider)
    return rows.select_related("fee__case").first()


def _keys(text: str) -> list[UUID]:
    """Return a key as a provider tells it, or none where it is no key of ours."""
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _apply(event: Event, payment: Payment, fee: Fee) -> None:
    """Note what an event says. What was paid stays paid: a late "expired" changes nothing."""
    if event.kind == "paid" and payment.state != Payment.State.PAID:
        if (event.amount, event.currency) != (payment.amount, payment.currency):
            audit.record("payment-differs", by=None, case_id=fee.case_id, target=payment)
            tell_coordinator(fee.case)
            return
        Payment.objects.filter(pk=payment.pk).update(
            state=Payment.State.PAID,
            paid_at=clock.now(),
            url="",
            received_on=local_day(clock.now()).date(),
        )
        follow(fee)
        close_pages(fee)
        if too_much(fee):
            audit.record("payment-too-much", by=None, case_id=fee.case_id, target=payment)
        tell_family(fee.case, "news")
        tell_coordinator(fee.case)
    elif event.kind in {"failed", "expired"} and payment.state == Payment.State.OPEN:
        Payment.objects.filter(pk=payment.pk).update(state=event.kind, url="")
    elif event.kind == "refunded":
        known = payment.refunds.aggregate(all=Sum("amount"))["all"] or Decimal(0)
        if event.amount > known:
            note_refund(fee=fee, amount=event.amount - known, payment=payment)
            tell_coordinator(fee.case)
        if event.amount >= known:  # all that we asked for has gone out
            payment.refunds.exclude(state=Refund.State.DONE).update(
                state=Refund.State.DONE, done_at=clock.now()
            )
    elif event.kind == "not-refunded":
        failed = payment.refunds.filter(pk__in=_keys(event.refund)).update(
            state=Refund.State.FAILED, done_at=None
        )
        if failed:
            tell_coordinator(fee.case)
