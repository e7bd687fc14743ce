"""Taking series out of a case: somebody else's, or sent by mistake. They stay sealed in the vault,
are shown nowhere, and can be put back."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part, Participation
from secondopinion.cases.queries import roles_of
from secondopinion.cases.rules import not_limited
from secondopinion.cases.states import ENDED, State
from secondopinion.conversations.actions import post
from secondopinion.conversations.models import Thread
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.languages import enumerated
from secondopinion.findings.actions import fall_away
from secondopinion.imaging.indexing import bring_back
from secondopinion.imaging.models import Series, Study
from secondopinion.imaging.naming import series_name
from secondopinion.imaging.queries import removed_series
from secondopinion.imaging.tasks import check_images

REPORTED = frozenset({State.REPORTED, State.FOLLOW_UP})


def may_remove(case: Case, roles: set[str]) -> bool:
    """Say whether who has these parts may take images out, and put them back: until a report names
    what was reviewed, and in a draft the family alone."""
    if case.state == State.DRAFT:
        return Part.FAMILY in roles
    return bool(roles & {Part.FAMILY, Part.COORDINATOR}) and case.state not in ENDED | REPORTED


def may_restore(case: Case, roles: set[str]) -> QuerySet[Series]:
    """Return what was taken out and may be put back by who has these parts: a family puts back what
    a family took out, for what the desk took out may be another child's."""
    rows = removed_series(case)
    if Part.COORDINATOR in roles:
        return rows
    family = Participation.objects.filter(case=case, role=Part.FAMILY)
    return rows.filter(removed_by__in=family.values("person"))


def _require(case: Case, by: Person) -> set[str]:
    roles = roles_of(case, by)
    if not roles & {Part.FAMILY, Part.COORDINATOR}:
        raise NotYours
    if not may_remove(case, roles):
        raise Conflict(_("The report is signed, or the case has ended. The images stay."))
    if Part.COORDINATOR not in roles:
        not_limited(case, by)
    return roles


def _tell_desk(case: Case, by: Person, roles: set[str], words: str, series: list[Series]) -> None:
    """Say in the family's messages what the family has done after it sent its request."""
    if case.state != State.DRAFT and Part.COORDINATOR not in roles:
        names = enumerated(map(series_name, series))
        post(case=case, thread=Thread.FAMILY, by=by, text=f"{words} {names}")


@transaction.atomic
def remove(*, by: Person, case: Case, series: UUID, whole_study: bool, why: str) -> int:
    """Take a series or its whole study out of a case; return how many series. What is sent again
    comes back, unless it was taken out as another child's.

    Raises:
        NotYours: no part that may, or no such series.
        Refused: no reason is given, or by somebody who only sees.
        Conflict: a report stands on these images.
    """
    roles = _require(case, by)
    if why not in Series.Why.values:
        raise Refused(_("Say why it is taken out."), code="why-missing", field="why")
    here = Series.objects.filter(study__case=case, removed_at=None)
    row = here.filter(pk=series).select_related("study").first()
    if row is None:
        raise NotYours
    Study.objects.select_for_update().get(pk=row.study_id)  # what comes in now is before or behind
    out = list(here.filter(study=row.study_id).select_related("study")) if whole_study else [row]
    pks = [each.pk for each in out]
    Series.objects.filter(pk__in=pks).update(removed_at=clock.now(), removed_by=by, removed_why=why)
    fall_away(case=case, kind="series", subjects=pks)
    if not here.filter(study=row.study_id).exists():
        fall_away(case=case, kind="study", subjects=[row.study_id])
    audit.record("images-removed", by=by, case_id=case.pk, target=case,
                 detail={"series": [str(pk) for pk in pks], "why": why})  # fmt: skip
    label = Series.Why(why).label
    _tell_desk(case, by, roles, _("I have taken images out (%(why)s):") % {"why": label}, out)
    jobs.enqueue_once(check_images, str(case.pk))
    return len(pks)


@transaction.atomic
def restore(*, by: Person, case: Case, series: UUID) -> None:
    """Put a series back that was taken out.

    Raises:
        NotYours: no part that may, or no such series.
        Refused: by somebody who only sees.
        Conflict: a report stands.
    """
    roles = _require(case, by)
    row = may_restore(case, roles).filter(pk=series).first()
    if row is None or not bring_back(Series.objects.filter(pk=row.pk)):
        raise NotYours
    audit.record("images-restored", by=by, case_id=case.pk, target=case,
                 detail={"series": [str(series)]})  # fmt: skip
    _tell_desk(case, by, roles, _("I have put images back:"), [row])
    jobs.enqueue_once(check_images, str(case.pk))
