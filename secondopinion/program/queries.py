"""Reads of the program's settings."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache as cache_forever
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.cache import caches
from django.db.models import QuerySet
from django.utils.translation import get_language

from secondopinion.core import clock, languages
from secondopinion.core.calendar import BusinessCalendar
from secondopinion.program.data import read
from secondopinion.program.models import (
    WHY,
    Change,
    ChecklistTemplate,
    Condition,
    DeliveryMode,
    DeliveryRule,
    Disclaimer,
    GlossaryTerm,
    GuardianRule,
    Price,
    Program,
    ReportTemplate,
    Specialty,
    Target,
)

# Settings change a few times a year and stand on every page: each process reads them again after
# this many seconds.
KEPT = 10
# The names in the cache.
KEPT_UNDER = (
    "program", "program-targets", "program-delivery", "program-templates", "program-guardians",
    "program-prices", "program-conditions", "program-reports", "program-checklists",
)  # fmt: skip
YEAR = timedelta(days=365)  # within which a rule is to be checked again
CHECK_AGAIN = YEAR - timedelta(days=30)  # after which it is said

DEFAULT_REPORT = "default"  # the template of every field that has none of its own

in_language = languages.in_language


def program() -> Program:
    """Return the program of this installation, as it was at most `KEPT` seconds ago.

    Raises:
        Program.DoesNotExist: nobody has set it up yet.
    """
    return cast("Program", caches["memory"].get_or_set("program", _program, KEPT))


def _program() -> Program:
    return Program.objects.select_related("logo__space").get()


@cache_forever
def _shipped() -> dict[str, Any]:
    conditions = read("conditions")
    lists = read("checklists")
    calls = [*lists["checklists"], *conditions["calls"]]
    return read("program") | read("words") | read("letters") | {
        "conditions": conditions["conditions"], "checklists": calls, "reports": _shipped_reports(),
    }  # fmt: skip


def _shipped_reports() -> list[dict[str, Any]]:
    """Return the templates of reports, each section from the base and its own words."""
    base, made = read("reports/base"), []
    for name in base["templates"]:
        given = read(f"reports/{name}")
        own, order = given.pop("sections", {}), given.pop("order")
        sections = [
            {"key": key} | base["sections"].get(key, {}) | own.get(key, {}) for key in order
        ]
        made.append(given | {"sections": sections})
    return made


def shipped(section: str) -> Any:
    """Return a section of the settings as a fresh installation has it."""
    return plain(_shipped()[section])


def plain(value: Any) -> Any:
    """Return what TOML gave, with dates and times as texts."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | time) else value


def matching_of(program: Program) -> dict[str, int]:
    """Return a program's points of matching and hours of offers, as shipped where it has none."""
    return shipped("matching") | program.matching


def matching() -> dict[str, int]:
    """Return the points of matching and the hours of offers that are in force."""
    return matching_of(program())


def changes() -> QuerySet[Change]:
    """Return what was changed in the settings, the latest first."""
    return Change.objects.select_related("by")


def rules_to_check() -> list[DeliveryRule]:
    """Return the rules whose last check is almost a year ago, or more."""
    return list(
        DeliveryRule.objects.select_related("specialty")
        .filter(checked_on__lte=clock.today() - CHECK_AGAIN)
        .order_by("checked_on")
    )


def specialties() -> QuerySet[Specialty]:
    """Return the specialties in the order in which families are shown them."""
    return Specialty.objects.all()


def delivery_rule(country: str, specialty: UUID | None, residence: str = "") -> DeliveryRule:
    """Return the rule in force for a place, a specialty and a residence, the most specific one.

    Who has not been asked about their residence falls under no rule that names one.

    Raises:
        DeliveryRule.DoesNotExist: not even a rule for everywhere; a set-up fault.
    """
    best = max(
        (row for row in _rules_about(country, specialty) if row.residence in {residence, ""}),
        key=lambda row: (row.specialty_id is not None, bool(row.country), bool(row.residence)),
        default=None,
    )
    if best is None:
        raise DeliveryRule.DoesNotExist
    return best


def _rules_about(country: str, specialty: UUID | None) -> list[DeliveryRule]:
    return [
        row for row in _delivery_rules()
        if row.country in {country, ""} and row.specialty_id in {specialty, None}
    ]  # fmt: skip


