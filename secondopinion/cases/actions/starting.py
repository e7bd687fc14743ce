"""A new case: its child, its place in the vault, and a number that no other case has."""

from django.db import IntegrityError, transaction

from secondopinion.accounts.models import Child
from secondopinion.cases.models import Case, Request
from secondopinion.core import vault
from secondopinion.core.ids import case_reference

TRIES = 8  # with a million cases in a year, three in a hundred numbers are taken


@transaction.atomic
def new_case(*, language: str) -> Case:
    """Make an empty draft. Its number is drawn again when another case has it already.

    Raises:
        IntegrityError: every number that was drawn is taken.
    """
    child, space = Child.objects.create(), vault.new_space()
    for left in reversed(range(TRIES)):
        reference = case_reference()
        try:
            with transaction.atomic():
                case = Case.objects.create(
                    reference=reference, child=child, vault=space, language=language
                )
                break
        except IntegrityError:
            if not left or not Case.objects.filter(reference=reference).exists():
                raise
    Request.objects.create(case=case)
    return case
