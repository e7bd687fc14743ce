"""Has a provider close a page on which nothing is to be paid any more: by a job.

Who pays at that very moment has paid: it is noted, and the desk decides (`queries.too_much`).
"""

from django.db import transaction

from secondopinion.audit import actions as audit
from secondopinion.billing.models import Payment
from secondopinion.billing.providers import Declined
from secondopinion.billing.registry import PROVIDERS


def close(payment_id: str) -> None:
    """Have the page of one payment closed; what has ended already is left alone.

    Raises:
        Unavailable: the provider did not answer, and will be asked again.
    """
    payment = Payment.objects.select_related("fee").get(pk=payment_id)
    if payment.state != Payment.State.OPEN:
        return
    try:
        PROVIDERS[payment.provider].close(payment.external_id)
    except Declined:
        return  # it is paid or has ended: the provider tells us which
    with transaction.atomic():
        done = Payment.objects.filter(pk=payment.pk, state=Payment.State.OPEN).update(
            state=Payment.State.EXPIRED, url=""
        )
        if done:
            audit.record("payment-closed", by=None, case_id=payment.fee.case_id, target=payment)
