"""Taking images out of a case and putting them back, for families and for the desk alike."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours
from secondopinion.imaging import queries, removing
from secondopinion.imaging.models import Series


def listed(case: Case, roles: set[str]) -> dict[str, Any]:
    """Return what the list of images shows to who has these parts."""
    may = removing.may_remove(case, roles) and not case.read_only
    return {
        "series": list(queries.series_for_case(case)),
        "removed": removing.may_restore(case, roles) if may else [],
        "may_remove": may,
        "whys": Series.Why.choices,
        "images_at": "",  # the page on which that list is, where it is another one
    }


def change(by: Person, case: Case, given: QueryDict) -> str:
    """Do what a form of the list says; return what is to be told.

    Raises:
        NotYours: no such series, or no part that may.
        Refused: it cannot be done now.
    """
    try:
        series = UUID(given.get("series", ""))
    except ValueError:
        raise NotYours from None
    if "back" in given:
        removing.restore(by=by, case=case, series=series)
        return _("The images are back.")
    removing.remove(
        by=by, case=case, series=series, whole_study="study" in given, why=given.get("why", "")
    )
    return _("The images are taken out. They can be put back.")
