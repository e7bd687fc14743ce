"""Writing, signing and delivering the report."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import check_factor
from secondopinion.audit import actions as audit
from secondopinion.cases import workflow
from secondopinion.cases.actions.parts import require
from secondopinion.cases.actions.telling import tell_coordinator, tell_part
from secondopinion.cases.models import Case, Part
from secondopinion.cases.queries import holders_of
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.ids import short_code
from secondopinion.findings.queries import doubts as whose
from secondopinion.imaging.queries import removed_series
from secondopinion.opinions import (
    beginning,
    compose,
    handing,
    keeping,
    panels,
    papers,
    receipts,
    second,
    seconding,
    sections,
    typeset,
    versions,
    writing,
)
from secondopinion.opinions import body as fields
from secondopinion.opinions.amending import AMENDABLE
from secondopinion.opinions.models import (
    Delivery,
    Opinion,
    OpinionState,
    SignedReport,
)
from secondopinion.opinions.pictures import pictures_in
from secondopinion.opinions.queries import current_report
from secondopinion.program import queries as program
from secondopinion.program.models import DeliveryMode
from secondopinion.translation.told import FAMILY


@transaction.atomic
def start_report(*, by: Person, case: Case) -> Opinion:
    """Open the report of a case; a second call returns the same. Who comes after a specialist that
    gave the case back leads the draft from now on.

    Raises:
        NotYours: by somebody who is not its specialist.
    """
    require(case, by, Part.SPECIALIST)
    opinion, made = Opinion.objects.get_or_create(case=case, defaults={"author": by})
    if made:
        template = program.report_template_for(case.specialty, case.condition)
        first = {
            "history": beginning.history_told(case),
            sections.TEMPLATE: sections.named(template),
        }
        writing.write(opinion, by, first)
        audit.record("report-started", by=by, case_id=case.pk, target=opinion)
    else:
        handing.take_up(opinion, by)
    return opinion


@transaction.atomic
def save_draft(
    *, by: Person, opinion: Opinion, values: dict[str, str], base_revision: int | None
) -> Opinion:
    """Save the fields that are named; the others stay, also those that another window has changed
    since `base_revision`.

    Raises:
        Conflict: the same field was changed in another window since then, or it is signed.
        Refused: a code that there is not.
    """
    draft = writing.shared_draft(opinion, by)
    if base_revision is not None and base_revision != draft.revision:
        if versions.clashes(draft, values, base_revision):
            raise Conflict(
                _("The report was changed in another window. Load the page again."),
                code="changed-elsewhere",
            )
        values = versions.touched(draft, values, base_revision)
    last = draft.versions.last()
    writing.write(draft, by, fields.cleaned(draft.case, values, draft.body))
    if last is None or clock.now() - last.created_at > versions.PAUSE:  # a sitting, not each key
        audit.record("report-saved", by=by, case_id=draft.case_id, target=draft)
    return draft


def preview(*, by: Person, opinion: Opinion) -> bytes:
    """Return the PDF as it would be signed now, without a signature and with no valid code."""
    require(opinion.case, by, Part.SPECIALIST)
    now = clock.now()
    document = compose.document(opinion, "PREVIEW", now, papers.LANGUAGE) | {"draft": True}
    return typeset.pdf(document, pictures_in(opinion), now)


def held_up(opinion: Opinion) -> str | Promise:
    """Return why a report cannot be signed, whoever signs it: something of the case may be another
    child's. A correction is not held up."""
    if opinion.amends or not whose(opinion.case).exists():
        return ""
    return _(
        "Something that was sent may be another child’s. The coordinator settles that first: the "
        "limitations say what it is."
    )


def sign(*, by: Person, opinion: Opinion, reauthenticated_at: datetime | None) -> SignedReport:
    """Sign the report: from then on it is never changed. A correction replaces what it corrects,
    and goes at once to whom that was delivered.

    Typesetting and signing come first; one transaction then checks that the draft is still what was
    typeset, and moves the case. Pressed twice, one of the two is refused and nothing is doubled.

    Raises:
        NotYours: by somebody else than its author.
        Refused: something is missing or doubted, or the second factor was not given just now.
        Conflict: the draft or the case changed meanwhile.
    """
    if opinion.author_id != by.pk:
        raise NotYours
    check_factor(reauthenticated_at)
    opinion.refresh_from_db()
    case = opinion.case
    missing = fields.gaps(opinion)
    if missing:
        raise Refused(missing[0].sentence, code="incomplete", field=missing[0].field)
    doubts = keeping.settled(opinion)
    second.settle(opinion)
    panels.settle(opinion)
    amends = opinion.amends
    if case.state not in (AMENDABLE if amends else {State.IN_REVIEW}):
        raise Conflict(_("This case is not in review."), code="state-changed")
    if held := held_up(opinion):
        raise Refused(held, code="not-this-child")
    if removed_series(case).filter(uid__in=opinion.key_images.values("series_uid")).exists():
        raise Refused(
            _("A key image shows a series that was taken out of the case. Remove it first."),
            code="images-removed",
        )
    code, now, beside = short_code(papers.CODE_LENGTH), clock.now(), _beside(opinion)
    document = compose.document(opinion, code, now, papers.LANGUAGE)
    reason = papers.REASON_AMENDMENT if amends else papers.REASON_OPINION
    paper = papers.signed(case, by.full_name, document, pictures_in(opinion), reason, now)
    with transaction.atomic():
        draft = writing.own_draft(opinion, by)
        second.settle(draft)
        panels.settle(draft)
        if _beside(draft) != beside:
            raise Conflict(
                _("The report was changed in another window. Look at it again, then sign."),
                code="changed-elsewhere",
            )
        Opinion.objects.filter(pk=draft.pk).update(
            state=OpinionState.SIGNED, amends=None, amending_since=None
        )
        Case.objects.select_for_update().get(pk=case.pk)
        kind = SignedReport.Kind.AMENDMENT if amends else SignedReport.Kind.OPINION
        report = paper.keep(case=case, kind=kind, by=by, revision=draft.revision, replaces=amends)
        kept = keeping.keep_with(report, doubts, opinion.kept, opinion.author)
        seconding.finish(opinion, by)
        detail = {"digest": report.digest, "level": report.level, "kept": kept}
        if amends is None:
            workflow.advance(case, "sign", by=by, stamps={"reported_at": now}, detail=detail)
        else:
            audit.record("amendment-signed", by=by, case_id=case.pk, target=report, detail=detail)
            if amends.deliveries.exists():
                papers.hand_out(report, by)
        tell_coordinator(case)
    opinion.refresh_from_db()
    return report


