"""Correcting a signed report: its draft is opened again, and signed as an amendment beside it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours
from secondopinion.opinions import seconding, versions, writing
from secondopinion.opinions.models import KeyImage, Opinion, OpinionState
from secondopinion.opinions.queries import current_report

AMENDABLE = frozenset({State.REPORTED, State.FOLLOW_UP, State.CLOSED})


@transaction.atomic
def start_amendment(*, by: Person, case: Case) -> Opinion:
    """Open the draft of a signed report again; the signed report itself stays as it is.

    Raises:
        NotYours: by somebody else than its author.
        Conflict: it is being corrected already, or there is nothing signed.
    """
    require(case, by, Part.SPECIALIST)
    draft = Opinion.objects.select_for_update().filter(case=case).first()
    if draft is None or draft.author_id != by.pk:
        raise NotYours
    current = current_report(case)
    if draft.state != OpinionState.SIGNED or current is None or case.state not in AMENDABLE:
        raise Conflict(_("There is no signed report to correct now."), code="state-changed")
    draft.state, draft.amends, draft.amending_since = OpinionState.DRAFT, current, clock.now()
    draft.save(update_fields=["state", "amends", "amending_since"])
    writing.write(draft, by, {"change": ""})
    audit.record("amendment-started", by=by, case_id=case.pk, target=draft)
    return draft


@transaction.atomic
def give_up(*, by: Person, opinion: Opinion) -> Opinion:
    """Leave a correction: text and key images are again those of the signed report.

    What was written stays among the versions; a second reading of it ends.

    Raises:
        NotYours: by somebody else than its author.
        Conflict: nothing is being corrected.
    """
    draft = writing.own_draft(opinion, by)
    signed = draft.amends
    if signed is None or signed.revision is None:
        raise Conflict(_("Nothing is being corrected."), code="state-changed")
    then = versions.text_at(draft, signed.revision)
    writing.write(draft, by, {name: then.get(name, "") for name in {*draft.body, *then}})
    images = KeyImage.everything.filter(opinion=draft)
    now, since = clock.now(), draft.amending_since
    images.filter(created_at__gte=since, removed_at=None).update(removed_at=now)
    images.filter(created_at__lt=since, removed_at__gte=since).update(removed_at=None)
    draft.state, draft.amends, draft.amending_since = OpinionState.SIGNED, None, None
    draft.save(update_fields=["state", "amends", "amending_since"])
    seconding.call_off(draft, by)
    seconding.finish(draft, by)
    audit.record("amendment-given-up", by=by, case_id=draft.case_id, target=draft)
    return draft
