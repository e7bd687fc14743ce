"""What one address of DICOMweb does by its method: studies are searched, or objects are stored."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from secondopinion.interop import media, qido, stow, wado
from secondopinion.interop.access import Caller, View, of_case
from secondopinion.interop.qido import base_of

PIECE = 1024 * 1024  # bytes of a body taken at once


def store_of(request: HttpRequest, caller: Caller, study: str = "") -> stow.Store:
    """Begin a request that stores.

    Raises:
        Rejected: it is none of the kinds that are taken.
        NotYours: the caller sends nothing into this case.
    """
    content = request.headers.get("Content-Type", "")
    return stow.Store(caller, content, study, base_of(caller.case))


def stored(request: HttpRequest, store: stow.Store) -> HttpResponse:
    """Finish a request that stores."""
    status, answer = store.finish()
    return media.answer_json(request, answer, status)


@of_case
def _store(request: HttpRequest, caller: Caller, study: str = "") -> HttpResponse:
    """STOW-RS where the whole request is read here: in the application of `asgi` it streams in."""
    try:
        store = store_of(request, caller, study)
        try:
            while piece := request.read(PIECE):
                store.feed(piece)
            return stored(request, store)
        finally:
            store.abandon()
    except stow.Rejected as rejected:
        return media.refused(rejected.status, rejected.text)
    except OSError as error:
        return media.refused(stow.status_of(error), "The disk did not take it; nothing was stored.")


def _by_method(searching: View) -> View:
    """Return a view that stores what is posted; both sides look the case up, and ask for the proof
    against forgery themselves."""

    def view(request: HttpRequest, **parts: str) -> HttpResponseBase:
        return (_store if request.method == "POST" else searching)(request, **parts)

    view.access = "case"  # type: ignore[attr-defined]  # read by the test of every address
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return login_not_required(view)


studies = _by_method(qido.studies)
study = _by_method(wado.retrieved)
