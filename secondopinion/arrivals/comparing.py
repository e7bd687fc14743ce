"""Compares what a case holds with itself and with its checklist; safe to run again."""

from datetime import date

from django.conf import settings

from secondopinion.arrivals import missing, queries
from secondopinion.cases.models import Case, ChecklistItem, ItemState
from secondopinion.cases.states import ENDED
from secondopinion.core import clock
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.findings.models import Finding, State
from secondopinion.imaging.checks.disk import parts_named
from secondopinion.imaging.models import Series, Study
from secondopinion.program.queries import images_wanted, records_wanted
from secondopinion.records.checks import days, kinds
from secondopinion.records.models import Kind, Page, Record, RecordState
from secondopinion.records.queries import for_case

SURE = 0.6  # how certain a program must be of a kind or a day before it counts here
OPEN = (ItemState.OPEN, ItemState.ASKED, ItemState.ANSWERED)
WRITTEN = {"SR", "DOC"}  # a report that is a DICOM object
NO_IMAGES = {*WRITTEN, "PR", "KO", "SEG", "RTSTRUCT", "REG"}


def compare(case: Case) -> bool:
    """Write down what is missing; return whether it could be told.

    It cannot while something that has come is not sorted or read yet: then the end of that asks
    again.
    """
    if case.state in ENDED or queries.waiting(case) or _being_read(case):
        return False
    today = clock.today()
    rows = {row: _document(row, case, today) for row in for_case(case).prefetch_related("pages")}
    studies = {row: _imaging(row) for row in Study.objects.filter(case=case)
               .prefetch_related("series")}  # fmt: skip
    here = [each for each in studies.values() if each.groups or each.unclear]
    for record in Record.objects.filter(case=case):
        document = rows.get(record)
        others = [each for row, each in rows.items() if row.pk != record.pk]
        images = missing.images_missing(document, here, today) if document else None
        addendum = missing.addendum_missing(document, others) if document else None
        _write(case, record, missing.IMAGES, images)
        _write(case, record, missing.ADDENDUM, addendum)
    for study, imaging in studies.items():
        report = missing.report_missing(imaging, rows.values(), today)
        _write(case, study, missing.REPORT, report)
    broken = missing.not_opened(len(queries.not_opened(case)))
    replace(case=case, subject=case, check=missing.NOT_OPENED, found=[broken] if broken else [])
    told = {
        where.get("item")
        for where in Finding.objects.filter(
            case=case, check_name=missing.CALLED_FOR.partition("@")[0], code="record-missing",
            state=State.OPEN,
        ).values_list("where", flat=True)
    }  # fmt: skip
    found = [
        missing.not_as_called_for(_called(item, item.key in told), rows.values(), here, today)
        for item in case.checklist.exclude(state=ItemState.WAIVED)
    ]
    replace(
        case=case, subject=case, check=missing.CALLED_FOR, found=[each for each in found if each]
    )
    return True


def _write(case: Case, subject: Record | Study, check: str, found: Found | None) -> None:
    replace(case=case, subject=subject, check=check, found=[found] if found else [])


def _being_read(case: Case) -> bool:
    rows = Record.objects.filter(case=case, removed_at=None, merged_into=None)
    if rows.filter(state=RecordState.READING).exists():
        return True
    unread = Page.objects.filter(record__in=rows, record__state=RecordState.READ, aside="",
                                 blank=False, reading=None)  # fmt: skip
    return settings.UNDERSTAND_PAGES and unread.exists()


def _document(record: Record, case: Case, today: date) -> missing.Document:
    shown = [page for page in record.pages.all() if not page.aside]
    text = "\n".join(page.text for page in shown if page.text.strip())
    language = record.likely["language"]
    country = str(case.child.country or "")
    named = [each.day for page in shown for each in days.find(page.text, language, country, today)]
    return missing.document_of(
        _kind(record, text, language), record.title, text, _day(record), named
    )  # fmt: skip


def _kind(record: Record, text: str, language: str) -> str:
    """Return what a record is, by a person or by a program that is sure; "" where nobody knows."""
    if record.kind != Kind.OTHER or record.accepted_at is not None:
        return record.kind
    if "kind" in record.suggested:
        guess, sure = record.suggested["kind"]
        return str(guess) if sure >= SURE else ""
    # No word of any kind stands in a text of a language whose words are known.
    return str(Kind.OTHER) if text.strip() and language in kinds.known() else ""


def _day(record: Record) -> date | None:
    guess, sure = record.suggested.get("dated", ["", 0.0])
    if record.dated or sure < SURE:
        return record.dated
    return date.fromisoformat(guess)


def _imaging(study: Study) -> missing.Imaging:
    rows = [row for row in study.series.all() if row.removed_at is None]
    images = [row for row in rows if row.modality not in NO_IMAGES]
    groups = {row.modality: missing.GROUPS.get(row.modality, "") for row in images}
    shown = {groups[row.modality] for row in images if row.role == Series.Role.VOLUME} - {""}
    said = " ".join(f"{row.body_part} {row.description}" for row in images)
    modalities = "/".join(sorted({row.modality for row in images} - {""}))
    day = f"{study.date:%Y-%m-%d}" if study.date else ""
    return missing.Imaging(
        study.uid,
        " · ".join(filter(None, (modalities, study.description, day))),
        study.date,
        frozenset(shown),
        frozenset(set(groups.values()) - {""}),
        frozenset(parts_named(f"{study.description} {said}")),
        unclear="" in groups.values(),
        has_report=any(row.modality in WRITTEN for row in rows),
    )


def _called(item: ChecklistItem, said: bool) -> missing.Called:
    is_open = item.required and item.state in OPEN
    images = item.kind == "images"
    wanted = (images_wanted(item.key) or {}) if images else records_wanted(item.key)
    groups = {missing.GROUPS[each] for each in wanted.get("modalities", ())}
    kinds_of_item = () if images else wanted.get("kinds", ())
    body = wanted.get("body", ()) if images else ()
    return missing.Called(
        item.key, item.labels, images, is_open, item.months, frozenset(kinds_of_item),
        frozenset(groups), frozenset(body), item.state == ItemState.ANSWERED, said,
    )  # fmt: skip
