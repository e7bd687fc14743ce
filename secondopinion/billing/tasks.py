"""The job that has a provider give money back."""

from django.tasks import task

from secondopinion.billing import returning


@task()
def give_back(refund_id: str) -> None:
    """Have one refund carried out."""
    returning.carry_out(refund_id)
