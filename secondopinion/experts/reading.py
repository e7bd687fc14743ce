"""Which languages a specialist reads: what was written at home in another one is translated."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import live_parts
from secondopinion.experts.models import ExpertProfile, OfferState
from secondopinion.translation.checks.languages import short_code
from secondopinion.translation.told import Reading, Told, reads, told

_REPORTS = "en"  # the language in which reports are written


def _reading(person: Person, said: Iterable[str]) -> Reading:
    """Return what somebody reads: as they said in the directory, else that of their pages."""
    languages = frozenset(map(short_code, said)) or frozenset({short_code(person.language)})
    return Reading(languages, _REPORTS if _REPORTS in languages else min(languages))


def said_by(person: Person) -> QuerySet[ExpertProfile, Any]:
    """Return the languages that a person has said in the directory that they read, if any."""
    return ExpertProfile.objects.filter(person=person).values_list("languages", flat=True)


def told_to(
    person: Person, case: Case, said: Iterable[str] | None = None,
    rows: Iterable[dict[str, Any]] | None = None,
) -> Told:  # fmt: skip
    """Return the translations of what was written at home, as a person of the case needs them.

    `said` (`said_by`) and `rows` (`told`) are given where a page has read them with something else.
    """
    said = (said_by(person).first() or ()) if rows is None else (said or ())
    page = short_code(get_language() or person.language)  # who has chosen its language reads it
    return told(case, _reading(person, said).languages | {page}, rows)


@reads
def _of_reviewers(case: Case) -> list[Reading]:
    """Return what those read who review a case or have its offer; before there is one, what the
    experts of its field read between them: perhaps it needs no translation."""
    parts = live_parts().filter(case=case, role__in=[Part.SPECIALIST, Part.SECOND_READER])
    asked = Q(expert__offers__case=case, expert__offers__state=OfferState.OPEN)
    people = Person.objects.filter(Q(participations__in=parts) | asked).distinct()
    found = [_reading(each, each.expert.languages if hasattr(each, "expert") else ())
             for each in people.select_related("expert")]  # fmt: skip
    if found:
        return list(dict.fromkeys(found))
    of_field = ExpertProfile.objects.filter(specialties=case.specialty_id, person__is_active=True)
    known = {short_code(code) for each in of_field for code in each.languages} or {_REPORTS}
    return [Reading(frozenset(known), _REPORTS if _REPORTS in known else min(known))]
