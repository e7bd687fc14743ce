"""The sections of the settings that are about families: guardianship by country, and prices."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from secondopinion.program import rules
from secondopinion.program.models import GuardianRule, Price

Value = Any
_AGES = {"assent_from": (5, 18), "adult_from": (15, 25)}  # years
_FLAGS = ("both_parents", "parents_prove")


def read_guardians() -> Value:
    return [
        {
            "country": str(row.country),
            **{name: getattr(row, name) for name in (*_FLAGS, *_AGES)},
            "legal_basis": row.legal_basis,
            "checked_on": row.checked_on.isoformat(), "checked_by": row.checked_by,
        }
        for row in GuardianRule.objects.order_by("country")
    ]  # fmt: skip


def clean_guardians(value: Value) -> Value:
    names = ("country", *_FLAGS, *_AGES, "legal_basis", "checked_on", "checked_by")
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, names)
        ages = {
            name: rules.number(given.get(name), name, least=least, most=most)
            for name, (least, most) in _AGES.items()
        }
        if ages["assent_from"] >= ages["adult_from"]:
            raise rules.refuse(
                _("A child is asked before it comes of age: write a lower number here."),
                "assent_from",
            )
        kept.append(
            {
                "country": rules.country(given.get("country", ""), "country", required=False),
                **{name: bool(given.get(name, False)) for name in _FLAGS},
                **ages,
                "legal_basis": rules.text(given.get("legal_basis"), "legal_basis", most=2000),
                "checked_on": rules.day(given.get("checked_on"), "checked_on"),
                "checked_by": rules.text(given.get("checked_by", ""), "checked_by", required=False),
            }
        )
    rules.once((row["country"] for row in kept), "country")
    if not any(not row["country"] for row in kept):
        raise rules.refuse(_("One rule for every other country has to be there."), "country")
    return sorted(kept, key=lambda row: row["country"])


def write_guardians(value: Value) -> None:
    GuardianRule.objects.all().delete()  # cases ask by the rule of the day: nothing points at it
    for row in value:
        GuardianRule.objects.create(**row | {"checked_on": date.fromisoformat(row["checked_on"])})


def read_prices() -> Value:
    return [
        {
            "kind": row.kind, "country": str(row.country), "amount": str(row.amount),
            "currency": row.currency,
        }
        for row in Price.objects.order_by("kind", "country")
    ]  # fmt: skip


def clean_prices(value: Value) -> Value:
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, ("kind", "country", "amount", "currency"))
        kept.append(
            {
                "kind": rules.choice(given.get("kind"), "kind", Price.Kind.values),
                "country": rules.country(given.get("country", ""), "country", required=False),
                "amount": rules.amount(given.get("amount"), "amount", most="999999", places=2),
                "currency": rules.currency(given.get("currency"), "currency"),
            }
        )
    rules.once(map(_what, kept), "kind")
    return sorted(kept, key=_what)


def write_prices(value: Value) -> None:
    Price.objects.all().delete()  # a fee that was charged keeps its amount
    for row in value:
        Price.objects.create(**row | {"amount": Decimal(row["amount"])})


def _what(price: Value) -> tuple[str, str]:
    return price["kind"], price["country"]