def _beside(opinion: Opinion) -> tuple[Any, ...]:
    """Return what a signed report rests on of its draft, beside the case: its revision, what it
    corrects, its key images, and where those stand who wrote it too."""
    images = list(opinion.key_images.values_list("pk", flat=True))
    return opinion.revision, opinion.amends_id, images, panels.told(opinion)


def sign_addendum(
    *, by: Person, case: Case, question: str, answer: str, reauthenticated_at: datetime | None,
    reasons: Mapping[str, str], note: Callable[[SignedReport], None], key: str = "",
    who: str = FAMILY,
) -> SignedReport:  # fmt: skip
    """Sign an addendum that answers a question after the report, and deliver it the same way; `key`
    and `who` say which text written at home the question is (`translation.told`), `reasons` why
    words that are doubted stay, by the key of each doubt.

    Typesetting and signing come first; `note` is done in the one transaction that keeps it: what it
    raises undoes all.

    Raises:
        NotYours: by somebody who is not the specialist.
        Refused: the second factor was not given just now, a doubt is neither mended nor kept, or
            there is no report yet.
    """
    require(case, by, Part.SPECIALIST)
    check_factor(reauthenticated_at)
    typeset.require_printable(answer, "text")
    doubts = keeping.settled_in(case, by, answer, reasons)
    current = current_report(case)
    if current is None:
        raise Refused(_("There is no report yet."), code="too-early")
    code, now = short_code(papers.CODE_LENGTH), clock.now()
    document = compose.addendum(
        case=case, author=by, code=code, question=question, answer=answer, language=papers.LANGUAGE,
        to=current.code, key=key, who=who,
    )  # fmt: skip
    paper = papers.signed(case, by.full_name, document, {}, papers.REASON_ADDENDUM, now)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        report = paper.keep(case=case, kind=SignedReport.Kind.ADDENDUM, by=by)
        kept = keeping.keep_with(report, doubts, reasons, by)
        audit.record(
            "addendum-signed", by=by, case_id=case.pk, target=report,
            detail={"digest": report.digest, "kept": kept},
        )  # fmt: skip
        papers.hand_out(report, by)
        note(report)
    return report


@transaction.atomic
def deliver(*, by: Person | None, case: Case) -> Case:
    """Deliver the signed report to whom the rule of this case says; the follow-up begins.

    Raises:
        NotYours: by somebody who is neither the coordinator nor the specialist.
        Refused: it goes through a local provider, and there is none at present.
        Conflict: there is no report to deliver.
    """
    if case.delivery_mode == DeliveryMode.THROUGH_PROVIDER and not holders_of(
        case, Part.LOCAL_PROVIDER
    ):
        raise Refused(
            _("The report goes through the local provider, and the family has none at present."),
            code="provider-missing",
        )
    days = program.program().follow_up_days
    workflow.advance(
        case, "deliver", by=by, stamps={"follow_up_until": clock.now() + timedelta(days=days)}
    )
    if report := current_report(case):
        for each in (report, *report.translations.all()):
            papers.hand_out(each, by)
    return case


@transaction.atomic
def hand_on(*, by: Person, report: SignedReport) -> None:
    """Hand a report on to the family, as the local provider through whom it goes.

    Raises:
        NotYours: it was not delivered to this person.
    """
    mine = Delivery.objects.filter(report=report, to=by, role=Part.LOCAL_PROVIDER)
    if not mine.update(handed_on_at=clock.now()):
        raise NotYours
    for person in holders_of(report.case, Part.FAMILY):
        Delivery.objects.get_or_create(
            report=report,
            to=person,
            defaults={"role": Part.FAMILY, "rule": report.case.delivery_mode},
        )
    told = receipts.news(report, Part.FAMILY, report.case.delivery_mode)
    tell_part(report.case, Part.FAMILY, told)
    audit.record("report-handed-on", by=by, case_id=report.case_id, target=report)


@transaction.atomic
def open_report(*, by: Person, report: SignedReport, proven: bool = False) -> None:
    """Note that a person reads a signed document; the first time is the receipt.

    Raises:
        Refused: a guest by a link, who has not `proven` that they know the child.
    """
    if not by.may_sign_in and not proven:
        raise Refused(_("Say first when the child was born."), code="not-proven")
    unopened = Delivery.objects.filter(report=report, to=by, opened_at__isnull=True)
    if unopened.update(opened_at=clock.now()):
        receipts.follow(report.case)
    audit.record("report-opened", by=by, case_id=report.case_id, target=report)
