"""The settings in sections: how each is read, checked and written, as plain values.

A section's value holds texts, whole numbers, yes and no, lists and tables: what TOML and JSON can
hold. The pages, the command, the shipped settings and the list of earlier values all use it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.rules import clean_email
from secondopinion.core.errors import Refused
from secondopinion.core.models import Blob
from secondopinion.program import families, lists, paces, reports, rules
from secondopinion.program.models import (
    Condition,
    Disclaimer,
    Program,
    Target,
)
from secondopinion.program.queries import matching_of, shipped

Value = Any


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the settings, changed as a whole."""

    read: Callable[[], Value]
    clean: Callable[[Value], Value]
    write: Callable[[Value], None]


def _of_program(clean: Callable[[Value], Value], *names: str) -> Section:
    """Return a section whose values are fields of the program of the same names."""

    def read() -> Value:
        program = Program.objects.get()
        return {name: _plain(getattr(program, name)) for name in names}

    def write(value: Value) -> None:
        Program.objects.update(**value)

    return Section(read, clean, write)


def _plain(value: Any) -> Any:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, int | list | dict) else str(value)


def _read_identity() -> Value:
    program = Program.objects.get()
    return {
        "hospital": program.hospitals, "name": program.names, "email": program.email,
        "phone": program.phone, "address": program.address,
    }  # fmt: skip


def _clean_identity(value: Value) -> Value:
    given = rules.table(value, ("hospital", "name", "email", "phone", "address"))
    return {
        "hospital": rules.by_language(given.get("hospital", {}), "hospital"),
        "name": rules.by_language(given.get("name", {}), "name"),
        "email": clean_email(rules.text(given.get("email"), "email")),
        "phone": rules.text(given.get("phone"), "phone", most=40),
        "address": rules.text(given.get("address"), "address", most=300, required=False),
    }


def _write_identity(value: Value) -> None:
    more = {name: value[name] for name in ("email", "phone", "address")}
    Program.objects.update(hospitals=value["hospital"], names=value["name"], **more)


def _clean_look(value: Value) -> Value:
    names = ("action_colour", "mark_colour")
    given = rules.table(value, names)
    return {name: rules.colour(given.get(name), name) for name in names}


def _clean_languages(value: Value) -> Value:
    chosen = rules.rows(rules.table(value, ("languages",)).get("languages"), "languages")
    known = [code for code, _name in settings.LANGUAGES]
    for each in chosen:
        rules.choice(each, "languages", known)
        if not Disclaimer.objects.filter(language=each).exists():
            raise rules.refuse(
                _("There is no disclaimer in this language yet: %(language)s") % {"language": each},
                "languages",
            )
    if not chosen:
        raise rules.refuse(_("Choose at least one language."), "languages")
    return {"languages": [code for code in known if code in chosen]}


def _clean_hours(value: Value) -> Value:
    names = ("country", "region", "timezone", "opens", "closes", "weekdays", "closures")
    given = rules.table(value, names)
    days = rules.rows(given.get("weekdays"), "weekdays")
    kept = {
        "country": rules.country(given.get("country"), "country"),
        "region": rules.text(given.get("region", ""), "region", most=10, required=False),
        "timezone": rules.zone(given.get("timezone"), "timezone"),
        "opens": rules.hour(given.get("opens"), "opens"),
        "closes": rules.hour(given.get("closes"), "closes"),
        "weekdays": sorted({rules.number(each, "weekdays", least=0, most=6) for each in days}),
        "closures": _closures(given.get("closures", [])),
    }
    if not kept["weekdays"]:
        raise rules.refuse(_("Choose at least one day of the week."), "weekdays")
    if kept["opens"] >= kept["closes"]:
        raise rules.refuse(_("The program has to open before it closes."), "closes")
    return kept


def _closures(value: Value) -> Value:
    kept = []
    for each in rules.rows(value, "closures"):
        ends = rules.rows(each, "closures")
        try:
            first, last = (rules.day(end, "closures") for end in ends)
        except (ValueError, Refused):
            words = _(
                "“%(line)s” is not understood. Write one day, like 2026-12-01, or a first and a "
                "last day, like 2026-12-24 2027-01-01. No other words stand on the line."
            )
            line = " ".join(dict.fromkeys(map(str, ends)))[:60]
            raise rules.refuse(words % {"line": line}, "closures") from None
        if first > last:
            raise rules.refuse(_("The last day is before the first."), "closures")
        if (date.fromisoformat(last) - date.fromisoformat(first)).days > 60:
            raise rules.refuse(_("A closure is at most 60 days long."), "closures")
        kept.append([first, last])
    return sorted(kept)


_TERMS = (
    "fee_amount", "fee_currency", "fee_waits", "bank", "tax_number", "tax_rate", "tax_exempt",
    "follow_up_days", "follow_up_questions", "draft_days",
)  # fmt: skip


