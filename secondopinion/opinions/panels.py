"""Joint reports: several experts, of whom the author leads; notes that only they see; dissent."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import check_factor
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.pacing import set_pace
from secondopinion.cases.actions.parts import end_parts, give_part, require
from secondopinion.cases.actions.telling import tell
from secondopinion.cases.models import Part
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.experts.queries import profile
from secondopinion.opinions import body as fields
from secondopinion.opinions import writing
from secondopinion.opinions.models import ExpertNote, Opinion, OpinionState, PanelMember
from secondopinion.program.models import Price
from secondopinion.translation.watching import look_again

LONGEST = 5_000  # letters of a note or a dissent


def members(opinion: Opinion) -> QuerySet[PanelMember]:
    """Return the experts who write a report with its author, the first one first."""
    return opinion.panel.filter(left_at=None).select_related("person")


def notes(opinion: Opinion) -> QuerySet[ExpertNote]:
    """Return the notes of the experts, what is settled last."""
    return opinion.notes.select_related("by").order_by("settled_at", "created_at")


def verdict_stands(opinion: Opinion, member: PanelMember) -> bool:
    """Say whether a member has said where they stand on the draft as it is now."""
    return bool(member.verdict) and member.verdict_revision == opinion.revision


def join(*, draft: Opinion, expert: Person) -> PanelMember:
    """Let an expert who was asked and has accepted into the panel of a draft that its caller has
    locked, within the caller's transaction (`inviting.accept`)."""
    case = draft.case
    made = PanelMember.objects.create(opinion=draft, person=expert)
    if case.kind != Price.Kind.PANEL and case.coordinator is not None:
        with override(case.coordinator.language):
            why = gettext("%(name)s writes the report too.") % {"name": expert.full_name}
        set_pace(by=case.coordinator, case=case, kind=Price.Kind.PANEL, reason=why, tells=False)
    give_part(case=case, person=expert, role=Part.SPECIALIST, by=expert)
    look_again(case.pk)
    audit.record("panel-joined", by=expert, case_id=case.pk, target=expert)
    return made


@transaction.atomic
def leave(*, by: Person, member: PanelMember) -> None:
    """Leave the panel of a draft, as the member or the coordinator; what was written stays.

    Raises:
        NotYours: by somebody else.
        Conflict: the report is signed, or they have left already.
    """
    case = member.opinion.case
    if member.person_id != by.pk:
        require(case, by, Part.COORDINATOR)
    draft = Opinion.objects.select_for_update().get(pk=member.opinion_id)
    left = PanelMember.objects.filter(pk=member.pk, left_at=None)
    if draft.state != OpinionState.DRAFT or not left.update(left_at=clock.now()):
        raise Conflict(_("The panel has changed meanwhile."), code="state-changed")
    end_parts(case=case, role=Part.SPECIALIST, by=by, person=member.person)
    audit.record("panel-left", by=by, case_id=case.pk, target=member.person)


@transaction.atomic
def assign(*, by: Person, opinion: Opinion, sections: dict[str, list[str]]) -> None:
    """Say who writes which sections, by the id of each member; the others are the author's.

    Raises:
        NotYours: by somebody else than the author, who leads.
        Conflict: it is signed.
    """
    draft = writing.own_draft(opinion, by)
    taken, known = set[str](), fields.texts_of_sections(draft.body)
    for member in members(draft):
        own = [name for name in sections.get(str(member.pk), []) if name in known]
        member.sections = [name for name in own if name not in taken]
        taken |= set(member.sections)
        member.save(update_fields=["sections"])
    audit.record("panel-assigned", by=by, case_id=draft.case_id, target=draft)


@transaction.atomic
def say(
    *, by: Person, opinion: Opinion, verdict: str, dissent: str,
    reauthenticated_at: datetime | None,
) -> None:  # fmt: skip
    """Agree to a joint report as it stands, or dissent in words that stand in it.

    Raises:
        NotYours: by somebody who is not on its panel.
        Refused: a dissent without words, or the second factor was not given just now.
        Conflict: it is signed.
    """
    check_factor(reauthenticated_at)
    draft = writing.shared_draft(opinion, by)
    member = members(draft).select_for_update(of=("self",)).filter(person=by).first()
    if member is None:
        raise NotYours
    if verdict not in PanelMember.Verdict.values:
        raise Refused(_("Choose whether you agree."), code="incomplete", field="verdict")
    words = dissent.strip()[:LONGEST] if verdict == PanelMember.Verdict.DISSENTS else ""
    if verdict == PanelMember.Verdict.DISSENTS and not words:
        raise Refused(_("Write in what you dissent."), code="incomplete", field="dissent")
    member.verdict, member.dissent = verdict, words
    member.verdict_at, member.verdict_revision = clock.now(), draft.revision
    member.save(update_fields=["verdict", "dissent", "verdict_at", "verdict_revision"])
    audit.record(
        "panel-verdict", by=by, case_id=draft.case_id, target=member, detail={"verdict": verdict}
    )
    tell(draft.case, draft.author, "panel-verdict", "/expert/cases")


def settle(opinion: Opinion) -> None:
    """Let a report be signed only when everybody on its panel has said where they stand.

    Raises:
        Refused: somebody on it has not said where they stand on the draft as it is now.
    """
    for each in members(opinion):
        if not verdict_stands(opinion, each):
            raise Refused(
                _("%(name)s has not agreed to the report as it is now, nor dissented.")
                % {"name": each.person.full_name},
                code="panel-open",
            )


def told(opinion: Opinion) -> list[dict[str, Any]]:
    """Return what a report says of the experts who wrote it together with its author."""
    made, known = [], fields.texts_of_sections(opinion.body)
    for each in members(opinion):
        expert = profile(each.person)
        made.append({
            "name": each.person.full_name,
            "title": expert.title if expert else "",
            "registration": expert.registration if expert else "",
            "sections": [known[name].title for name in each.sections if name in known],
            "verdict": str(each.get_verdict_display()),
            "dissent": each.dissent,
        })  # fmt: skip
    return made


@transaction.atomic
def note(*, by: Person, opinion: Opinion, text: str, field: str = "") -> ExpertNote:
    """Write a note for the experts of a case alone, on a field of the report or on the case.

    Raises:
        NotYours: by somebody who is not a specialist of the case.
        Refused: it is empty.
    """
    require(opinion.case, by, Part.SPECIALIST)
    if not text.strip():
        raise Refused(_("Write something first."), code="incomplete", field="note")
    kept = field if field in fields.texts_of_sections(opinion.body) else ""
    made = ExpertNote.objects.create(
        opinion=opinion, by=by, text=text.strip()[:LONGEST], field=kept
    )
    audit.record("note-written", by=by, case_id=opinion.case_id, target=made)
    return made


@transaction.atomic
def settle_note(*, by: Person, note: ExpertNote) -> None:
    """Mark a note as settled; it stays.

    Raises:
        NotYours: by somebody who is not a specialist of the case.
    """
    require(note.opinion.case, by, Part.SPECIALIST)
    if ExpertNote.objects.filter(pk=note.pk, settled_at=None).update(settled_at=clock.now()):
        audit.record("note-settled", by=by, case_id=note.opinion.case_id, target=note)
