"""Laboratory values, each with the page that it stands on: typed in, offered by the program that
reads pages and accepted or passed over, taken out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.records import lab_reading, numerals
from secondopinion.records.laboratory import analytes
from secondopinion.records.models import LabValue, Page, PassedOver, Reading, Record
from secondopinion.records.queries import locked_away

WRITERS = ("desk", Part.COORDINATOR, Part.SPECIALIST)
_MOST = Decimal(10_000_000)
MOST_OFFERED = 200  # of a case at once


@dataclass(frozen=True, slots=True)
class Offered:
    """A value that was read on a page, for somebody to accept; its day may be unknown."""

    page: Page
    record: Record
    seen: lab_reading.Seen
    day: date | None
    certainty: float


def values_of(case: Case) -> QuerySet[LabValue]:
    """Return the values of a case, by what they are and when they were taken; not those of a record
    that may be another child's, until that is settled."""
    rows = LabValue.objects.filter(case=case, removed_at=None, page__record__removed_at=None)
    rows = rows.exclude(page__record__in=locked_away().filter(case=case))
    return rows.select_related("page__record", "by").order_by("analyte", "taken_on", "created_at")


def offered(case: Case, rows: Sequence[Record], kept: Sequence[LabValue]) -> list[Offered]:
    """Return the values that a program reads on the pages of `rows` and nobody has judged yet.

    `rows` have their pages read; `kept` are the values of the case. What stands on two pages is
    offered once.
    """
    read = [
        (record, page, each)
        for record in rows
        for page in record.pages.all()
        for each in lab_reading.find(page.text, *_written_in(case, record))
    ]
    judged = _judged(case) if read else set()
    known: set[tuple[str, date | None, Decimal]] = {
        (row.analyte, row.taken_on, _base(row.analyte, row.value, row.unit)) for row in kept
    }
    found, days = [], {}
    for record, page, each in read:
        if judged & {(page.pk, each.analyte, value, each.unit) for value in _ways(each)}:
            continue
        if page.pk not in days:
            days[page.pk] = _day(case, record, page)
        day, sure = days[page.pk]
        same = (each.analyte, day, _base(each.analyte, each.value, each.unit))
        if same not in known:
            known.add(same)
            certainty = round(each.certainty * (sure if day else 1.0), 2)
            found.append(Offered(page, record, each, day, certainty))
    return found[:MOST_OFFERED]


def _ways(seen: lab_reading.Seen) -> list[Decimal]:
    """Return what a number that was read can mean: mostly one thing."""
    return [seen.value] if seen.other is None else [seen.value, seen.other]


def _written_in(case: Case, record: Record) -> tuple[str, str]:
    """Return the language of a record and the country that it comes from, by their codes."""
    return record.likely["language"] or case.language, str(case.country or "")


def _judged(case: Case) -> set[tuple[UUID, str, Decimal, str]]:
    """Return what somebody has kept, taken out or passed over: page, what, number, unit."""
    columns = ("page", "analyte", "value", "unit")
    kept, passed = (
        model.objects.filter(page__record__case=case).order_by().values_list(*columns)
        for model in (LabValue, PassedOver)
    )
    return set(kept.union(passed))


def weighed(found: Sequence[Offered]) -> list[Offered]:
    """Return what is offered with a certainty that also knows how well the pages could be read."""
    pages = {each.page.pk for each in found}
    words = {
        row.page_id: [(str(place[0]), float(place[1])) for place in row.answer.get("places", [])]
        for row in Reading.objects.filter(page__in=pages)
    }
    return [
        replace(each, certainty=round(each.certainty * _legible(each, words), 2)) for each in found
    ]


def _legible(each: Offered, words: dict[UUID, list[tuple[str, float]]]) -> float:
    parts = set(each.seen.line.split())
    sure = [surety for word, surety in words.get(each.page.pk, ()) if word in parts]
    return min(sure, default=100.0) / 100


def _base(analyte: str, value: Decimal, unit: str) -> Decimal:
    return round(analytes()[analyte].in_base(value, unit), 4).normalize()


def _day(case: Case, record: Record, page: Page) -> tuple[date | None, float]:
    return lab_reading.day_of(
        page.text, *_written_in(case, record), record.dated, clock.today(), case.child.birth_date
    )


def valued(rows: QuerySet[Record]) -> QuerySet[Record]:
    """Let records say whether values of theirs are kept (`has_values`)."""
    kept = LabValue.objects.filter(page__record=OuterRef("pk"), removed_at=None)
    return rows.annotate(has_values=Exists(kept))


def values_on(case: Case, rows: Sequence[Record]) -> list[LabValue]:
    """Return the values of a case; asked for only where records that are `valued` have some."""
    return list(values_of(case)) if any(vars(row)["has_values"] for row in rows) else []


@dataclass(frozen=True, slots=True)
class _Typed:
    """What is typed in: of what, in which unit, and the page beside it."""

    analyte: str
    unit: str
    ends: tuple[str, str]
    marks: numerals.Marks

    def number(self, text: str, field: str) -> Decimal:
        """Return a number as it is written in a laboratory, with a point or a comma.

        Raises:
            Refused: it is none, or could mean two things and neither what can be, nor the range
                beside it, nor the other numbers of its page tell which.
        """
        kept = lab_reading.digits_of(text.strip())
        likely = lab_reading.can_be(self.analyte, self.unit, kept) or numerals.readings(kept)
        if not likely or not all(each < _MOST and each == round(each, 4) for each in likely):
            raise Refused(
                _("Write the number as it stands there, without its unit: 11.5"),
                code="number", field=field,
            )  # fmt: skip
        told = numerals.meant(kept, likely, self.ends, "", replace(self.marks, spoken=""))
        if told is None or told.other is not None:
            raise Refused(
                _(
                    "This can be read in two ways. Look at the page, and write %(one)s for the "
                    "one or %(other)s for the other."
                ) % {"one": f"{likely[0]}0", "other": f"{likely[-1]}"},
                code="two-ways", field=field,
            )  # fmt: skip
        return told.value

    def end(self, text: str, field: str) -> Decimal | None:
        """Return an end of the range, None where it is left empty."""
        return self.number(text, field) if text.strip() else None


