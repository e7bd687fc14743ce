"""What both `check` commands share: exit statuses, and findings as their contract has them."""

from argparse import ArgumentTypeError
from datetime import date, datetime
from typing import Any

from secondopinion.findings.codes import RISK_OF
from secondopinion.findings.found import Found

FINE, FOUND, UNREADABLE = 0, 1, 2
PLACES = ("study", "series", "instances", "file", "page", "region")  # of `where`
WEIGHT = {"blocker": 0, "warning": 1, "info": 2}


def birth_date(text: str) -> date:
    """Return the day that an operator wrote.

    Raises:
        ArgumentTypeError: it is not written as the standard has it (ISO 8601).
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ArgumentTypeError(f"{text} is no such day: write YYYY-MM-DD") from None


def counted(number: int, what: str) -> str:
    """Return "1 file", "2 files"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def as_finding(check: str, each: Found) -> dict[str, Any]:
    """Return a finding of a check (``name@version``) as JSON has it."""
    return {
        "code": each.code,
        "risk": RISK_OF[each.code],
        "severity": each.severity,
        "confidence": each.confidence,
        "where": {name: each.where[name] for name in PLACES if name in each.where},
        "measured": each.measured,
        "message": each.message,
        "advice": each.advice,
        "check": check,
    }
