"""Who may open an address of DICOMweb: a person with a live part in the case, or a site's key."""

import base64
import binascii
import time
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import staff_roles
from secondopinion.accounts.tokens import hash_of
from secondopinion.arrivals.actions import source_of
from secondopinion.cases.models import Case
from secondopinion.cases.queries import case_for
from secondopinion.core.errors import NotYours
from secondopinion.interop import keys
from secondopinion.interop.known import Frames
from secondopinion.interop.models import SiteKey

View = Callable[..., HttpResponseBase]


class Caller:
    """Who asks, for which case; `key` is a site's, None for a person who has signed in."""

    def __init__(self, person: Person, case: Case, key: SiteKey | None = None) -> None:
        self.person, self.case, self.key = person, case, key
        self.frames = Frames(case)

    @cached_property
    def source(self) -> str:
        """As whom the caller sends.

        Raises:
            NotYours: no part that sends.
            Conflict: the case has ended.
        """
        return source_of(self.case, self.person)

    @property
    def may_read(self) -> bool:
        """Whether images may be read: a key may be for sending only."""
        return self.key is None or self.key.may_read


def token_of(header: str) -> str:
    """Return the token of an Authorization header: a bearer's, or a password's (RFC 6750, 7617)."""
    scheme, _space, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def caller_of(request: HttpRequest, reference: str) -> Caller:
    """Return who asks for a case.

    Raises:
        NotYours: no live part in it, no live key, or a member of staff without a second factor.
    """
    header = request.headers.get("Authorization", "")
    if header:
        key = keys.key_of(token_of(header), reference)
        keys.note_use(key)
        return Caller(key.made_by, key.case, key)
    person = request.user
    if not person.is_authenticated:
        raise NotYours
    if staff_roles(person) and not is_mfa_enabled(person):
        raise NotYours
    return Caller(person, case_for(person, reference))


_LASTS = 1.0  # seconds
_MOST = 1000
_lately: dict[tuple[str, str], tuple[float, Caller]] = {}


def caller_lately(request: HttpRequest, reference: str, secret: str) -> Caller:
    """Return `caller_of`, looked up at most once a second for a token or session.

    A program asks for hundreds of frames a second. What is revoked is closed within a second.
    """
    now, key = time.monotonic(), (hash_of(secret), reference)
    at, caller = _lately.get(key, (0.0, None))
    if caller is None or now - at > _LASTS:
        caller = caller_of(request, reference)
        if len(_lately) >= _MOST:
            _lately.clear()
        _lately[key] = (now, caller)
    return caller


def of_case(view: View) -> View:
    """Give the view the caller; whoever has no part in the case gets 404.

    Requests with a token need no proof against forgery: a browser does not send one by itself.
    Whoever has signed in gives the proof that every form of the site gives.
    """
    proved = csrf_protect(view)

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, reference: str, **uids: Any) -> HttpResponseBase:
        caller = getattr(request, "caller", None) or caller_of(request, reference)
        if request.method in {"GET", "HEAD"} and not caller.may_read:
            raise NotYours
        return (view if caller.key else proved)(request, caller, **uids)

    checked.access = "case"  # type: ignore[attr-defined]  # read by the test of every address
    return checked