@transaction.atomic
def add_value(
    *, by: Person, case: Case, analyte: str, value: str, unit: str, taken_on: date | None,
    page: UUID, low: str = "", high: str = "",
) -> LabValue:  # fmt: skip
    """Keep a value as it stands on a page: its number, unit, day, and range if there is one.

    Raises:
        NotYours: by somebody who neither prepares nor reviews the case, or from a page elsewhere.
        Refused: what is not a number or could be two, a unit that it does not have, a day that
            cannot be.
    """
    require(case, by, *WRITERS)
    place = Page.objects.filter(
        pk=page, record__case=case, record__removed_at=None
    ).first()  # fmt: skip
    if place is None:
        raise NotYours
    kind = analytes().get(analyte)
    if kind is None or unit not in kind.units:
        raise Refused(_("This value does not have this unit."), code="unit", field="unit")
    ends = (lab_reading.digits_of(low.strip()), lab_reading.digits_of(high.strip()))
    typed = _Typed(analyte, unit, ends, lab_reading.marks_of(place.text, "", ""))
    seen = lab_reading.Seen(
        analyte, typed.number(value, "value"), unit, typed.end(low, "low"),
        typed.end(high, "high"), 1.0, "", 0, 0,
    )  # fmt: skip
    return _keep(by, case, place, seen, taken_on)


def _keep(
    by: Person, case: Case, page: Page, seen: lab_reading.Seen, taken_on: date | None,
    read_by: str = "",
) -> LabValue:  # fmt: skip
    born = case.child.birth_date
    if taken_on is None or taken_on > clock.today() or (born and taken_on < born):
        raise Refused(
            _("Write the day on which it was taken: after the birth, and not in the future."),
            code="day", field="taken_on",
        )  # fmt: skip
    if seen.low is not None and seen.high is not None and seen.low > seen.high:
        raise Refused(_("The range ends before it begins."), code="range", field="high")
    made = LabValue.objects.create(
        case=case, page=page, analyte=seen.analyte, value=seen.value, unit=seen.unit,
        taken_on=taken_on, low=seen.low, high=seen.high, by=by, read_by=read_by,
    )  # fmt: skip
    verb = "lab-value-accepted" if read_by else "lab-value-added"
    audit.record(verb, by=by, case_id=case.pk, target=made)
    return made


def _read_again(case: Case, page: UUID, start: int) -> tuple[Page, lab_reading.Seen]:
    """Return what stands at a place of a page.

    Raises:
        NotYours: nothing does, or the page is elsewhere.
    """
    row = (
        Page.objects.filter(pk=page, record__case=case, record__removed_at=None)
        .select_related("record").first()
    )  # fmt: skip
    read = lab_reading.find(row.text, *_written_in(case, row.record)) if row else []
    found = [each for each in read if each.start == start]
    if row is None or not found:
        raise NotYours
    return row, found[0]


@transaction.atomic
def accept_read(
    *, by: Person, case: Case, page: UUID, start: int, taken_on: date | None,
    meant: Decimal | None = None,
) -> LabValue:  # fmt: skip
    """Keep a value as it was read at a place of a page; once, however often it is asked for.

    `meant` is which of its two readings, where its number has two.

    Raises:
        NotYours: by somebody who may not, or nothing was read there.
        Refused: without a day that can be, or without one of two readings.
    """
    require(case, by, *WRITERS)
    row, seen = _read_again(case, page, start)
    if seen.other is not None:
        if meant not in _ways(seen):
            raise Refused(
                _("This number can be read in two ways: look at the page, and say which."),
                code="two-ways", field="meant",
            )  # fmt: skip
        seen = replace(seen, value=meant)
    kept = LabValue.objects.filter(
        page=row, analyte=seen.analyte, value=seen.value, unit=seen.unit, removed_at=None
    ).first()
    return kept or _keep(by, case, row, seen, taken_on, lab_reading.NAME)


@transaction.atomic
def pass_over(*, by: Person, case: Case, page: UUID, start: int) -> None:
    """Say that what was read at a place of a page is no value to keep; it is not offered again.

    Raises:
        NotYours: by somebody who may not, or nothing was read there.
    """
    require(case, by, *WRITERS)
    row, seen = _read_again(case, page, start)
    _made, new = PassedOver.objects.get_or_create(
        page=row, analyte=seen.analyte, value=seen.value, unit=seen.unit, defaults={"by": by}
    )
    if new:
        audit.record("lab-value-passed-over", by=by, case_id=case.pk, target=row)


@transaction.atomic
def remove_value(*, by: Person, case: Case, value: UUID) -> None:
    """Take out a value that was typed wrongly; the row stays.

    Raises:
        NotYours: there is none, or by somebody who may not.
    """
    require(case, by, *WRITERS)
    row = LabValue.objects.filter(pk=value, case=case, removed_at=None).first()
    if row is None:
        raise NotYours
    LabValue.objects.filter(pk=row.pk).update(removed_at=clock.now())
    audit.record("lab-value-removed", by=by, case_id=case.pk, target=row)
