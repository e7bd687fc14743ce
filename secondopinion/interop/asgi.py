"""DICOMweb as an ASGI application of its own: bodies stream in and out, chunked ones too, and
requests of programs do not pass through what pages need (session, language, messages).

Each request is answered in a thread of a small pool, which keeps its connection to the database.
"""

import asyncio
import io
import logging
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, DisallowedHost, ValidationError
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import Http404, HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils.module_loading import import_string

from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.core.ids import short_code
from secondopinion.interop import media, stow, views
from secondopinion.interop.access import Caller, caller_lately, of_case

log = logging.getLogger(__name__)

PREFIX = "/dicomweb/"
_URLS = "secondopinion.interop.urls"
_AT_ONCE = 2 << 20  # bytes of an answer that are made together
_FEW = 8  # pieces of a body that are taken one by one; what came in crumbs is put together
_THREADS = 6  # one more than the connections that a viewer opens
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="dicomweb")
Send = Callable[[dict[str, Any]], Any]


async def application(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Answer one request."""
    if scope["method"] == "POST":
        response = await _store(scope, receive)
    else:
        response = await _in_pool(_safely, _answer, scope)
    await _send(response, scope, send)


def _in_pool[T](function: Callable[..., T], *args: Any) -> asyncio.Future[T]:
    """Call a function in a thread of the pool. The loop's own way there asks first what it is: that
    was a twentieth of what Python does in a request that stores."""
    return asyncio.wrap_future(_pool.submit(function, *args))


def _safely[T](function: Callable[..., T], *args: Any) -> T | HttpResponseBase:
    """Call what answers; whatever goes wrong becomes an answer too."""
    try:
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
        return function(*args)
    except Exception as error:  # noqa: BLE001 - every kind has its answer
        return _told(error)


def _told(error: Exception) -> HttpResponseBase:
    """Return the answer for what went wrong; the log has the frames of what nobody foresaw."""
    match error:
        case NotYours() | ValidationError() | Http404():
            status, text = 404, "There is no such thing."
        case stow.Rejected():
            status, text = error.status, error.text
        case Refused():
            status, text = 409 if isinstance(error, Conflict) else 400, str(error.message)
        case DisallowedHost() | BadRequest():
            status, text = 400, "This request cannot be understood."
        case OSError():
            status, text = stow.status_of(error), "The disk did not take it; nothing was stored."
        case _:
            incident = short_code(8)
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("incident %s in DICOMweb: %s\n%s", incident, type(error).__name__, frames)
            status, text = 500, f"Something broke here; its number is {incident}."
    return media.refused(status, text)


class _Request(ASGIRequest):
    """A request whose session is only looked up when somebody wants to know who asks."""

    caller: Caller

    @cached_property
    def user(self) -> AbstractBaseUser | AnonymousUser:  # type: ignore[override]
        """Who has signed in; nobody where a token was sent."""
        if "Authorization" in self.headers:
            return AnonymousUser()
        engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        self.session = engine(self.COOKIES.get(settings.SESSION_COOKIE_NAME))
        return get_user(self)


def _request(scope: dict[str, Any], found: ResolverMatch) -> _Request:
    """Return the request, with its caller.

    Raises:
        NotYours: whoever asks has no part in the case.
    """
    request = _Request(scope, io.BytesIO())
    request.get_host()  # refuses a host that is not ours
    secret = request.headers.get("Authorization") or request.COOKIES.get(
        settings.SESSION_COOKIE_NAME, ""
    )
    request.caller = caller_lately(request, found.kwargs["reference"], secret)
    return request


def _answer(scope: dict[str, Any]) -> HttpResponseBase:
    found = resolve(scope["path"], _URLS)
    request = _request(scope, found)
    response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    return response


class _Storing:
    """The state of a request that stores, between the pieces of its body."""

    request: ASGIRequest
    store: stow.Store

    def begin(self, scope: dict[str, Any]) -> HttpResponseBase | None:
        found = resolve(scope["path"], _URLS)
        self.request = _request(scope, found)
        if found.func not in {views.studies, views.study}:
            return media.refused(405, "Nothing is stored at this address.")
        begun: list[stow.Store] = []

        @of_case
        def view(request: Any, caller: Any, study: str = "") -> HttpResponseBase:
            begun.append(views.store_of(request, caller, study))
            return media.refused(200, "")

        response = view(self.request, **found.kwargs)
        if not begun:
            return response  # the proof against forgery was missing
        [self.store] = begun
        return None

    def take(self, pieces: list[bytes], *, last: bool) -> HttpResponseBase | None:
        """Take the next pieces of the body in; with the last ones, answer."""
        for piece in pieces if len(pieces) <= _FEW else [b"".join(pieces)]:
            self.store.feed(piece)
        return views.stored(self.request, self.store) if last else None

    def abandon(self) -> None:
        if hasattr(self, "store"):
            self.store.abandon()


async def _store(scope: dict[str, Any], receive: Any) -> HttpResponseBase:
    storing = _Storing()
    answer = await _in_pool(_safely, storing.begin, scope)
    more, held, size = True, list[bytes](), 0
    try:
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return media.refused(400, "The connection was cut; nothing was stored.")
            more = message.get("more_body", False)
            if answer is not None:
                continue  # the rest is read, so that the client hears the answer
            held.append(message.get("body", b""))
            size += len(held[-1])
            if size >= views.PIECE or not more:
                take = partial(storing.take, held, last=not more)
                answer = await _in_pool(_safely, take)
                held, size = [], 0
        return cast("HttpResponseBase", answer)
    finally:
        await _in_pool(storing.abandon)


async def _send(response: HttpResponseBase, scope: dict[str, Any], send: Send) -> None:
    """Send an answer; the pieces of a long one are made while the one before is sent."""
    headers = [
        (name.lower().encode("latin1"), value.encode("latin1")) for name, value in response.items()
    ]
    headers.append((b"x-content-type-options", b"nosniff"))
    head = scope["method"] == "HEAD"
    streamed = bool(response.streaming)
    if not streamed:
        headers.append((b"content-length", str(len(response.content)).encode()))  # type: ignore[attr-defined]
    if not response.has_header("Cache-Control"):
        headers.append((b"cache-control", b"private, no-store"))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    if head or not streamed:
        body = b"" if head else response.content  # type: ignore[attr-defined]
        await send({"type": "http.response.body", "body": body})
        return
    pieces: Iterator[bytes] = iter(response.streaming_content)  # type: ignore[attr-defined]

    def following() -> list[bytes]:
        """Make some pieces at once: each way to a thread and back takes as long as a piece."""
        made, size = [], 0
        for piece in pieces:
            made.append(piece)
            size += len(piece)
            if size >= _AT_ONCE:
                break
        return made

    coming = _in_pool(following)
    while made := await coming:
        coming = _in_pool(following)
        for piece in made:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
