"""Giving and ending parts in a case."""

from django.db import transaction

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import meanwhile
from secondopinion.cases.models import Case, Part, Participation
from secondopinion.cases.queries import live_parts, roles_of
from secondopinion.core import clock
from secondopinion.core.errors import NotYours


# Nothing of the house's own is raised in these two: an error ends the whole action, so there is
# nothing to come back to within it.
@transaction.atomic(savepoint=False)
def give_part(*, case: Case, person: Person, role: str, by: Person | None) -> Participation:
    """Give a person a part in a case; a part that is held already stays as it is."""
    held = live_parts().filter(case=case, person=person, role=role).first()
    return held or give_first_part(case=case, person=person, role=role, by=by)


def give_first_part(*, case: Case, person: Person, role: str, by: Person | None) -> Participation:
    """Give a part that is not held, in the transaction of an action that has asked, or in which the
    case or the person was made."""
    made = Participation.objects.create(case=case, person=person, role=role)
    audit.record("part-given", by=by, case_id=case.pk, target=person, detail={"role": role})
    return made


@transaction.atomic(savepoint=False)
def give_owner(*, case: Case, to: Person, by: Person | None) -> None:
    """Give a case that nobody has to a coordinator."""
    if Case.objects.filter(pk=case.pk, coordinator=None).update(coordinator=to):
        case.coordinator = to
        give_part(case=case, person=to, role=Part.COORDINATOR, by=by)


@transaction.atomic
def end_parts(
    *, case: Case, role: str, by: Person | None, person: Person | None = None, why: str = ""
) -> None:
    """End the part of everybody who has this role in the case, or of this person alone."""
    parts = live_parts().filter(case=case, role=role).select_related("person")
    for part in parts if person is None else parts.filter(person=person):
        Participation.objects.filter(pk=part.pk).update(until=clock.now(), ended_why=why)
        audit.record(
            "part-ended", by=by, case_id=case.pk, target=part.person, detail={"role": role}
        )


def require(case: Case, by: Person, *roles: str) -> set[str]:
    """Let nobody pass who has none of these parts in the case; return all that the person has.

    Raises:
        Conflict: the person was its coordinator, and it has changed hands since.
        NotYours: the person has none of them.
    """
    parts = roles_of(case, by)
    if not parts & set(roles):
        if Part.COORDINATOR in roles:
            meanwhile.refuse(case, by)
        raise NotYours
    return parts
