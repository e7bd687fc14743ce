"""Who may open an address: every view says it by one of these decorators, and a test reads it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import activate, check_for_language

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.arrivals.captures import live
from secondopinion.cases.queries import case_with_parts
from secondopinion.core.errors import NotYours
from secondopinion.translation.queries import parts_in, translation_for

View = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: Person
    parts: set[str]  # in the case of the address


def _marked(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]  # read by the test of every address
    return view


def public(view: View) -> View:
    """Open to everybody."""
    return _marked(view, "public")


def signed_in(view: View) -> View:
    """Open to whoever has signed in; others are asked to."""
    return _marked(login_required(view), "signed-in")


def own_account(view: View) -> View:
    """Open to whoever has signed in to an account of their own; to a guest it does not exist."""

    @wraps(view)
    def checked(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.may_sign_in:
            raise NotYours
        return view(request, *args, **kwargs)

    return signed_in(checked)


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


def of_capture(view: View) -> View:
    """Open to the phone that has opened the square code of a case, while it may send; the view is
    given what it has open. To everybody else it does not exist."""

    @wraps(view)
    def checked(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held = request.session.get("capture")
        if not held:
            raise NotYours
        capture = live(UUID(held))
        if check_for_language(capture.by.language):
            activate(capture.by.language)
        return view(request, capture, *args, **kwargs)

    return _marked(checked, "capture")


def of_translation(view: View) -> View:
    """Open to who has a part in the translation of the address, or reads its case; it is given.

    Whoever has none gets 404, signed in or not.
    """

    @wraps(view)
    def checked(request: Any, reference: str, translation: UUID, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            raise NotYours
        row = translation_for(request.user, reference, translation)
        request.parts = parts_in(row, request.user)
        return view(request, row, **kwargs)

    return _marked(checked, "case")


def of_case(*parts: str) -> Callable[[View], View]:
    """Open to who has one of these parts in the case of the address; the view is given the case.

    With no parts named, any part will do. Whoever has none gets 404, signed in or not.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Any, reference: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                raise NotYours
            case, request.parts = case_with_parts(request.user, reference)
            if request.method in {"GET", "HEAD"}:
                case.parts_for_reading = (request.user.pk, request.parts)
            if parts and not request.parts & set(parts):
                raise NotYours
            return view(request, case, **kwargs)

        return _marked(checked, "case")

    return decorate
