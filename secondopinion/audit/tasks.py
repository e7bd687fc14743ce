"""Jobs of the audit."""

from datetime import timedelta

from secondopinion.audit import actions
from secondopinion.core.jobs import periodic


@periodic("audit-seal", every=timedelta(minutes=1))
def seal() -> None:
    """Chain what was written since the last time."""
    actions.seal()
