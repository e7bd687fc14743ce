"""Taking series out of a case: somebody else's, or sent by mistake. They stay sealed in the vault,
are shown nowhere, and can be put back."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import ENDED, State
from secondopinion.core import clock, jobs
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.imaging.indexing import bring_back
from secondopinion.imaging.models import Series, Study
from secondopinion.imaging.tasks import check_images

REPORTED = frozenset({State.REPORTED, State.FOLLOW_UP})


def may_remove(case: Case, roles: set[str]) -> bool:
    """Say whether who has these parts may take images out, and put them back: the family while it
    drafts, the coordinator until a report names what was reviewed."""
    if case.state == State.DRAFT:
        return Part.FAMILY in roles
    return Part.COORDINATOR in roles and case.state not in ENDED | REPORTED


def _require(case: Case, by: Person) -> None:
    roles = roles_of(case, by)
    if not roles & {Part.FAMILY, Part.COORDINATOR}:
        raise NotYours
    if may_remove(case, roles):
        return
    if Part.COORDINATOR in roles:
        raise Conflict(_("The report is signed, or the case has ended. The images stay."))
    raise Refused(
        _("The request has been sent, so images stay. Write us a message about it."),
        code="already-sent",
    )


@transaction.atomic
def remove(*, by: Person, case: Case, series: UUID, whole_study: bool, why: str) -> int:
    """Take a series or its whole study out of a case; return how many series. What is sent again
    comes back.

    Raises:
        NotYours: no part that may, or no such series.
        Refused: the request has been sent, or no reason is given.
        Conflict: a report stands on these images.
    """
    _require(case, by)
    if why not in Series.Why.values:
        raise Refused(_("Say why it is taken out."), code="why-missing", field="why")
    here = Series.objects.filter(study__case=case, removed_at=None)
    row = here.filter(pk=series).first()
    if row is None:
        raise NotYours
    Study.objects.select_for_update().get(pk=row.study_id)  # what comes in now is before or behind
    pks = list(here.filter(study=row.study_id).values_list("pk", flat=True))
    pks = pks if whole_study else [row.pk]
    Series.objects.filter(pk__in=pks).update(removed_at=clock.now(), removed_by=by, removed_why=why)
    audit.record("images-removed", by=by, case_id=case.pk, target=case,
                 detail={"series": [str(pk) for pk in pks], "why": why})  # fmt: skip
    jobs.enqueue_once(check_images, str(case.pk))
    return len(pks)


@transaction.atomic
def restore(*, by: Person, case: Case, series: UUID) -> None:
    """Put a series back that was taken out.

    Raises:
        NotYours: no part that may, or no such series.
        Refused: the request has been sent.
        Conflict: a report stands.
    """
    _require(case, by)
    done = bring_back(Series.objects.filter(study__case=case, pk=series))
    if not done:
        raise NotYours
    audit.record("images-restored", by=by, case_id=case.pk, target=case,
                 detail={"series": [str(series)]})  # fmt: skip
    jobs.enqueue_once(check_images, str(case.pk))
