"""What findings stand in the way of."""

from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.cases.rules import in_the_way_of
from secondopinion.core.errors import Refused
from secondopinion.findings.queries import doubts


@in_the_way_of("complete")
def whose_is_settled(case: Case) -> None:
    """Hold when nobody doubts any more that everything is of this child.

    Raises:
        Refused: a finding says that something may be another child's, and nobody has settled it.
    """
    if doubts(case).exists():
        raise Refused(
            _(
                "Something here may be another child’s. Look at it under “Records and images”, and "
                "say there what you found out."
            ),
            code="not-this-child",
        )
