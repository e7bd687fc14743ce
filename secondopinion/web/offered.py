"""The languages in which this program serves its readers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from secondopinion.program import queries as program
from secondopinion.program.models import Program


def codes() -> list[str]:
    """Return the languages that the program offers; all of the product before it is set up."""
    known = [code for code, _name in settings.LANGUAGES]
    try:
        chosen = program.program().languages
    except Program.DoesNotExist:
        return known
    return [code for code in known if code in chosen] or known


class OfferedMiddleware:
    """Shows a page in the first language that is offered when the reader's own is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.settle(request)
        return self.get_response(request)

    @staticmethod
    def settle(request: HttpRequest) -> None:
        """Change the language of this request to one that is offered."""
        offered = codes()
        if (translation.get_language() or "").split("-")[0] not in offered:
            translation.activate(offered[0])
            request.LANGUAGE_CODE = offered[0]
