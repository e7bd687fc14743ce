"""What every template knows: the program, its languages, who reads."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info

from secondopinion.program import queries as program
from secondopinion.web import offered


def _languages() -> list[dict[str, Any]]:
    return [dict(get_language_info(code)) for code in offered.codes()]


def house(request: HttpRequest) -> dict[str, Any]:
    """Return the program and the languages, read from the database only where they are used."""
    return {
        "program": SimpleLazyObject(program.program),
        "languages": SimpleLazyObject(_languages),
        "demo": settings.DEMO,
        "roles": getattr(request, "staff_roles", set()),
    }
