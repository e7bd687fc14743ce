"""Agreeing that texts of a case go to a machine outside the hospital, and taking that back."""

from django.db import transaction

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import rules
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.translation.models import OutsideConsent

VERSION = "1"  # of the words that a family reads before it agrees


@transaction.atomic
def agree(*, by: Person, case: Case, language: str) -> OutsideConsent:
    """Keep that a guardian agreed, and in which language they read the words; once is enough.

    Raises:
        NotYours: by somebody who is not of the family.
        Refused: by somebody who may not decide for the child.
    """
    require(case, by, Part.FAMILY)
    rules.may_consent(case, by)
    row, made = OutsideConsent.objects.get_or_create(
        case=case, withdrawn_at=None,
        defaults={"person": by, "version": VERSION, "language": language},
    )  # fmt: skip
    if made:
        audit.record(
            "outside-translation-agreed", by=by, case_id=case.pk, target=row,
            detail={"version": VERSION, "language": language},
        )  # fmt: skip
    return row


@transaction.atomic
def take_back(*, by: Person, case: Case) -> None:
    """End the consent, whoever of the guardians gave it; nothing leaves from then on.

    Raises:
        NotYours: by somebody who is not of the family.
        Refused: by somebody who may not decide for the child.
    """
    require(case, by, Part.FAMILY)
    rules.may_consent(case, by)
    ended = OutsideConsent.objects.filter(case=case, withdrawn_at=None).update(
        withdrawn_at=clock.now(), withdrawn_by=by
    )
    if ended:
        audit.record("outside-translation-ended", by=by, case_id=case.pk, target=case)