def _delivery_rules() -> list[DeliveryRule]:
    def read() -> list[DeliveryRule]:
        return list(DeliveryRule.objects.all())

    kept = caches["memory"].get_or_set("program-delivery", read, KEPT)
    return cast("list[DeliveryRule]", kept)


def residence_matters(country: str, specialty: UUID | None) -> bool:
    """Say whether it must be asked if a child lives in a country: a rule there depends on it."""
    return any(row.residence for row in _rules_about(country, specialty))


def guardian_rule(country: str) -> GuardianRule:
    """Return who decides for a child of a country; where nobody has written it, what is usual."""

    def read() -> list[GuardianRule]:
        return list(GuardianRule.objects.all())

    kept = cast("list[GuardianRule]", caches["memory"].get_or_set("program-guardians", read, KEPT))
    rows = [row for row in kept if row.country in {country, ""}]
    found = max(rows, key=lambda row: bool(row.country), default=None)
    return found or GuardianRule(checked_on=date.min)


def guardian_rules_to_check() -> list[GuardianRule]:
    """Return the rules of guardianship whose last check is almost a year ago, or more."""
    due = clock.today() - CHECK_AGAIN
    return list(GuardianRule.objects.filter(checked_on__lte=due).order_by("checked_on"))


def price_of(kind: str, country: str) -> tuple[Decimal, str]:
    """Return what a kind of case costs in a country, as an amount and its currency.

    The country's own price, else the kind's for everywhere, else the price of a case.
    """

    def read() -> list[Price]:
        return list(Price.objects.all())

    kept = cast("list[Price]", caches["memory"].get_or_set("program-prices", read, KEPT))
    rows = [row for row in kept if row.kind == kind and row.country in {country, ""}]
    found = max(rows, key=lambda row: bool(row.country), default=None)
    if found is not None:
        return found.amount, found.currency
    settings = program()
    return settings.fee_amount, settings.fee_currency


def countries_named() -> list[str]:
    """Return the countries for which the program has a rule of its own and can help."""

    return sorted({str(row.country) for row in _delivery_rules() if row.country and row.offered})


def reason_for(rule: DeliveryRule) -> str:
    """Return why a rule is as it is, in words for families and in the reader's language."""
    return in_language(rule.reasons) or str(WHY[DeliveryMode(rule.mode)])


def checklist_for(specialty: UUID | None) -> list[ChecklistTemplate]:
    """Return what a case of this specialty calls for: what every case needs first."""

    every = ChecklistTemplate.objects.filter(condition=None)
    kept = caches["memory"].get_or_set("program-checklists", lambda: list(every), KEPT)
    rows = (row for row in kept or [] if row.specialty_id in {specialty, None})
    return sorted(rows, key=lambda row: (row.specialty_id is not None, row.position))


def conditions() -> QuerySet[Condition]:
    """Return the groups of conditions in their order, with their fields of medicine."""
    return Condition.objects.select_related("specialty").order_by("specialty__position", "position")


def kept_conditions() -> list[Condition]:
    """Return the groups of conditions as they were at most `KEPT` seconds ago."""
    kept = caches["memory"].get_or_set("program-conditions", lambda: list(conditions()), KEPT)
    return cast("list[Condition]", kept)


def called_for(condition: Condition | None) -> list[ChecklistTemplate]:
    """Return what a condition calls for beside the list of its field; nothing without one."""
    return list(ChecklistTemplate.objects.filter(condition=condition)) if condition else []


@cache_forever
def _images_wanted() -> dict[str, dict[str, Any]]:
    return read("images")


def images_wanted(key: str) -> dict[str, Any] | None:
    """Return what the images of an item of the checklist must show: ``modalities``, ``body``,
    ``contrast``, ``thickest_mm``; None where nothing is said of it."""
    return _images_wanted().get(key)


@cache_forever
def _records_wanted() -> dict[str, dict[str, list[str]]]:
    return read("records")


def records_wanted(key: str) -> dict[str, list[str]]:
    """Return which ``kinds`` of records, made with which ``modalities``, an item of the checklist
    may be; empty where nothing is said of it."""
    return _records_wanted().get(key, {})


