"""The sections of the settings that are lists of rows: how each is read, checked and written."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from secondopinion.program import rules
from secondopinion.program.models import (
    ChecklistTemplate,
    Condition,
    DeclineKind,
    DeclineLetter,
    DeliveryMode,
    DeliveryRule,
    Disclaimer,
    GlossaryTerm,
    MessageTemplate,
    Program,
    Residence,
    Specialty,
)
from secondopinion.program.queries import shipped
from secondopinion.program.reports import keep_those_of_reports

Value = Any


def read_specialties() -> Value:
    return [{"key": row.key, "names": row.names} for row in Specialty.objects.all()]


def clean_specialties(value: Value) -> Value:
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, ("key", "names"))
        names = rules.by_language(given.get("names", {}), "names")
        kept.append({"key": rules.key(given.get("key"), "key"), "names": names})
    rules.once((row["key"] for row in kept), "key")
    return kept


def write_specialties(value: Value) -> None:
    keep_those_of_reports("specialties", value)
    try:
        Specialty.objects.exclude(key__in=[row["key"] for row in value]).delete()
    except ProtectedError:
        raise rules.refuse(
            _("Cases, specialists, rules or checklists belong to this field: it stays."), "key"
        ) from None
    for position, row in enumerate(value):
        Specialty.objects.update_or_create(
            key=row["key"], defaults={"names": row["names"], "position": position}
        )


def _specialty(value: Any) -> str:
    if not value:
        return ""
    return rules.choice(value, "specialty", list(Specialty.objects.values_list("key", flat=True)))


def _by_key() -> dict[str, Specialty]:
    return {row.key: row for row in Specialty.objects.all()}


def read_rules() -> Value:
    found = [
        {
            "country": str(row.country),
            "specialty": row.specialty.key if row.specialty else "",
            "residence": row.residence,
            "mode": row.mode, "legal_basis": row.legal_basis, "reasons": row.reasons,
            "checked_on": row.checked_on.isoformat(), "checked_by": row.checked_by,
        }
        for row in DeliveryRule.objects.select_related("specialty")
    ]  # fmt: skip
    return sorted(found, key=_place)


def _place(rule: Value) -> tuple[str, str, str]:
    """Return what a rule is about; no two are about the same."""
    return rule["country"], rule["specialty"], rule["residence"]


def clean_rules(value: Value) -> Value:
    names = (
        "country", "specialty", "residence", "mode", "legal_basis", "reasons", "checked_on",
        "checked_by",
    )  # fmt: skip
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, names)
        kept.append(
            {
                "country": rules.country(given.get("country", ""), "country", required=False),
                "specialty": _specialty(given.get("specialty")),
                "residence": rules.choice(
                    given.get("residence", ""), "residence", ["", *Residence.values]
                ),
                "mode": rules.choice(given.get("mode"), "mode", DeliveryMode.values),
                "legal_basis": rules.text(given.get("legal_basis"), "legal_basis", most=2000),
                "reasons": rules.by_language(given.get("reasons", {}), "reasons", most=500),
                "checked_on": rules.day(given.get("checked_on"), "checked_on"),
                "checked_by": rules.text(given.get("checked_by", ""), "checked_by", required=False),
            }
        )
    rules.once(map(_place, kept), "country")
    if ("", "", "") not in map(_place, kept):
        raise rules.refuse(_("One rule for everywhere and every field has to be there."), "country")
    return sorted(kept, key=_place)


def write_rules(value: Value) -> None:
    DeliveryRule.objects.all().delete()  # cases that were taken keep a copy of theirs
    known = _by_key()
    for row in value:
        DeliveryRule.objects.create(
            **row | {"specialty": known.get(row["specialty"]),
                     "checked_on": date.fromisoformat(row["checked_on"])}
        )  # fmt: skip


def read_conditions() -> Value:
    return [
        {
            "key": row.key, "specialty": row.specialty.key, "names": row.names,
            "source": row.source, "url": row.url, "checked_on": row.checked_on.isoformat(),
        }
        for row in Condition.objects.select_related("specialty")
    ]  # fmt: skip


def clean_conditions(value: Value) -> Value:
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, ("key", "specialty", "names", "source", "url", "checked_on"))
        url = rules.text(given.get("url", ""), "url", most=500, required=False)
        if url and not url.startswith(("https://", "http://")):
            raise rules.refuse(_("An address begins with https://."), "url")
        kept.append(
            {
                "key": rules.key(given.get("key"), "key"),
                "specialty": rules.choice(given.get("specialty"), "specialty", _by_key()),
                "names": rules.by_language(given.get("names", {}), "names"),
                "source": rules.text(given.get("source"), "source", most=300),
                "url": url,
                "checked_on": rules.day(given.get("checked_on"), "checked_on"),
            }
        )
    rules.once((row["key"] for row in kept), "key")
    return kept


def write_conditions(value: Value) -> None:
    keep_those_of_reports("conditions", value)
    try:
        Condition.objects.exclude(key__in=[row["key"] for row in value]).delete()
    except ProtectedError:
        raise rules.refuse(
            _("Something on the checklists belongs to this condition: it stays."), "key"
        ) from None
    known = _by_key()
    for position, row in enumerate(value):
        more = {name: row[name] for name in ("names", "source", "url")}
        Condition.objects.update_or_create(
            key=row["key"],
            defaults={
                **more, "specialty": known[row["specialty"]], "position": position,
                "checked_on": date.fromisoformat(row["checked_on"]),
            },
        )  # fmt: skip


def read_checklists() -> Value:
    found = ChecklistTemplate.objects.select_related("specialty", "condition")
    return [
        {
            "specialty": row.specialty.key if row.specialty else "",
            "condition": row.condition.key if row.condition else "",
            "key": row.key, "kind": row.kind, "required": row.required, "months": row.months,
            "replaces": row.replaces, "labels": row.labels,
        }
        for row in found.order_by("position", "created_at")
    ]  # fmt: skip


def clean_checklists(value: Value) -> Value:
    kept = []
    conditions = list(Condition.objects.values_list("key", flat=True))
    for each in rules.rows(value):
        given = rules.table(
            each,
            ("specialty", "condition", "key", "kind", "required", "months", "replaces", "labels"),
        )
        condition = given.get("condition") or ""
        replaces = rules.text(given.get("replaces", ""), "replaces", required=False)
        if replaces and not condition:
            raise rules.refuse(
                _("Only what a condition calls for stands instead of something else."), "replaces"
            )
        if condition and given.get("specialty"):
            raise rules.refuse(
                _("Choose a field of medicine or a condition, not both."), "condition"
            )
        kept.append(
            {
                "specialty": _specialty(given.get("specialty")),
                "condition": rules.choice(condition, "condition", ["", *conditions]),
                "key": rules.key(given.get("key"), "key"),
                "kind": rules.choice(given.get("kind"), "kind", ChecklistTemplate.Kind.values),
                "required": bool(given.get("required", True)),
                "months": rules.number(given.get("months", 0), "months", least=0, most=240),
                "replaces": " ".join(rules.key(key, "replaces") for key in replaces.split()),
                "labels": rules.by_language(given.get("labels", {}), "labels"),
            }
        )
    rules.once(((row["specialty"], row["condition"], row["key"]) for row in kept), "key")
    return kept


def write_checklists(value: Value) -> None:
    ChecklistTemplate.objects.all().delete()  # cases have a copy of what was asked of them
    known, conditions = _by_key(), {row.key: row for row in Condition.objects.all()}
    for position, row in enumerate(value):
        belongs = {
            "specialty": known.get(row["specialty"]), "condition": conditions.get(row["condition"]),
        }  # fmt: skip
        ChecklistTemplate.objects.create(**row | belongs | {"position": position})


def read_templates() -> Value:
    return [
        {"key": row.key, "titles": row.titles, "bodies": row.bodies}
        for row in MessageTemplate.objects.all()
    ]


def clean_templates(value: Value) -> Value:
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, ("key", "titles", "bodies"))
        kept.append(
            {
                "key": rules.key(given.get("key"), "key"),
                "titles": rules.by_language(given.get("titles", {}), "titles"),
                "bodies": rules.message(given.get("bodies", {}), "bodies"),
            }
        )
    rules.once((row["key"] for row in kept), "key")
    return kept


def write_templates(value: Value) -> None:
    MessageTemplate.objects.all().delete()
    for position, row in enumerate(value):
        MessageTemplate.objects.create(position=position, **row)


def read_letters() -> Value:
    there = {row.kind: row for row in DeclineLetter.objects.all()}
    as_shipped = {row["kind"]: row for row in clean_letters(shipped("letters"))}
    return [
        {"kind": kind, "bodies": there[kind].bodies, "alternatives": there[kind].alternatives}
        if kind in there
        else as_shipped[kind]
        for kind in DeclineKind.values
    ]


def clean_letters(value: Value) -> Value:
    kept = {}
    for each in rules.rows(value):
        given = rules.table(each, ("kind", "bodies", "alternatives"))
        kind = rules.choice(given.get("kind"), "kind", DeclineKind.values)
        if kind in kept:
            raise rules.refuse(
                _("Two rows are about the same. Change the one that is there."), "kind"
            )
        kept[kind] = {
            "kind": kind,
            "bodies": rules.message(
                given.get("bodies", {}), "bodies", most=5000, may=rules.OF_LETTERS,
                must=rules.IN_LETTERS[kind],
            ),
            "alternatives": rules.message(
                given.get("alternatives", {}), "alternatives", may=rules.OF_LETTERS
            ),
        }  # fmt: skip
    if set(kept) != set(DeclineKind.values):
        raise rules.refuse(_("Each kind of letter has to be there."), "kind")
    return [kept[kind] for kind in DeclineKind.values]


def write_letters(value: Value) -> None:
    DeclineLetter.objects.all().delete()  # cases keep what was written to them
    for row in value:
        DeclineLetter.objects.create(**row)


def read_disclaimers() -> Value:
    found: dict[str, dict[str, Any]] = {}
    for row in Disclaimer.objects.order_by("in_force_from", "version", "language"):
        version = found.setdefault(
            row.version,
            {"version": row.version, "in_force_from": row.in_force_from.isoformat(), "text": {}},
        )
        version["text"][row.language] = row.text
    return list(found.values())


def clean_disclaimers(value: Value) -> Value:
    """Return the versions; those that are there already must stand in it as they are."""
    program = Program.objects.filter().first()
    offered = program.languages if program else []
    before = {row["version"]: row for row in read_disclaimers()}
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, ("version", "in_force_from", "text"))
        words: Mapping[str, Any] = given.get("text", {})
        row = {
            "version": rules.text(given.get("version"), "version", most=20),
            "in_force_from": rules.day(given.get("in_force_from"), "in_force_from"),
            "text": rules.by_language(words, "text", most=20_000, every=offered),
        }
        old = before.pop(row["version"], row)
        if old["text"] != row["text"] or old["in_force_from"] != row["in_force_from"]:
            raise rules.refuse(
                _("This version is never changed. Give the new one a name of its own."),
                "version",
            )
        kept.append(row)
    if before:
        raise rules.refuse(_("A version that was in force is never taken away."), "version")
    rules.once((row["version"] for row in kept), "version")
    return sorted(kept, key=lambda row: (row["in_force_from"], row["version"]))


def write_disclaimers(value: Value) -> None:
    there = set(Disclaimer.objects.values_list("version", flat=True))
    for row in value:
        for language, words in row["text"].items():
            if row["version"] not in there:
                Disclaimer.objects.create(
                    version=row["version"], language=language, text=words,
                    in_force_from=date.fromisoformat(row["in_force_from"]),
                )  # fmt: skip


def read_glossary() -> Value:
    return [
        {
            "source": row.source,
            "target": row.target,
            "term": row.term,
            "translation": row.translation,
        }
        for row in GlossaryTerm.objects.all()
    ]


def clean_glossary(value: Value) -> Value:
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, ("source", "target", "term", "translation"))
        row = {
            "source": rules.language_code(given.get("source"), "source"),
            "target": rules.language_code(given.get("target"), "target"),
            "term": rules.text(given.get("term"), "term", most=120),
            "translation": rules.text(
                given.get("translation", ""), "translation", most=120, required=False
            ),
        }
        if row["source"] == row["target"]:
            raise rules.refuse(_("Choose two languages that differ."), "target")
        if not row["term"].strip("* "):
            raise rules.refuse(_("Write the word itself, not only an asterisk."), "term")
        kept.append(row)
    rules.once(((row["source"], row["target"], row["term"].casefold()) for row in kept), "term")
    return kept


def write_glossary(value: Value) -> None:
    GlossaryTerm.objects.all().delete()
    GlossaryTerm.objects.bulk_create(
        GlossaryTerm(position=position, **row) for position, row in enumerate(value)
    )