def _clean_terms(value: Value) -> Value:
    given = shipped("terms") | rules.table(value, _TERMS)
    rate = rules.amount(given.get("tax_rate"), "tax_rate", most="100", places=2)
    exempt = rules.by_language(given.get("tax_exempt"), "tax_exempt", most=500, required=False)
    if Decimal(rate) and exempt:
        raise rules.refuse(
            _("Prices hold tax, or there is a reason why they do not: write one of them."),
            "tax_exempt-en",
        )
    return {
        "fee_amount": rules.amount(given.get("fee_amount"), "fee_amount", most="999999", places=2),
        "fee_currency": rules.currency(given.get("fee_currency"), "fee_currency"),
        "fee_waits": bool(given.get("fee_waits", False)),
        "bank": rules.text(given.get("bank", ""), "bank", most=1000, required=False),
        "tax_number": rules.text(
            given.get("tax_number", ""), "tax_number", most=60, required=False
        ),
        "tax_rate": rate,
        "tax_exempt": exempt,
        "follow_up_days": rules.number(
            given.get("follow_up_days"), "follow_up_days", least=1, most=365
        ),
        "follow_up_questions": rules.number(
            given.get("follow_up_questions"), "follow_up_questions", least=1, most=50
        ),
        "draft_days": rules.number(given.get("draft_days"), "draft_days", least=7, most=730),
    }


_SECOND_FLAGS = ("second_tumour", "second_operation", "second_differs", "second_blinded")
_SECOND = ("second_share", "second_first", *_SECOND_FLAGS, "second_conditions")


def _clean_second(value: Value) -> Value:
    given = rules.table(value, _SECOND)
    groups = rules.rows(given.get("second_conditions", []), "second_conditions")
    known = list(Condition.objects.values_list("key", flat=True))
    return {
        "second_share": rules.number(given.get("second_share"), "second_share", least=0, most=100),
        "second_first": rules.number(given.get("second_first"), "second_first", least=0, most=100),
        **{name: bool(given.get(name, False)) for name in _SECOND_FLAGS},
        "second_conditions": [
            rules.choice(each, "second_conditions", known) for each in dict.fromkeys(groups)
        ],
    }


def _read_targets() -> Value:
    general = Target.objects.filter(kind="", urgency="")
    days = {row.step: str(row.business_days) for row in general}
    return {step: days[step] for step in Target.Step.values if step in days}


def _clean_targets(value: Value) -> Value:
    given = rules.table(value, Target.Step.values)
    return {
        step: rules.amount(given.get(step), step, most="99", places=1)
        for step in Target.Step.values
    }


def _write_targets(value: Value) -> None:
    for step, days in value.items():
        Target.objects.update_or_create(
            step=step, kind="", urgency="", defaults={"business_days": Decimal(days)}
        )


def _read_matching() -> Value:
    return matching_of(Program.objects.get())


def _clean_matching(value: Value) -> Value:
    names = shipped("matching")
    given = rules.table(value, names)
    bounds = {"usual": (1, 90), "soon": (1, 90), "urgent": (1, 90), "moves": (0, 20)}
    return {
        name: rules.number(given.get(name), name, least=least, most=most)
        for name in names
        for least, most in (bounds.get(name, (0, 100)),)
    }


def _write_matching(value: Value) -> None:
    Program.objects.update(matching=value)


def _read_logo() -> Value:
    logo = Program.objects.get().logo_id
    return {"blob": str(logo) if logo else ""}


def _clean_logo(value: Value) -> Value:
    blob = rules.text(rules.table(value, ("blob",)).get("blob"), "blob", required=False)
    if blob and not Blob.objects.filter(pk=UUID(blob)).exists():
        raise rules.refuse(_("There is no such picture."), "blob")
    return {"blob": blob}


def _write_logo(value: Value) -> None:
    Program.objects.update(logo_id=value["blob"] or None)


# In the order in which they can be written: fields of medicine before what belongs to them.
SECTIONS: dict[str, Section] = {
    "identity": Section(_read_identity, _clean_identity, _write_identity),
    "look": _of_program(_clean_look, "action_colour", "mark_colour"),
    "logo": Section(_read_logo, _clean_logo, _write_logo),
    "hours": _of_program(
        _clean_hours, "country", "region", "timezone", "opens", "closes", "weekdays", "closures"
    ),
    "targets": Section(_read_targets, _clean_targets, _write_targets),
    "paces": Section(paces.read_paces, paces.clean_paces, paces.write_paces),
    "terms": _of_program(_clean_terms, *_TERMS),
    "prices": Section(families.read_prices, families.clean_prices, families.write_prices),
    "matching": Section(_read_matching, _clean_matching, _write_matching),
    "disclaimers": Section(
        lists.read_disclaimers, lists.clean_disclaimers, lists.write_disclaimers
    ),
    "languages": _of_program(_clean_languages, "languages"),
    "specialties": Section(
        lists.read_specialties, lists.clean_specialties, lists.write_specialties
    ),
    "rules": Section(lists.read_rules, lists.clean_rules, lists.write_rules),
    "guardians": Section(
        families.read_guardians, families.clean_guardians, families.write_guardians
    ),
    "conditions": Section(lists.read_conditions, lists.clean_conditions, lists.write_conditions),
    "second": _of_program(_clean_second, *_SECOND),
    "checklists": Section(lists.read_checklists, lists.clean_checklists, lists.write_checklists),
    "reports": Section(reports.read_reports, reports.clean_reports, reports.write_reports),
    "templates": Section(lists.read_templates, lists.clean_templates, lists.write_templates),
    "letters": Section(lists.read_letters, lists.clean_letters, lists.write_letters),
    "glossary": Section(lists.read_glossary, lists.clean_glossary, lists.write_glossary),
}
IN_FILES = [key for key in SECTIONS if key != "logo"]


def is_shipped(key: str) -> bool:
    """Say whether a section still is what every fresh installation has: an example."""
    section = SECTIONS[key]
    try:
        return bool(section.read() == section.clean(shipped(key)))
    except Refused:
        return False
