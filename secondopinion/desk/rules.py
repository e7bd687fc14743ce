"""Who may do what at the desk."""

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role
from secondopinion.core.errors import NotYours


def require_team(person: Person) -> None:
    """Let nobody pass who is not of the intake team.

    Raises:
        NotYours: the person is not.
    """
    if not has_role(person, "coordinator"):
        raise NotYours
