"""Has a provider give back what was paid on its page: by a job, for as long as that can help."""

from django.db import transaction

from secondopinion.audit import actions as audit
from secondopinion.billing.models import Refund
from secondopinion.billing.providers import Declined, Return, Unavailable
from secondopinion.billing.registry import PROVIDERS
from secondopinion.cases.actions.telling import tell_coordinator
from secondopinion.core import clock
from secondopinion.core.jobs import MOST_TRIES


def carry_out(refund_id: str) -> None:
    """Ask the provider for one refund; one that is done already is left alone.

    Raises:
        Unavailable: it did not answer, and will be asked again.
    """
    refund = Refund.objects.select_related("payment", "fee__case").get(pk=refund_id)
    payment = refund.payment
    if refund.state != Refund.State.ASKED or payment is None:
        return
    order = Return(
        key=str(refund.pk), payment=str(payment.pk), external_id=payment.external_id,
        amount=refund.amount, currency=payment.currency,
    )  # fmt: skip
    Refund.objects.filter(pk=refund.pk).update(tries=refund.tries + 1)
    try:
        PROVIDERS[payment.provider].give_back(order)
    except Declined:
        _end(refund, Refund.State.FAILED)
    except Unavailable:
        if refund.tries + 1 >= MOST_TRIES:
            _end(refund, Refund.State.FAILED)
        raise
    else:
        _end(refund, Refund.State.DONE)


@transaction.atomic
def _end(refund: Refund, state: Refund.State) -> None:
    """Note how it ended, unless the provider has told us something else meanwhile."""
    failed = state == Refund.State.FAILED
    done = Refund.objects.filter(pk=refund.pk, state=Refund.State.ASKED).update(
        state=state, done_at=None if failed else clock.now()
    )
    if done:
        verb = "refund-failed" if failed else "refund-done"
        audit.record(verb, by=None, case_id=refund.fee.case_id, target=refund)
        if failed:
            tell_coordinator(refund.fee.case)
