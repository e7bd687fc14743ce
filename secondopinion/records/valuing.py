"""Typing laboratory values in, each with the page that it stands on, and taking one out."""

from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.audit import actions as audit
from secondopinion.cases.actions.parts import require
from secondopinion.cases.models import Case, Part
from secondopinion.core import clock
from secondopinion.core.errors import NotYours, Refused
from secondopinion.records.laboratory import analytes
from secondopinion.records.models import LabValue, Page

WRITERS = ("desk", Part.COORDINATOR, Part.SPECIALIST)
_MOST = Decimal(10_000_000)


def values_of(case: Case) -> QuerySet[LabValue]:
    """Return the values of a case, by what they are and when they were taken."""
    rows = LabValue.objects.filter(case=case, removed_at=None, page__record__removed_at=None)
    return rows.select_related("page__record", "by").order_by("analyte", "taken_on", "created_at")


def _optional(text: str, field: str) -> Decimal | None:
    return _number(text, field) if text.strip() else None


def _number(text: str, field: str) -> Decimal:
    """Return a number as it is written in a laboratory, with a point or a comma.

    Raises:
        Refused: it is none, or has groups of digits that could mean two things.
    """
    kept = text.strip().replace(",", ".")
    try:
        number = Decimal(kept)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < _MOST or number != round(number, 4):
        raise Refused(
            _("Write the number as it stands there, without its unit: 11.5"),
            code="number", field=field,
        )  # fmt: skip
    return number


@transaction.atomic
def add_value(
    *, by: Person, case: Case, analyte: str, value: str, unit: str, taken_on: date | None,
    page: UUID, low: str = "", high: str = "",
) -> LabValue:  # fmt: skip
    """Keep a value as it stands on a page: its number, unit, day, and range if there is one.

    Raises:
        NotYours: by somebody who neither prepares nor reviews the case, or from a page elsewhere.
        Refused: what is not a number, a unit that it does not have, a day that cannot be.
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
    born = case.child.birth_date
    if taken_on is None or taken_on > clock.today() or (born and taken_on < born):
        raise Refused(
            _("Write the day on which it was taken: after the birth, and not in the future."),
            code="day", field="taken_on",
        )  # fmt: skip
    number, least, most = _number(value, "value"), _optional(low, "low"), _optional(high, "high")
    if least is not None and most is not None and least > most:
        raise Refused(_("The range ends before it begins."), code="range", field="high")
    made = LabValue.objects.create(
        case=case, page=place, analyte=analyte, value=number,
        unit=unit, taken_on=taken_on, low=least, high=most, by=by,
    )  # fmt: skip
    audit.record("lab-value-added", by=by, case_id=case.pk, target=made)
    return made


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
