"""Gives every refund that was made before a numbered credit note, and its paper to that."""

from typing import Any

from django.db import migrations


def number(apps: Any, _editor: Any) -> None:
    refunds = apps.get_model("billing", "Refund").objects.order_by("created_at")
    notes = apps.get_model("billing", "CreditNote").objects
    series = apps.get_model("billing", "NumberSeries").objects
    papers = apps.get_model("billing", "FeePaper").objects
    given: dict[int, int] = {}
    for refund in refunds:
        year = refund.created_at.year
        given[year] = given.get(year, 0) + 1
        note = notes.create(
            fee_id=refund.fee_id, refund=refund, created_at=refund.created_at,
            number=f"CN-{year}-{given[year]:05d}",
            amount=refund.amount, net=refund.amount,
        )
        papers.filter(refund=refund).update(credit=note)
        refund.done_at = refund.created_at
        refund.save(update_fields=["done_at"])
    for year, last in given.items():
        series.create(kind="credit", year=year, last=last)


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0002_taxes_and_numbers"),
    ]

    operations = [migrations.RunPython(number)]
