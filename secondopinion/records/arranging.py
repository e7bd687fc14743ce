"""The desk puts documents in order: turns, moves, splits, joins, sets pages aside.

Each step is one `Rearrangement`: the values of what it touched, before and after. Undoing writes
back the values before, as long as everything still is as the step left it. Files are not touched.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases import changes
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import ENDED
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.jobs import enqueue_once
from secondopinion.findings import actions as findings
from secondopinion.records import copies, judging
from secondopinion.records.models import Kind, Page, Rearrangement, Record, RecordState
from secondopinion.records.queries import locked_away
from secondopinion.translation import withdrawing as translations

PAGE_FIELDS = ("record_id", "number", "turn", "aside", "width", "height")
RECORD_FIELDS = (
    "title", "kind", "language", "dated", "merged_into_id", "accepted_at", "accepted_by_id",
)  # fmt: skip
_ABOVE = 1_000_000  # numbers that no page has: pages that change places stand there in between

Values = dict[str, dict[str, dict[str, Any]]]


class Step:
    """One step under way: rows are changed in memory, and written together at its end."""

    def __init__(
        self, case: Case, by: Person, verb: str, *, parts: Sequence[Part] = (Part.COORDINATOR,)
    ) -> None:
        require(case, by, *parts)
        if case.state in ENDED:
            raise Conflict(_("This case has ended. Nothing more can be changed."), code="ended")
        Case.objects.select_for_update().get(pk=case.pk)  # one step after the other
        self.case, self.by, self.verb = case, by, verb
        self.records: dict[UUID, Record] = {}
        self.pages: dict[UUID, Page] = {}
        self.before: Values = {"records": {}, "pages": {}}

    def take_record(self, record_id: UUID) -> Record:
        """Return a document of the case, to be changed.

        Raises:
            NotYours: there is none.
        """
        if record_id not in self.records:
            row = Record.objects.filter(case=self.case, pk=record_id, removed_at=None).first()
            if row is None:
                raise NotYours
            self.records[record_id] = row
            self.before["records"][str(row.pk)] = _values(row, RECORD_FIELDS)
        return self.records[record_id]

    def take_whole(self, record_id: UUID) -> Record:
        """Return a document of the case all of whose pages are there, to be put elsewhere.

        Raises:
            NotYours: there is none.
            Conflict: pages of it are still to come, and would stay behind.
        """
        row = self.take_record(record_id)
        if row.state == RecordState.READING:
            raise Conflict(
                _("This document is still being opened. Try again in a minute."), code="being-read"
            )
        return row

    def take_pages(self, rows: Iterable[Page]) -> list[Page]:
        """Return pages, to be changed."""
        taken = []
        for row in rows:
            if row.pk not in self.pages:
                self.pages[row.pk] = row
                self.before["pages"][str(row.pk)] = _values(row, PAGE_FIELDS)
            taken.append(self.pages[row.pk])
        return taken

    def pages_of(self, record: Record) -> list[Page]:
        """Return the pages of a document in their order, to be changed."""
        return self.take_pages(Page.objects.filter(record=record).order_by("number"))

    def chosen(self, pages: Sequence[UUID]) -> list[Page]:
        """Return pages of the case by their ids, to be changed.

        Raises:
            NotYours: one is not there.
            Refused: none was chosen.
        """
        if not pages:
            raise Refused(_("Choose at least one page."), code="no-page")
        found = Page.objects.filter(
            pk__in=set(pages), record__case=self.case, record__removed_at=None
        )
        rows = self.take_pages(found.order_by("record__created_at", "number"))
        if len(rows) != len(set(pages)):
            raise NotYours
        return rows

    def write(self) -> Rearrangement:
        """Write what was changed, with its audit and what checks say of it."""
        for row in self.records.values():
            row.save(update_fields=[*RECORD_FIELDS])
        _write_pages(list(self.pages.values()))
        after = {
            "records": {str(key): _values(row, RECORD_FIELDS) for key, row in self.records.items()},
            "pages": {str(key): _values(row, PAGE_FIELDS) for key, row in self.pages.items()},
        }
        step = Rearrangement.objects.create(
            case=self.case, by=self.by, verb=self.verb, before=self.before, after=after
        )
        audit.record(
            "records-arranged", by=self.by, case_id=self.case.pk, target=step,
            detail={"verb": self.verb, "pages": len(self.pages)},
        )  # fmt: skip
        _end_translations(self.case, self.by, self.before["pages"], after["pages"])
        _judge_again(self.case, self.before, step.after)
        changes.tell(self.case.pk)
        return step


def _end_translations(case: Case, by: Person, was: dict[str, Any], now: dict[str, Any]) -> None:
    """End those of documents that are locked away where pages leave them: what was translated may
    hold the words of such a page, and the document is open again without it."""
    left = {
        values["record_id"] for key, values in was.items()
        if any(values[name] != now[key][name] for name in ("record_id", "aside"))
    }  # fmt: skip
    locked = locked_away().filter(case=case, subject_id__in=left)
    translations.end_with(subjects=set(locked), by=by, for_good=True)


def _values(row: Page | Record, names: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in values.items()
    }


def _write_pages(rows: list[Page]) -> None:
    numbers = [row.number for row in rows]
    for row in rows:
        row.number += _ABOVE
    Page.objects.bulk_update(rows, PAGE_FIELDS)
    for row, number in zip(rows, numbers, strict=True):
        row.number = number
    Page.objects.bulk_update(rows, ["number"])


def _judge_again(case: Case, was: Values, now: Values) -> None:
    touched = {each["record_id"] for side in (was, now) for each in side["pages"].values()}
    for record in Record.objects.filter(pk__in=touched).select_related("case"):
        judging.judge(record)
        enqueue_once(copies.look_again, str(record.pk))
    ways = {
        (each["record_id"], now["pages"][key]["record_id"]) for key, each in was["pages"].items()
    }
    for source, target in ways:
        if source != target:
            findings.tell_on(case=case, source=UUID(source), target=UUID(target))


@transaction.atomic
def turn(*, by: Person, case: Case, pages: Sequence[UUID], degrees: int) -> Rearrangement:
    """Turn pages to the right by 90, 180 or 270 degrees.

    Raises:
        NotYours, Conflict, Refused: see `Step`.
    """
    step = Step(case, by, "turn")
    for page in step.chosen(pages):
        page.turn = (page.turn + degrees) % 360
        if degrees % 180:
            page.width, page.height = page.height, page.width
    return step.write()


@transaction.atomic
def set_aside(*, by: Person, case: Case, pages: Sequence[UUID], why: str) -> Rearrangement:
    """Show pages no more, as blank or as copies; with "" show them again, and a document with them
    that was set aside as a whole.

    Raises:
        NotYours, Conflict, Refused: see `Step`.
    """
    step = Step(case, by, "aside" if why else "bring-back")
    for page in step.chosen(pages):
        page.aside = Page.Aside(why) if why else ""
    if not why:
        for record in Record.objects.filter(pages__in=pages, merged_into__isnull=False).distinct():
            step.take_record(record.pk).merged_into = None
    return step.write()


@transaction.atomic
def move(*, by: Person, case: Case, pages: Sequence[UUID], places: int) -> Rearrangement:
    """Move pages of one document together by some places, to the front where it is negative.

    Raises:
        NotYours, Conflict: see `Step`.
        Refused: none, or pages of several documents.
    """
    step = Step(case, by, "move")
    record = _only_document(step, pages)
    rows = step.pages_of(record)
    moved = [row for row in rows if row.pk in set(pages)]
    kept = [row for row in rows if row.pk not in set(pages)]
    at = max(0, min(len(kept), rows.index(moved[0]) + places))
    number(kept[:at] + moved + kept[at:])
    return step.write()


@transaction.atomic
def split(*, by: Person, case: Case, page: UUID) -> Rearrangement:
    """Make a document of its own of a page and those behind it.

    Raises:
        NotYours, Conflict: see `Step`.
        Refused: it is the first page.
    """
    step = Step(case, by, "split")
    record = step.take_whole(_only_document(step, [page]).pk)
    rows = step.pages_of(record)
    at = next(place for place, row in enumerate(rows) if row.pk == page)
    if at == 0:
        raise Refused(_("A document begins with this page already."), code="first-page")
    root = record.part_of or record
    made = Record.objects.create(
        case=case, blob=record.blob, opened=record.opened, media_type=record.media_type,
        title=f"{root.title} ({root.parts.count() + 2})"[-255:], language=record.language,
        source=record.source, sent_by=record.sent_by, state=record.state, part_of=root,
        merged_into=record,  # until it has pages, and again once the split is undone
    )  # fmt: skip
    step.take_record(made.pk).merged_into = None
    for row in rows[at:]:
        row.record = made
    number(rows[at:])
    return step.write()


@transaction.atomic
def join(*, by: Person, case: Case, record: UUID, into: UUID) -> Rearrangement:
    """Put the pages of a document behind those of another, as where each is a photo of a page.

    Raises:
        NotYours, Conflict: see `Step`.
        Refused: into itself; a video stays one by itself.
    """
    if record == into:
        raise Refused(_("Choose another document."), code="same-document")
    step = Step(case, by, "join")
    whole, rest = step.take_whole(into), step.take_whole(record)
    if whole.is_video or rest.is_video:
        raise Refused(_("Choose another document."), code="video")
    rows = step.pages_of(whole) + step.pages_of(rest)
    for row in rows:
        row.record = whole
    number(rows)
    rest.merged_into = whole
    return step.write()


@transaction.atomic
def set_copy_aside(*, by: Person, case: Case, record: UUID, kept: UUID) -> Rearrangement:
    """Show a document no more because another one holds the same.

    Raises:
        NotYours, Conflict: see `Step`.
        Refused: a copy of itself.
    """
    if record == kept:
        raise Refused(_("Choose another document."), code="same-document")
    step = Step(case, by, "copy")
    step.take_whole(record).merged_into = step.take_record(kept)
    for page in step.pages_of(step.take_record(record)):
        page.aside = Page.Aside.COPY
    return step.write()


@transaction.atomic
def accept(*, by: Person, case: Case, record: UUID, values: dict[str, Any]) -> Rearrangement:
    """Say what a document is (title, kind, language, dated), and that somebody has looked at it.

    Raises:
        NotYours, Conflict: see `Step`.
        Refused: a day in the future.
    """
    step = Step(case, by, "accept")
    row = _take_described(step, record)
    if values.get("dated") and values["dated"] > clock.today():
        raise Refused(_("This day is in the future."), code="date-future", field="dated")
    for name in ("title", "kind", "language", "dated"):
        if name in values:
            setattr(row, name, values[name])
    row.accepted_at, row.accepted_by = clock.now(), by
    return step.write()


@transaction.atomic
def set_kind(*, by: Person, case: Case, record: UUID, kind: Kind) -> Rearrangement:
    """Say of what kind a document is, and nothing else of it.

    Raises:
        NotYours, Conflict: see `Step`.
    """
    step = Step(case, by, "kind")
    _take_described(step, record).kind = kind
    return step.write()


def _take_described(step: Step, record: UUID) -> Record:
    """Return a document of the case, to say what it is; not before it is known whose it is."""
    row = step.take_record(record)
    if locked_away().filter(case=step.case, subject_id=record).exists():
        raise Conflict(
            _("This document may be another child’s. Say first whose it is."), code="locked-away"
        )
    return row


@transaction.atomic
def undo(*, by: Person, case: Case, step: UUID) -> None:
    """Undo a step, as long as everything is as it left it; undone steps before it do not count.

    Raises:
        NotYours: there is none, or by somebody who is not the case's coordinator.
        Conflict: it was undone, or something it touched has changed since.
    """
    Step(case, by, "undo")
    row = Rearrangement.objects.filter(case=case, pk=step).first()
    if row is None:
        raise NotYours
    records = list(Record.objects.filter(case=case, pk__in=row.after["records"]))
    pages = list(Page.objects.filter(record__case=case, pk__in=row.after["pages"]))
    now = {
        "records": {str(each.pk): _values(each, RECORD_FIELDS) for each in records},
        "pages": {str(each.pk): _values(each, PAGE_FIELDS) for each in pages},
    }
    if row.undone_at is not None or now != row.after:
        raise Conflict(
            _("This cannot be undone any more: something has changed since."), code="changed-since"
        )
    for record in records:
        values = row.before["records"][str(record.pk)]
        Record.objects.filter(pk=record.pk).update(**values)
    for page in pages:
        for name, value in row.before["pages"][str(page.pk)].items():
            setattr(page, name, UUID(value) if name == "record_id" else value)
    _write_pages(pages)
    Rearrangement.objects.filter(pk=row.pk).update(undone_at=clock.now())
    audit.record(
        "records-arranged-back", by=by, case_id=case.pk, target=row,
        detail={"verb": row.verb, "pages": len(pages)},
    )  # fmt: skip
    _end_translations(case, by, row.after["pages"], row.before["pages"])
    whole = {record.pk for record in records} | {page.record_id for page in pages}
    findings.come_back(case=case, check=copies.CHECK, subjects=whole, since=row.created_at)
    _judge_again(case, row.after, row.before)
    changes.tell(case.pk)


def _only_document(step: Step, pages: Sequence[UUID]) -> Record:
    records = {row.record_id for row in step.chosen(pages)}
    if len(records) > 1:
        raise Refused(_("Choose pages of one document."), code="several-documents")
    return step.take_record(records.pop())


def number(rows: Sequence[Page]) -> None:
    for number, row in enumerate(rows, 1):
        row.number = number
