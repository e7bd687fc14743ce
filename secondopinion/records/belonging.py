"""Compares the numbers of persons on all pages of a case, and writes down which are another's."""

from collections import defaultdict

from secondopinion.cases.models import Case
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.findings.models import Finding
from secondopinion.records.checks import examine, identifiers, whose
from secondopinion.records.checks.identifiers import Marks, Number
from secondopinion.records.models import Reading, Record


def keep(record: Record, rows: list[examine.Page], child: whose.Child | None) -> None:
    """Keep what the pages of a record say of whose they are, beside what was read of them."""
    told = {row.number: examine.marks(row, str(record.pk), child) for row in rows}
    readings = Reading.objects.filter(page__record=record, page__number__in=told)
    changed = []
    for reading in readings.select_related("page"):
        marks = told[reading.page.number]
        reading.marks = {
            "stance": marks.stance,
            "numbers": [[each.kind, each.value] for each in marks.numbers],
            "issuers": list(marks.issuers),
            "trust": marks.trust,
        }
        changed.append(reading)
    Reading.objects.bulk_update(changed, ["marks"])


def compare(case: Case) -> None:
    """Write down which pages of a case carry the number of another patient, by all of them."""
    found: dict[str, list[Found]] = defaultdict(list)
    for marks, each in identifiers.check(_kept(case)):
        found[marks.document].append(each)
    name = identifiers.NAME.partition("@")[0]
    told = Finding.objects.filter(case=case, check_name=name, subject_kind="record", state="open")
    keys = {*found, *map(str, told.values_list("subject_id", flat=True))}
    for record in Record.objects.filter(case=case, pk__in=keys):
        replace(case=case, subject=record, check=identifiers.NAME, found=found[str(record.pk)])


def _kept(case: Case) -> list[Marks]:
    rows = Reading.objects.filter(
        page__record__case=case, page__record__removed_at=None, page__aside=""
    ).exclude(marks={})
    return [
        Marks(
            str(document), page, marks["stance"],
            tuple(Number(kind, value) for kind, value in marks["numbers"]),
            tuple(marks["issuers"]), marks["trust"],
        )
        for document, page, marks in rows.order_by("page__record__created_at", "page__number")
        .values_list("page__record", "page__number", "marks")
    ]  # fmt: skip
