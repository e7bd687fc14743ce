"""Emergency access ("break glass"): a case opened without a part, for a reason and a while."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role, may_open_in_emergency, people_with
from secondopinion.accounts.rules import check_factor
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.telling import tell_coordinator
from secondopinion.cases.models import Case, EmergencyAccess, Part, Participation
from secondopinion.cases.queries import roles_of
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.messaging.actions import notify

LEAST_REASON = 15  # characters: a word is no reason


@transaction.atomic
def open_in_emergency(
    *, by: Person, reference: str, reason: str, reauthenticated_at: datetime | None
) -> EmergencyAccess:
    """Open a case in which one has no part: to read, until it ends by itself.

    The coordinator of the case and the privacy officers are told at once.

    Raises:
        NotYours: by somebody who may not open cases in an emergency.
        Refused: no such case that has been sent, no reason, no second factor given just now, or a
            case that the person can open anyway.
    """
    if not may_open_in_emergency(by):
        raise NotYours
    if len(reason.strip()) < LEAST_REASON:
        raise Refused(
            _("Write why you must see this case now, in a sentence."), code="reason-missing",
            field="reason",
        )  # fmt: skip
    check_factor(reauthenticated_at)
    case = (
        Case.objects.select_for_update()
        .filter(reference__iexact=reference.strip(), submitted_at__isnull=False)
        .first()
    )
    if case is None:
        raise Refused(
            _("There is no such case. Check its number."), code="no-case", field="reference"
        )
    if roles_of(case, by):
        raise Refused(
            _("You can open this case already: it is on your page."), code="has-part",
            field="reference",
        )  # fmt: skip
    hours = settings.EMERGENCY_ACCESS_HOURS
    part = Participation.objects.create(
        case=case, person=by, role=Part.EMERGENCY, until=clock.now() + timedelta(hours=hours)
    )
    made = EmergencyAccess.objects.create(case=case, participation=part, reason=reason.strip())
    audit.record("emergency-opened", by=by, case_id=case.pk, target=made, detail={"hours": hours})
    tell_coordinator(case, "emergency-opened")
    for officer in people_with("privacy"):
        notify(
            to=officer, template="emergency-opened", case_id=case.pk,
            case_reference=case.reference, link="/privacy/emergencies/",
        )  # fmt: skip
    return made


@transaction.atomic
def end_emergency(*, by: Person, access: EmergencyAccess) -> None:
    """End an emergency access before its time.

    Raises:
        NotYours: by somebody who neither opened the case nor is a privacy officer.
    """
    if access.participation.person_id != by.pk and not has_role(by, "privacy"):
        raise NotYours
    now = clock.now()
    ended = Participation.objects.filter(pk=access.participation_id, until__gt=now).update(
        until=now
    )
    if ended:
        audit.record("emergency-ended", by=by, case_id=access.case_id, target=access)


@transaction.atomic
def review_emergency(
    *, by: Person, access: EmergencyAccess, justified: bool, note: str = ""
) -> EmergencyAccess:
    """Write down whether an emergency access was justified.

    Raises:
        NotYours: by somebody who is not a privacy officer.
        Refused: one's own, or not justified without a note.
        Conflict: it has been reviewed already.
    """
    if not has_role(by, "privacy"):
        raise NotYours
    if access.participation.person_id == by.pk:
        raise Refused(_("Somebody else must look at your own emergency access."), code="own")
    if not justified and not note.strip():
        raise Refused(_("Write what follows from it."), code="note-missing", field="note")
    done = EmergencyAccess.objects.filter(pk=access.pk, reviewed_at__isnull=True).update(
        reviewed_at=clock.now(), reviewed_by=by, justified=justified, note=note.strip()
    )
    if not done:
        raise Conflict(_("This has been looked at already."), code="reviewed")
    audit.record(
        "emergency-reviewed", by=by, case_id=access.case_id, target=access,
        detail={"justified": justified},
    )  # fmt: skip
    access.refresh_from_db()
    return access
