"""Keeping what the family says about how it went."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import Refused
from secondopinion.outcomes.models import Answer, Outcome

DAYS = (30, 90)


@transaction.atomic
def tell(
    *,
    by: Person,
    case: Case,
    day: int,
    diagnosis_changed: str,
    plan_changed: str,
    helped: str,
    note: str = "",
) -> Outcome:
    """Keep the family's answers; answering again for the same day replaces them.

    Raises:
        NotYours: by somebody who is not the family.
        Refused: before there is a report, or without one of the three answers.
    """
    require(case, by, Part.FAMILY)
    if case.reported_at is None or day not in DAYS:
        raise Refused(_("There is no report yet."), code="too-early")
    answers = {
        "diagnosis_changed": diagnosis_changed,
        "plan_changed": plan_changed,
        "helped": helped,
    }
    for field, value in answers.items():
        if value not in Answer.values:
            raise Refused(_("Choose an answer."), code="answer-missing", field=field)
    outcome, _made = Outcome.objects.update_or_create(
        case=case, day=day, defaults={**answers, "by": by, "note": note.strip()}
    )
    audit.record("outcome-told", by=by, case_id=case.pk, target=outcome, detail={"day": day})
    return outcome
