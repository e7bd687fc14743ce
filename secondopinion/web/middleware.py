"""What happens around every page: the reader's language and time zone, refusals, staff's factor."""

import logging
import sqlite3
import traceback
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    SuspiciousOperation,
    ValidationError,
)
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.core import zones
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.ids import short_code
from secondopinion.web.meanwhile import said

log = logging.getLogger(__name__)

# Boxes into which people write at length: a refusal gives back what was in them.
TYPED = ("text", "note", "reason", "instead", "reply", "basis", "to_name", "what_for", "outcome",
         "caption")  # fmt: skip

# What Django answers, and what allauth's own middleware does.
_ANSWERED_ELSEWHERE = (
    Http404, PermissionDenied, SuspiciousOperation, BadRequest, ReauthenticationRequired,
    ImmediateHttpResponse,
)  # fmt: skip

_OPEN_TO_STAFF_WITHOUT_FACTOR = (
    "/account/", "/sign-out/", "/static/", "/brand", "/language/", "/demo/",
)  # fmt: skip


class ReaderMiddleware:
    """Sets time zone and language of who reads; asks staff for a second factor to be set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        timezone.deactivate()
        if person.is_authenticated:
            chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
            if not chosen and translation.check_for_language(person.language):
                translation.activate(person.language)
                request.LANGUAGE_CODE = translation.get_language() or "en"
            self._set_zone(person, request.COOKIES.get("zone", ""))
            request.staff_roles = staff_roles(person)  # type: ignore[attr-defined]
            self._shorten(request)
            if self._lacks_factor(request):
                return redirect("mfa_activate_totp")
        response = self.get_response(request)
        if request.user.is_authenticated and not person.is_authenticated:
            self._shorten(request)
        if person.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response

    @staticmethod
    def _set_zone(person: Person, told: str) -> None:
        """Show times as the reader's device has them; what it says for the first time is kept.

        A device that says UTC tells nothing: the zone of the family's country stays.
        """
        if told != person.timezone and zones.tells(told):
            accounts.describe(by=person, person=person, timezone=told)
            person.timezone = told
        if zones.is_zone(person.timezone):
            timezone.activate(ZoneInfo(person.timezone))

    @staticmethod
    def _shorten(request: HttpRequest) -> None:
        """Let a session of staff end sooner than a family's."""
        limit = settings.STAFF_SESSION_SECONDS
        person = request.user
        if not person.is_authenticated:
            return
        if not hasattr(request, "staff_roles"):  # signed in by this very request
            request.staff_roles = staff_roles(person)  # type: ignore[attr-defined]
        if request.staff_roles and request.session.get_expiry_age() > limit:  # type: ignore[attr-defined]
            request.session.set_expiry(limit)

    @staticmethod
    def _lacks_factor(request: HttpRequest) -> bool:
        return (
            bool(request.staff_roles)  # type: ignore[attr-defined]
            and not request.path.startswith(_OPEN_TO_STAFF_WITHOUT_FACTOR)
            and not any(
                each["method"] == "mfa"
                for each in get_authentication_records(request, request.user)
            )
            and not is_mfa_enabled(request.user)
        )


# What is not carried over into a form that is sent again: secrets, and what is made anew.
_NOT_AGAIN = {"csrfmiddlewaretoken", "password", "code"}
# PostgreSQL: no lock in time, a deadlock, two transactions that cannot both be (its Appendix A).
_BUSY = {"55P03", "40P01", "40001"}
_AGAIN_AFTER = 2  # seconds


def is_busy(error: BaseException) -> bool:
    """Say whether the database only asks for another try: somebody else was writing."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # Extended codes say in their first byte what they are about.
        return cause.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return getattr(cause, "sqlstate", None) in _BUSY


def busy(request: HttpRequest) -> HttpResponse:
    """Answer that nothing was saved, as others were writing; what was sent can be sent again."""
    if "application/json" in request.headers.get("Accept", ""):
        answer: HttpResponse = JsonResponse({"code": "busy"}, status=503)
    else:
        sent = [
            (name, text)
            for name, texts in request.POST.lists() if name not in _NOT_AGAIN
            for text in texts
        ]  # fmt: skip
        context = {"sent": sent, "files": bool(request.FILES)}
        answer = render(request, "house/busy.html", context, status=503)
    answer["Retry-After"] = str(_AGAIN_AFTER)
    return answer


class RefusalMiddleware:
    """Turns what an action refuses into a page that says what happened and what was kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Give who looks at an address that only takes forms a page: a reload can lead there."""
        answer = self.get_response(request)
        wants_page = "text/html" in request.headers.get("Accept", "")
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and wants_page:
            return not_found(request)
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for the three errors of the house; leave the others to Django."""
        # A made-up identifier in a form is not valid: there is no such thing.
        if isinstance(error, NotYours | ValidationError):
            return not_found(request)
        if isinstance(error, Refused):
            status = 409 if isinstance(error, Conflict) else 400
            message = str(error.message)
            if isinstance(error, Conflict):
                message = said(request, message)
            if "application/json" in request.headers.get("Accept", ""):
                return JsonResponse({"code": error.code, "message": message}, status=status)
            back, typed = _came_from(request), _typed(request)
            if back and not typed:
                messages.error(request, message)
                return HttpResponseRedirect(back)
            context = {"message": message, "typed": typed, "back": back}
            return render(request, "house/refused.html", context, status=status)
        if isinstance(error, _ANSWERED_ELSEWHERE):
            return None
        again = isinstance(error, OperationalError) and is_busy(error)
        return busy(request) if again else server_error(request, error)


def _came_from(request: HttpRequest) -> str:
    """Return the address of our page that was open before, if the browser says so."""
    back = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if ours else ""


def _typed(request: HttpRequest) -> list[str]:
    return [text for name in TYPED if (text := request.POST.get(name, "").strip())]


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer that a request cannot be read."""
    return render(request, "400.html", status=400)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer that there is no such page, whether it is another's or nobody's.

    Who was signed out in the meantime gets back what they wrote, and the page that they wrote on.
    """
    before = urlsplit(_came_from(request)).path
    following = request.get_full_path() if request.method == "GET" else before or "/home/"
    guest = request.path.startswith("/provider/")  # they have no account
    context = {"following": following, "typed": _typed(request), "guest": guest}
    return render(request, "404.html", context, status=404)


def server_error(request: HttpRequest, error: Exception | None = None) -> HttpResponse:
    """Answer that something broke, with a number that is in the log.

    The log gets the error's kind and frames: its message may quote what a family wrote.
    """
    incident = short_code(8)
    route = request.resolver_match.route if request.resolver_match else ""
    frames = "".join(traceback.format_tb(error.__traceback__)) if error else ""
    log.error("incident %s at %s: %s\n%s", incident, route, type(error).__qualname__, frames)
    return render(request, "500.html", {"incident": incident}, status=500)
