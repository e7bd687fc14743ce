"""The jobs that ask a provider: give money back, close a page."""

from django.tasks import task

from secondopinion.billing import closing, returning


@task()
def give_back(refund_id: str) -> None:
    """Have one refund carried out."""
    returning.carry_out(refund_id)


@task()
def close_page(payment_id: str) -> None:
    """Have the page of one payment closed."""
    closing.close(payment_id)
