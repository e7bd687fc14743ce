"""Giving back what was paid: on the provider's page where it was paid there, else by hand.

The money is owed from the moment at which it is said: the credit note is made with it. Until it has
gone out, it stands in the desk's list.
"""

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.billing import taxes
from secondopinion.billing.actions import note_refund, paid_of
from secondopinion.billing.models import Fee, FeeState, Payment, Refund
from secondopinion.billing.providers import HAND
from secondopinion.billing.queries import too_much
from secondopinion.billing.tasks import give_back as give_back_by_job
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_family
from secondopinion.cases.models import Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, Refused

_TEAM = (Part.COORDINATOR, "desk")


def left_of(fee: Fee) -> Decimal:
    """Return what was paid and is not given back yet."""
    return paid_of(fee) - (fee.refunds.aggregate(all=Sum("amount"))["all"] or Decimal(0))


@transaction.atomic
def give_back(
    *, fee: Fee, by: Person, amount: Decimal, reason: str, transferred: bool = False
) -> list[Refund]:
    """Give back a part or all of what was paid, and say so to the family.

    `transferred` says that what was paid by hand has gone out already.

    Raises:
        NotYours: by somebody who does not lead the case.
        Refused: without a reason; nothing, more than is left, or parts of the smallest coin.
        Conflict: it was not paid.
    """
    require(fee.case, by, Part.COORDINATOR)
    made = in_transaction(
        fee=fee, by=by, amount=amount, reason=reason, transferred=transferred
    )  # fmt: skip
    tell_family(fee.case, "news")
    return made


def in_transaction(
    *, fee: Fee, by: Person, amount: Decimal, reason: str, transferred: bool = False
) -> list[Refund]:
    """As `give_back`, within a verb that has asked whether `by` may, and tells the family."""
    fee = Fee.objects.select_for_update().select_related("case").get(pk=fee.pk)
    if fee.state not in {FeeState.PAID, FeeState.REFUNDED}:
        raise Conflict(_("This fee was not paid."), code="not-paid")
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    left = left_of(fee)
    coin = taxes.coin(fee.currency)
    if not 0 < amount <= left or amount != amount.quantize(coin):
        raise Refused(
            _("Write an amount from %(least)s to %(most)s.") % {"least": coin, "most": left},
            code="amount", field="amount",
        )  # fmt: skip
    made = []
    for payment, part in _parts(fee, amount):
        online = payment is not None
        state = Refund.State.DONE if transferred else Refund.State.OWED
        row = note_refund(
            fee=fee, amount=part, reason=reason.strip(), by=by, payment=payment,
            state=Refund.State.ASKED if online else state,
        )  # fmt: skip
        if online:
            give_back_by_job.enqueue(str(row.pk))
        made.append(row)
    return made


def _parts(fee: Fee, amount: Decimal) -> list[tuple[Payment | None, Decimal]]:
    """Return of which payment how much is given back; None stands for what was paid by hand."""
    found: list[tuple[Payment | None, Decimal]] = []
    online = Payment.objects.filter(fee=fee, state=Payment.State.PAID).exclude(provider=HAND)
    for payment in online.order_by("-paid_at"):
        back = payment.refunds.aggregate(all=Sum("amount"))["all"] or Decimal(0)
        part = min(amount, payment.amount - back)
        if part > 0:
            found.append((payment, part))
            amount -= part
    return [*found, (None, amount)] if amount else found


@transaction.atomic
def note_transferred(*, refund: Refund, by: Person) -> None:
    """Note that what was owed has been transferred by hand.

    Raises:
        NotYours: by somebody who is not of the team.
        Conflict: it has gone out already.
    """
    require(refund.fee.case, by, *_TEAM)
    done = Refund.objects.filter(
        pk=refund.pk, state__in=[Refund.State.OWED, Refund.State.FAILED]
    ).update(state=Refund.State.DONE, done_at=clock.now())
    if not done:
        raise Conflict(_("This has been given back already."), code="given-back")
    audit.record("refund-done", by=by, case_id=refund.fee.case_id, target=refund)


@transaction.atomic
def ask_again(*, refund: Refund, by: Person) -> None:
    """Have the provider asked again that did not give it back.

    Raises:
        NotYours: by somebody who is not of the team.
        Conflict: it has gone out, or is on its way.
    """
    require(refund.fee.case, by, *_TEAM)
    done = Refund.objects.filter(
        pk=refund.pk, state=Refund.State.FAILED, payment__isnull=False
    ).update(state=Refund.State.ASKED, tries=0)
    if not done:
        raise Conflict(_("This has been given back already."), code="given-back")
    audit.record("refund-asked", by=by, case_id=refund.fee.case_id, target=refund)
    give_back_by_job.enqueue(str(refund.pk))


@transaction.atomic
def keep(*, fee: Fee, by: Person, reason: str) -> None:
    """Say that what was paid is kept though the case has ended, and why; where more was paid than
    is owed, that this surplus is kept. What is paid after that is decided anew.

    Raises:
        NotYours: by somebody who is not of the team.
        Refused: without a reason.
        Conflict: it was not paid, or was given back.
    """
    require(fee.case, by, *_TEAM)
    if not reason.strip():
        raise Refused(_("Say why."), code="reason-missing", field="reason")
    row = Fee.objects.select_for_update().filter(pk=fee.pk, state=FeeState.PAID).first()
    if row is None:
        raise Conflict(_("This fee was not paid."), code="not-paid")
    beyond = too_much(row)
    if beyond:
        row.kept_beyond += beyond
        row.kept_beyond_why = "\n".join(filter(None, [row.kept_beyond_why, reason.strip()]))
    else:
        row.kept = reason.strip()
    row.save(update_fields=["kept", "kept_beyond", "kept_beyond_why"])
    audit.record("fee-kept", by=by, case_id=fee.case_id, target=fee,
                 detail={"beyond": str(beyond)})  # fmt: skip
