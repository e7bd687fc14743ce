"""Who may open an address: every view says it by one of these decorators, and a test reads it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.cases.models import Case
from secondopinion.cases.queries import case_for, remember_parts, roles_of
from secondopinion.core.errors import NotYours

View = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: Person


def _marked(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]  # read by the test of every address
    return view


def public(view: View) -> View:
    """Open to everybody."""
    return _marked(view, "public")


def signed_in(view: View) -> View:
    """Open to whoever has signed in; others are asked to."""
    return _marked(login_required(view), "signed-in")


def staff(*roles: str) -> Callable[[View], View]:
    """Open to members of staff with one of these roles; to others it does not exist."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated or not staff_roles(request.user) & set(roles):
                raise NotYours
            return view(request, *args, **kwargs)

        return _marked(checked, "staff")

    return decorate


def of_case(*parts: str) -> Callable[[View], View]:
    """Open to who has one of these parts in the case of the address; the view is given the case.

    With no parts named, any part will do. Whoever has none gets 404, signed in or not.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Any, reference: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                raise NotYours
            case: Case = case_for(request.user, reference)
            reading = request.method in {"GET", "HEAD"}
            request.parts = (remember_parts if reading else roles_of)(case, request.user)
            if parts and not request.parts & set(parts):
                raise NotYours
            return view(request, case, **kwargs)

        return _marked(checked, "case")

    return decorate


def signed_in_response(response: HttpResponse) -> HttpResponse:
    """Keep a page of a person out of shared caches."""
    response["Cache-Control"] = "private, no-store"
    return response
