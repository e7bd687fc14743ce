"""Numbers of invoices and credit notes: each series counts from 1 every year, without a gap.

A number is given in the transaction of what it numbers: where that is undone, the number is too.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from secondopinion.billing.models import NumberSeries
from secondopinion.program import queries as program

_PREFIX = {NumberSeries.Kind.INVOICE: "INV", NumberSeries.Kind.CREDIT: "CN"}


def local_day(at: datetime) -> datetime:
    """Return an instant on the program's clock: its day stands on the paper."""
    return at.astimezone(ZoneInfo(program.program().timezone))


def next_number(kind: NumberSeries.Kind, at: datetime) -> str:
    """Return the next number of a series, as ``INV-2026-00001``, for what is issued at an instant.

    Whoever asks next waits until this transaction has ended.
    """
    year = local_day(at).year
    row, _made = NumberSeries.objects.get_or_create(kind=kind, year=year)
    NumberSeries.objects.filter(pk=row.pk).update(last=F("last") + 1)
    row.refresh_from_db(fields=["last"])
    return f"{_PREFIX[kind]}-{year}-{row.last:05d}"