def report_templates() -> list[ReportTemplate]:
    """Return the templates of reports that are in force, the one of every field first."""

    def read() -> list[ReportTemplate]:
        return list(ReportTemplate.objects.filter(in_force=True))

    kept = caches["memory"].get_or_set("program-reports", read, KEPT)
    return cast("list[ReportTemplate]", kept)


def report_template_for(specialty: Specialty | None, condition: str) -> ReportTemplate:
    """Return the template of a case: of its group of conditions, else of its field, else that of
    every field."""
    rows = ReportTemplate.objects.filter(in_force=True)
    mine = rows.filter(conditions__key=condition).first()
    if mine is None and specialty is not None:
        mine = rows.filter(specialties=specialty).first()
    return mine or rows.get(key=DEFAULT_REPORT)


def report_template(key: str, version: int) -> ReportTemplate:
    """Return one version of a template, in force or not.

    Raises:
        ReportTemplate.DoesNotExist: there never was such a version.
    """

    def read() -> ReportTemplate:
        return ReportTemplate.objects.get(key=key, version=version)

    kept = caches["memory"].get_or_set(f"program-report-{key}-{version}", read, KEPT)
    return cast("ReportTemplate", kept)


def section_titles(key: str) -> dict[str, str]:
    """Return what the newest template that has a section calls it, by language; none: {}."""
    for row in ReportTemplate.objects.order_by("-created_at"):
        for each in row.sections:
            if each["key"] == key:
                return dict(each["titles"])
    return {}


def disclaimer(language: str | None = None) -> Disclaimer:
    """Return the disclaimer in force in a language, or in English where it is not to be had.

    Raises:
        Disclaimer.DoesNotExist: there is none; a set-up fault.
    """
    language = language or get_language() or "en"
    rows = Disclaimer.objects.filter(in_force_from__lte=clock.today()).order_by(
        "-in_force_from", "-version"
    )
    found = rows.filter(language=language).first() or rows.filter(language="en").first()
    if found is None:
        raise Disclaimer.DoesNotExist
    return found


def glossary(source: str, target: str) -> QuerySet[GlossaryTerm]:
    """Return the agreed words between two languages (short codes), in their order."""
    return GlossaryTerm.objects.filter(source=source, target=target)


def calendar(of: Program | None = None) -> BusinessCalendar:
    """Return the business calendar in which every clock runs."""
    of = of or program()
    return BusinessCalendar(
        country=str(of.country),
        region=of.region,
        timezone=of.timezone,
        opens=of.opens,
        closes=of.closes,
        days=tuple(of.weekdays),
        closures=tuple(
            (date.fromisoformat(first), date.fromisoformat(last)) for first, last in of.closures
        ),
    )


def business_hours_per_day(of: Program | None = None) -> float:
    """Return the hours of one business day."""
    of = of or program()
    day = datetime(2026, 1, 5, tzinfo=ZoneInfo(of.timezone))
    length = datetime.combine(day, of.closes) - datetime.combine(day, of.opens)
    return length / timedelta(hours=1)


def targets(kind: str = "", urgency: str = "") -> dict[str, float]:
    """Return the business hours that each step may take in a case of this kind and urgency."""
    hours, known = business_hours_per_day(), _target_days()
    return {step: _days(known, step, kind, urgency) * hours for step in Target.Step.values}


def target(step: str, kind: str = "", urgency: str = "") -> float:
    """Return the business hours that a step may take in a case of this kind and urgency."""
    return _days(_target_days(), step, kind, urgency) * business_hours_per_day()


_Targets = dict[tuple[str, str, str], float]


def _days(known: _Targets, step: str, kind: str, urgency: str) -> float:
    """Return the days of the row that says most of a case; the urgency says more than the kind."""
    for row in ((step, kind, urgency), (step, "", urgency), (step, kind, "")):
        if row in known:
            return known[row]
    return known[step, "", ""]


def _target_days() -> _Targets:
    def read() -> _Targets:
        return {
            (row.step, row.kind, row.urgency): float(row.business_days)
            for row in Target.objects.all()
        }

    return cast("_Targets", caches["memory"].get_or_set("program-targets", read, KEPT))
