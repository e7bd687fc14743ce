"""Copies without names of images of a case: asked for with a reason, and read."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.core.models import Blob
from secondopinion.imaging import queries
from secondopinion.imaging.confidentiality.planning import shows_face
from secondopinion.imaging.models import DeidentifiedCopy, Series
from secondopinion.imaging.tasks import make_copy

LASTS = timedelta(days=14)
_CAPTURES = {Series.Role.SECONDARY_CAPTURE, Series.Role.DOSE_REPORT}


def could_show_face(row: Series) -> bool:
    """Say whether a face could be made of a series of `queries.series_with_frames`."""
    said = f"{row.body_part} {row.description} {row.study.description}"
    return shows_face(row.modality, int(getattr(row, "frames", 0) or 0), said)


def is_capture(row: Series) -> bool:
    """Say whether a series holds screenshots or pages: they are copied only where chosen."""
    return row.role in _CAPTURES


def copies_of(case: Case) -> QuerySet[DeidentifiedCopy]:
    """Return the copies of a case, the latest first."""
    return DeidentifiedCopy.objects.filter(case=case).select_related("by", "ended_by")


def every_copy() -> QuerySet[DeidentifiedCopy]:
    """Return the copies of all cases, the latest first: for the privacy officer."""
    return DeidentifiedCopy.objects.select_related("case", "by", "ended_by")


def ask(
    *, by: Person, case: Case, series: list[str], reason: str, shift: bool, characteristics: bool,
    scaling: bool, face_accepted: bool,
) -> DeidentifiedCopy:  # fmt: skip
    """Ask for a copy of some series, and have it made.

    Raises:
        NotYours: by somebody who does not coordinate the case.
        Refused: no reason, no series, or a face that nobody has said yes to.
    """
    require(case, by, Part.COORDINATOR)
    if not reason.strip():
        raise Refused(_("Say what the copy is for."), code="no-reason", field="reason")
    chosen = [row for row in queries.series_with_frames(case) if str(row.pk) in series]
    if not chosen:
        raise Refused(_("Choose at least one series."), code="no-series", field="series")
    if not face_accepted and any(could_show_face(row) for row in chosen):
        raise Refused(
            _("These images show a face. Say that you accept this, or leave them out."),
            code="face",
            field="face",
        )
    options = {"shift": shift, "characteristics": characteristics, "scaling": scaling,
               "captures": any(is_capture(row) for row in chosen)}  # fmt: skip
    with transaction.atomic():
        made = DeidentifiedCopy.objects.create(
            case=case, by=by, reason=reason.strip(), series=[str(row.pk) for row in chosen],
            options=options, expires_at=clock.now() + LASTS,
        )  # fmt: skip
        audit.record(
            "copy-asked", by=by, case_id=case.pk, target=made,
            detail=options | {"series": len(chosen), "face_accepted": face_accepted},
        )  # fmt: skip
        make_copy.enqueue(str(made.pk))
    return made


def copy_for(case: Case, key: UUID) -> DeidentifiedCopy:
    """Return a copy of a case.

    Raises:
        NotYours: there is none.
    """
    row = copies_of(case).select_related("blob__space").filter(pk=key).first()
    if row is None:
        raise NotYours
    return row


def open_copy(*, by: Person, copy: DeidentifiedCopy) -> Blob:
    """Return the zip of a copy, and note that somebody downloads it.

    Raises:
        NotYours: by somebody who does not coordinate the case.
        Refused: it is not there, or its time is over.
    """
    require(copy.case, by, Part.COORDINATOR)
    if copy.blob is None or copy.expires_at <= clock.now():
        raise Refused(_("This copy is not here any more, or not yet."), code="no-copy")
    audit.record("copy-downloaded", by=by, case_id=copy.case_id, target=copy)
    return copy.blob
