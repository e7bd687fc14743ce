"""What writes and settles findings."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Case
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import ENDED
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.findings.codes import RISK_OF, WHOSE
from secondopinion.findings.found import Found
from secondopinion.findings.models import Finding, State, Told

FEWEST_LETTERS = 10  # of a reason: a colleague reads it, and an expert rests on it


def _sameness(code: str, where: dict[str, Any]) -> tuple[str, str]:
    return code, repr(sorted(where.items()))


@transaction.atomic
def replace(*, case: Case, subject: models.Model, check: str, found: list[Found]) -> list[Finding]:
    """Make the findings of one check about one subject those of `found`, and no others.

    What was found before and is found no more becomes fixed; what a person accepted
    or cleared stays so. What the family says of whose something is stays too: it is said
    of what is found anew, and that it is not theirs stays open until the desk settles it.
    `check` is ``name@version``.

    Raises:
        KeyError: an unknown code.
    """
    name, _at, version = check.partition("@")
    kind = subject._meta.model_name or ""  # noqa: SLF001 - Django's documented Model API
    old = {
        _sameness(row.code, row.where): row
        for row in Finding.objects.select_for_update()
        .filter(case=case, subject_kind=kind, subject_id=subject.pk, check_name=name)
        .exclude(state=State.FIXED)
    }
    rows: list[Finding] = []
    anew: list[Finding] = []
    for item in found:
        row = old.pop(_sameness(item.code, item.where), None)
        if row is None:
            row = Finding(
                case=case,
                code=item.code,
                risk=RISK_OF[item.code],
                subject_kind=kind,
                subject_id=subject.pk,
                where=item.where,
                check_name=name,
            )
            anew.append(row)
        row.check_version = version
        row.severity = item.severity
        row.confidence = item.confidence
        row.measured = item.measured
        row.message = item.message
        row.advice = item.advice
        row.save()
        rows.append(row)
    gone = _passed_on(list(old.values()), [row for row in anew if row.whose])
    Finding.objects.filter(pk__in=[row.pk for row in gone]).update(
        state=State.FIXED, settled_at=clock.now()
    )
    return rows


def _passed_on(old: list[Finding], anew: list[Finding]) -> list[Finding]:
    """Let what is found anew have what the family said of what is found no more; return what of
    that is settled with it."""
    said = [row.told for row in old if row.told and row.state == State.OPEN]
    told = Told.NOT_OURS if Told.NOT_OURS in said else next(iter(said), "")
    if told and anew:
        for row in anew:
            row.told = told
            row.save(update_fields=["told"])
        return old
    return [row for row in old if row.told != Told.NOT_OURS or row.state != State.OPEN]


@transaction.atomic
def fall_away(*, case: Case, kind: str, subjects: Collection[UUID]) -> None:
    """Close what checks said about something that was taken out of a case; a check that looks at
    it again says it anew."""
    Finding.objects.filter(case=case, subject_kind=kind, subject_id__in=subjects).exclude(
        state=State.FIXED
    ).update(state=State.FIXED, settled_at=clock.now())


@transaction.atomic
def come_back(*, case: Case, check: str, subjects: Collection[UUID], since: datetime) -> None:
    """Say again what a check said of subjects before a step that is undone: it is looked at anew
    behind that, and falls away again where it is no more so."""
    name = check.partition("@")[0]
    Finding.objects.filter(
        case=case, check_name=name, subject_id__in=subjects, state=State.FIXED,
        settled_at__gte=since,
    ).update(state=State.OPEN, settled_at=None)  # fmt: skip


@transaction.atomic
def accept(*, finding: Finding, by: Person, reason: str) -> Finding:
    """Accept an open finding as a limitation of the opinion; the report will list it.

    Raises:
        NotYours: by somebody who is not the case's coordinator or specialist.
        Refused: without a reason in words.
        Conflict: it is settled already.
    """
    no_reason = Refused(
        _("Say in a sentence why it can be accepted."), code="reason-missing", field="reason"
    )
    _settle(finding, by, reason, State.ACCEPTED, no_reason)
    audit.record("finding-accepted", by=by, case_id=finding.case_id, target=finding,
                 detail={"code": finding.code})  # fmt: skip
    return finding


@transaction.atomic
def clear(*, finding: Finding, by: Person, reason: str) -> Finding:
    """Say that somebody has looked and an open finding does not apply; no report lists it.

    Raises:
        NotYours: by somebody who is not the case's coordinator or specialist.
        Refused: without a reason in words.
        Conflict: it is settled already.
    """
    no_reason = Refused(
        _("Say in a sentence how you know that nothing is wrong."),
        code="reason-missing",
        field="reason",
    )
    _settle(finding, by, reason, State.CLEARED, no_reason)
    audit.record("finding-cleared", by=by, case_id=finding.case_id, target=finding,
                 detail={"code": finding.code})  # fmt: skip
    return finding


@transaction.atomic
def take_back(*, finding: Finding, by: Person) -> Finding:
    """Open a finding again that somebody accepted or cleared: it was settled too soon.

    Raises:
        NotYours: by somebody who is not the case's coordinator or specialist.
        Conflict: it is open, or a signed report rests on it.
    """
    if not roles_of(finding.case, by) & {"coordinator", "specialist"}:
        raise NotYours
    if finding.case.reported_at is not None or finding.case.state in ENDED:
        raise Conflict(_("The report rests on this: it stays as it is."), code="reported")
    settled = [State.ACCEPTED, State.CLEARED]
    done = Finding.objects.filter(pk=finding.pk, state__in=settled).update(
        state=State.OPEN, settled_at=None, settled_by=None, reason=""
    )
    if not done:
        raise Conflict(_("It is open again already."), code="open")
    audit.record("finding-reopened", by=by, case_id=finding.case_id, target=finding,
                 detail={"code": finding.code})  # fmt: skip
    finding.refresh_from_db()
    return finding


@transaction.atomic
def tell(*, finding: Finding, by: Person, told: Told) -> None:
    """Keep what the family says of what may be another child's; the desk settles it.

    Raises:
        NotYours: by somebody who is not of the family, or of a finding that says something else.
        Conflict: it is settled already.
    """
    if "family" not in roles_of(finding.case, by) or not finding.whose:
        raise NotYours
    done = Finding.objects.filter(pk=finding.pk, state=State.OPEN).update(told=told)
    if not done:
        raise Conflict(_("Somebody has settled this already."), code="settled")
    audit.record("finding-told", by=by, case_id=finding.case_id, target=finding,
                 detail={"told": told})  # fmt: skip


@transaction.atomic
def tell_on(*, case: Case, source: UUID, target: UUID) -> None:
    """Let what may be another child's in one record have what the family says of another one, from
    which its pages came: that it is not about their child."""
    rows = Finding.objects.filter(case=case, subject_kind="record", state=State.OPEN)
    if rows.filter(subject_id=source, told=Told.NOT_OURS).exists():
        rows.filter(subject_id=target, code__in=WHOSE).update(told=Told.NOT_OURS)


def _settle(finding: Finding, by: Person, reason: str, state: State, no_reason: Refused) -> None:
    if not roles_of(finding.case, by) & {"coordinator", "specialist"}:
        raise NotYours
    if len(reason.strip()) < FEWEST_LETTERS:
        raise no_reason
    done = Finding.objects.filter(pk=finding.pk, state=State.OPEN).update(
        state=state, settled_at=clock.now(), settled_by=by, reason=reason.strip()
    )
    if not done:
        raise Conflict(_("Somebody has settled this already."), code="settled")
    finding.refresh_from_db()
