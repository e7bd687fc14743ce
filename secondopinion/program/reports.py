"""The sections in which reports are written, by specialty: how templates are read, checked, kept.

A version is never changed, because reports were begun with it. Base sections are in every template:
signing, second readers, coded diagnoses and the page of the family rest on them.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from secondopinion.core import clock
from secondopinion.program import rules
from secondopinion.program.models import Condition, ReportTemplate, Specialty
from secondopinion.program.queries import DEFAULT_REPORT, in_language

Value = Any

BASE = (
    "answers", "history", "findings", "diagnosis", "plan", "tests", "options", "urgency",
    "limitations", "references", "summary",
)  # fmt: skip
# What no report goes without, whatever its template says.
ALWAYS = frozenset({"answers", "urgency", "limitations", "summary"})
NO_STARTER = frozenset({"answers", "options", "urgency"})  # these are no text of one field
MOST_OWN = 15  # sections beside the base ones
LONGEST_KEY = 30
TOLD = ("names", "sections")  # what a version says; whose cases it is for can change


def read_reports() -> Value:
    rows = ReportTemplate.objects.filter(in_force=True)
    return [
        _told(row)
        | {
            "specialties": [each.key for each in row.specialties.all()],
            "conditions": [each.key for each in row.conditions.all()],
        }
        for row in rows.prefetch_related("specialties", "conditions")
    ]


def _told(row: ReportTemplate) -> dict[str, Any]:
    return {
        "key": row.key, "version": row.version, "dated": row.dated.isoformat(),
        "names": row.names, "sections": row.sections,
    }  # fmt: skip


def clean_reports(value: Value) -> Value:
    names = ("key", "version", "dated", "names", "specialties", "conditions", "sections")
    known = {
        "specialties": list(Specialty.objects.values_list("key", flat=True)),
        "conditions": list(Condition.objects.values_list("key", flat=True)),
    }
    kept = []
    for each in rules.rows(value):
        given = rules.table(each, names)
        row = {
            "key": rules.key(given.get("key"), "key"),
            "version": rules.number(given.get("version"), "version", least=1, most=9999),
            "dated": rules.day(given.get("dated"), "dated"),
            "names": rules.by_language(given.get("names", {}), "names", every=_languages()),
            "sections": _sections(given.get("sections")),
        } | {name: _chosen(given.get(name, []), name, among) for name, among in known.items()}
        _must_be_as_before(row)
        kept.append(row)
    for name in known:
        rules.once((one for row in kept for one in row[name]), name)
    rules.once((row["key"] for row in kept), "key")
    if DEFAULT_REPORT not in (row["key"] for row in kept):
        raise rules.refuse(_("The template of every field has to be there."), "key")
    return kept


def _chosen(value: Value, name: str, among: list[str]) -> list[str]:
    chosen = {rules.choice(each, name, among) for each in rules.rows(value, name)}
    return [each for each in among if each in chosen]


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _must_be_as_before(row: dict[str, Any]) -> None:
    before = ReportTemplate.objects.filter(key=row["key"], version=row["version"]).first()
    if before is not None and any(row[name] != told for name, told in _told(before).items()):
        raise rules.refuse(
            _("This version is never changed. Give the new one a name of its own."), "version"
        )


def _sections(value: Value) -> Value:
    kept = [_section(each) for each in rules.rows(value, "sections")]
    rules.once((each["key"] for each in kept), "sections")
    for language in _languages():
        rules.once((each["titles"][language].casefold() for each in kept), "sections")
    missing = set(BASE) - {each["key"] for each in kept}
    if missing:
        raise rules.refuse(
            _("These sections are in every report, and cannot be withdrawn: %(names)s")
            % {"names": ", ".join(sorted(missing))},
            "sections",
        )
    if len(kept) - len(BASE) > MOST_OWN:
        raise rules.refuse(
            _("These are too many sections: at most %(most)s beside the base ones.")
            % {"most": MOST_OWN},
            "sections",
        )
    return kept


def _section(value: Value) -> Value:
    given = rules.table(
        value, ("key", "required", "titles", "hints", "starters", "code"), "sections"
    )
    key = rules.key(given.get("key"), "sections")
    if len(key) > LONGEST_KEY:
        raise rules.refuse(
            _("This is too long: at most %(most)s characters.") % {"most": LONGEST_KEY}, "sections"
        )
    required = bool(given.get("required", False))
    if key in ALWAYS and not required:
        raise rules.refuse(_("No report goes without this section."), f"{key}.required")
    starters = rules.by_language(
        given.get("starters", {}), f"{key}.starters", most=500, required=False
    )
    if starters and key in NO_STARTER:
        raise rules.refuse(_("This section begins with nothing."), f"{key}.starters-en")
    code = rules.loinc(given.get("code", ""), f"{key}.code")
    return {
        "key": key,
        "required": required,
        **({"code": code} if code else {}),
        "titles": rules.by_language(
            given.get("titles", {}), f"{key}.titles", most=80, every=_languages()
        ),
        "hints": rules.by_language(
            given.get("hints", {}), f"{key}.hints", most=500, required=False
        ),
        "starters": starters,
    }


def write_reports(value: Value) -> None:
    ReportTemplate.objects.update(in_force=False)  # none is deleted: reports were begun with it
    for position, row in enumerate(value):
        kept, _made = ReportTemplate.objects.update_or_create(
            key=row["key"],
            version=row["version"],
            defaults={
                **{name: row[name] for name in TOLD},
                "dated": date.fromisoformat(row["dated"]),
                "position": position, "in_force": True,
            },
        )  # fmt: skip
        kept.specialties.set(Specialty.objects.filter(key__in=row["specialties"]))
        kept.conditions.set(Condition.objects.filter(key__in=row["conditions"]))


def keep_those_of_reports(among: str, value: Value) -> None:
    """Let no field, or group of conditions (`among`), go that a template in force is for: `value`
    are the rows that stay.

    Raises:
        Refused: one would go, and the template would be for fewer cases without a word.
    """
    stay = {row["key"] for row in value}
    rows = ReportTemplate.objects.filter(in_force=True).prefetch_related(among)
    found = next(
        (row for row in rows if {each.key for each in getattr(row, among).all()} - stay), None
    )
    if found is not None:
        raise rules.refuse(
            _("A template of reports is for this (%(name)s). Take it out there first.")
            % {"name": in_language(found.names)},
            "key",
        )


def as_next_version(row: Value, before: Value | None) -> Value:
    """Return a row with its version and day: those it had where it says the same as before, else
    the next version, of today."""
    if before is not None and all(row[name] == before[name] for name in TOLD):
        return row | {name: before[name] for name in ("version", "dated")}
    rows = ReportTemplate.objects.filter(key=row["key"])
    last = rows.aggregate(last=Max("version"))["last"] or 0
    return row | {"version": last + 1, "dated": clock.today().isoformat()}
