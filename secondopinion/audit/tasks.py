"""Jobs of the audit."""

from datetime import timedelta

from secondopinion.audit import actions
from secondopinion.core.jobs import periodic


@periodic("audit-seal", every=timedelta(minutes=1))
def seal() -> None:
    """Chain what was written since the last time."""
    actions.seal(lately=True)


@periodic("audit-seal-all", every=timedelta(hours=1))
def seal_all() -> None:
    """Chain also what came late: while a clock went wrong, or a day after it was begun."""
    actions.seal()
