"""Who gets a case the moment it is sent, so that none is ever without an owner.

Who has how much, and who is away, is known to a room above this one: it adds its choice when it is
loaded.
"""

from collections.abc import Callable

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case

Choice = Callable[[Case], Person | None]
CHOICES: list[Choice] = []


def chooses_owner(choice: Choice) -> Choice:
    """Let a function say who gets a new case; None where it knows of nobody."""
    CHOICES.append(choice)
    return choice


def next_owner(case: Case) -> Person | None:
    """Return who gets a case that is sent, or None where there is no coordinator at all."""
    return next((found for choice in CHOICES if (found := choice(case)) is not None), None)
