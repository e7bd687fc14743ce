"""Reads of the program's settings."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from secondopinion.core import clock
from secondopinion.core.calendar import BusinessCalendar
from secondopinion.program.models import (
    ChecklistTemplate,
    DeliveryRule,
    Disclaimer,
    MessageTemplate,
    Program,
    Specialty,
    Target,
)


def program() -> Program:
    """Return the program of this installation.

    Raises:
        Program.DoesNotExist: nobody has set it up yet.
    """
    return Program.objects.get()


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Return the text for a language (the reader's when none is named), else the English one."""
    language = language or get_language() or "en"
    return texts.get(language) or texts.get(language.split("-")[0]) or texts.get("en", "")


def specialties() -> QuerySet[Specialty]:
    """Return the specialties in the order in which families are shown them."""
    return Specialty.objects.all()


def delivery_rule(country: str, specialty: Specialty | None) -> DeliveryRule:
    """Return the rule in force for a place and a specialty, the most specific one.

    Raises:
        DeliveryRule.DoesNotExist: not even a rule for everywhere; a set-up fault.
    """
    rows = DeliveryRule.objects.filter(Q(country=country) | Q(country="")).filter(
        Q(specialty=specialty) | Q(specialty__isnull=True)
    )
    best = max(
        rows, key=lambda row: (row.specialty_id is not None, bool(row.country)), default=None
    )
    if best is None:
        raise DeliveryRule.DoesNotExist
    return best


def checklist_for(specialty: Specialty | None) -> list[ChecklistTemplate]:
    """Return what a case of this specialty calls for: what every case needs first."""
    rows = ChecklistTemplate.objects.filter(Q(specialty=specialty) | Q(specialty__isnull=True))
    return sorted(rows, key=lambda row: (row.specialty_id is not None, row.position))


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


def message_templates() -> QuerySet[MessageTemplate]:
    """Return the desk's templates in their order."""
    return MessageTemplate.objects.all()


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
    )


def business_hours_per_day(of: Program | None = None) -> float:
    """Return the hours of one business day."""
    of = of or program()
    day = datetime(2026, 1, 5, tzinfo=ZoneInfo(of.timezone))
    length = datetime.combine(day, of.closes) - datetime.combine(day, of.opens)
    return length / timedelta(hours=1)


def targets(of: Program | None = None) -> dict[str, float]:
    """Return the business hours that each step may take."""
    hours = business_hours_per_day(of)
    return {row.step: float(row.business_days) * hours for row in Target.objects.all()}


def target(step: str, of: Program | None = None) -> float:
    """Return the business hours that a step may take."""
    days = Target.objects.get(step=step).business_days
    return float(days) * business_hours_per_day(of)
