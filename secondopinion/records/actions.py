"""Taking records in, describing them, removing them from a draft."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import changes
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.cases.rules import not_limited
from secondopinion.cases.states import ENDED, State
from secondopinion.conversations.actions import post
from secondopinion.conversations.models import Thread
from secondopinion.core import clock, sandbox, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.models import Blob
from secondopinion.findings import actions as findings
from secondopinion.findings.codes import WHOSE
from secondopinion.findings.models import Finding, Told
from secondopinion.findings.models import State as FindingState
from secondopinion.records import pdfs
from secondopinion.records.models import Kind, Page, Record, RecordState
from secondopinion.records.tasks import read_pages
from secondopinion.translation import withdrawing as translations


@transaction.atomic
def take_in(
    *,
    case: Case,
    by: Person,
    blob: Blob,
    name: str,
    media_type: str,
    source: str,
    retakes: Page | None = None,
) -> tuple[Record, bool]:
    """Add a document to the records and have its pages read; return it and whether it is new.

    The same bytes in the same case are one record; a removed one comes back. `retakes` is the page
    that cannot be read, where this is a new photo of it.
    """
    title = name.replace("\\", "/").rsplit("/", 1)[-1][-255:]
    record, made = Record.objects.get_or_create(
        case=case,
        blob=blob,
        part_of=None,
        defaults={
            "title": title,
            "media_type": media_type,
            "kind": Kind.VIDEO if media_type.startswith("video/") else Kind.OTHER,
            "source": source,
            "sent_by": by,
            "retakes": retakes,
        },
    )
    if made:
        read_pages.enqueue(str(record.pk))
    made = made or _bring_back(record, retakes)
    if made:
        audit.record("record-added", by=by, case_id=case.pk, target=record)
    return record, made


def _bring_back(record: Record, retakes: Page | None) -> bool:
    """Let a record stand again that was taken out, and have it checked anew."""
    done = Record.objects.filter(pk=record.pk, removed_at__isnull=False).update(
        removed_at=None, state=RecordState.READING, retakes=retakes
    )
    if done:
        read_pages.enqueue(str(record.pk))
    return bool(done)


def unlock(*, by: Person, record: Record, password: str) -> None:
    """Open a locked PDF and have its pages read. The password is used once, in the child that opens
    the file, and kept nowhere; the opened PDF rests beside the original, sealed like it.

    Raises:
        NotYours: by somebody who is neither family, local provider nor coordinator.
        Conflict: it is not locked any more.
        Refused: another password opens it.
    """
    require(record.case, by, Part.FAMILY, Part.LOCAL_PROVIDER, Part.COORDINATOR)
    if record.state != RecordState.LOCKED:
        raise Conflict(_("This document is open already."), code="open-already")
    try:
        opened = sandbox.run(pdfs.unlocked, vault.read(record.blob), password)
    except sandbox.Failed:
        opened = b""
    if not opened:
        raise Refused(
            _("This password does not open the PDF."), code="password-wrong", field="password"
        )
    blob = vault.put(record.case.vault, opened)
    with transaction.atomic():
        done = Record.objects.filter(pk=record.pk, state=RecordState.LOCKED).update(
            opened=blob, state=RecordState.READING
        )
        if done:
            audit.record("record-unlocked", by=by, case_id=record.case_id, target=record)
            read_pages.enqueue(str(record.pk))


@transaction.atomic
def describe(
    *,
    by: Person,
    record: Record,
    title: str | None = None,
    kind: str | None = None,
    language: str | None = None,
    dated: date | None = None,
) -> Record:
    """Say what a record is, in which language, of which day; what is None stays as it is.

    Raises:
        NotYours: by somebody who is neither family, local provider nor coordinator.
        Refused: a day in the future.
    """
    require(record.case, by, Part.FAMILY, Part.LOCAL_PROVIDER, Part.COORDINATOR)
    if dated and dated > clock.today():
        raise Refused(_("This day is in the future."), code="date-future", field="dated")
    said = {"kind": kind, "language": language, "title": title or None, "dated": dated or None}
    said = {name: value for name, value in said.items() if value is not None}
    if kind is not None:
        said["kind"] = Kind(kind)
    # What somebody else says of it in this moment stays.
    Record.objects.filter(pk=record.pk).update(**said)
    record.refresh_from_db(fields=["kind", "title", "language", "dated"])
    audit.record("record-described", by=by, case_id=record.case_id, target=record)
    changes.tell(record.case_id)
    return record


@transaction.atomic
def take_out(*, by: Person, case: Case, records: Collection[UUID]) -> int:
    """Take records out of a case that came into it by mistake; return how many. The same file,
    sent again, brings its record back.

    Raises:
        NotYours: by somebody who does not lead the case.
        Conflict: a report stands on them, or the case has ended.
    """
    require(case, by, Part.COORDINATOR)
    if case.reported_at is not None or case.state in ENDED:
        raise Conflict(_("The report is signed, or the case has ended. The records stay."))
    rows = Record.objects.filter(case=case, pk__in=records, removed_at=None)
    found = list(rows)
    rows.update(removed_at=clock.now())
    gone = [record.pk for record in found]
    findings.fall_away(case=case, kind="record", subjects=gone)
    translations.end_with(subjects=gone, by=by)
    for record in found:
        audit.record("record-removed", by=by, case_id=case.pk, target=record)
    return len(found)


@transaction.atomic
def remove(*, by: Person, record: Record) -> None:
    """Take a record out of a draft, and with it what checks said of it; sending the same file again
    brings it back.

    Raises:
        Refused: the request has been sent: from then on nothing disappears.
    """
    _require_draft(record.case, by)
    Record.objects.filter(pk=record.pk).update(removed_at=clock.now())
    findings.fall_away(case=record.case, kind="record", subjects=[record.pk])
    audit.record("record-removed", by=by, case_id=record.case_id, target=record)
    changes.tell(record.case_id)


@transaction.atomic
def put_back(*, by: Person, case: Case, record: UUID) -> None:
    """Put a record back into a draft that was taken out of it.

    Raises:
        NotYours: there is none, or by somebody who is not of the family.
        Refused: the request has been sent.
    """
    _require_draft(case, by)
    row = Record.objects.filter(case=case, pk=record).first()
    if row is None or not _bring_back(row, row.retakes):
        raise NotYours
    audit.record("record-restored", by=by, case_id=case.pk, target=row)
    changes.tell(case.pk)


def _require_draft(case: Case, by: Person) -> None:
    require(case, by, Part.FAMILY)
    not_limited(case, by)
    if case.state != State.DRAFT:
        raise Refused(
            _("The request has been sent, so records stay. Write us a message about it."),
            code="already-sent",
        )


@transaction.atomic
def say_whose(*, by: Person, case: Case, finding: Finding, ours: bool) -> None:
    """Say, of a document that may be another child's, whether it is about this child.

    What is not is taken out of a draft; later it is locked away at once, until the desk has
    settled it. The desk is told of both.

    Raises:
        NotYours: by somebody who is not of the family, or of a finding that says something else.
        Refused: they only see, and decide nothing.
        Conflict: the desk has settled it, or the case has ended.
    """
    require(case, by, Part.FAMILY)
    not_limited(case, by)
    record = Record.objects.filter(case=case, pk=finding.subject_id, removed_at=None).first()
    if record is None:
        raise NotYours
    if case.state in ENDED:
        raise Conflict(_("This case has ended."), code="ended")
    others = Finding.objects.filter(
        case=case, state=FindingState.OPEN, code__in=WHOSE, subject_kind="record",
        subject_id=record.pk,
    ).exclude(pk=finding.pk)  # fmt: skip
    for each in (finding, *others):  # one word for all of its pages
        findings.tell(finding=each, by=by, told=Told.OURS if ours else Told.NOT_OURS)
    if case.state == State.DRAFT:
        if not ours:
            remove(by=by, record=record)
        return
    words = (
        gettext("This document is about my child: %(title)s")
        if ours else gettext("This document is not about my child: %(title)s")
    )  # fmt: skip
    post(case=case, thread=Thread.FAMILY, by=by, text=words % {"title": record.title})
    changes.tell(case.pk)
