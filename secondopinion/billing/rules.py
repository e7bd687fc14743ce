"""What a fee keeps from happening."""

from django.utils.translation import gettext_lazy as _

from secondopinion.billing.models import Fee, FeeState
from secondopinion.cases.models import Case
from secondopinion.cases.rules import in_the_way_of
from secondopinion.core.errors import Refused


@in_the_way_of("offer")
def fee_settled(case: Case) -> None:
    """Hold when the case does not wait for its fee, or has it: no expert is asked before.

    Raises:
        Refused: it is still due.
    """
    if Fee.objects.filter(case=case, waits=True, state=FeeState.DUE).exists():
        raise Refused(
            _("This case waits for its fee. Note the payment, waive it, or let the case go on."),
            code="fee-due",
        )
