"""A phone takes the photos for a case that is open on another screen."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import activate, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from secondopinion.arrivals import captures
from secondopinion.arrivals.models import Capture
from secondopinion.cases.models import Case
from secondopinion.core import clock, sandbox
from secondopinion.records import edges
from secondopinion.web.access import PersonRequest, of_capture, of_case, public
from secondopinion.web.family.here import files_context
from secondopinion.web.family.request import SENDERS, back
from secondopinion.web.scanner_texts import SCANNER_TEXTS

MOST_LOOKED_AT = 2 * 1024 * 1024  # bytes of the small picture in which corners are looked for


@of_case(*SENDERS)
def phone(request: PersonRequest, case: Case) -> HttpResponse:
    """Explain it, or say how far the phone is; by POST, show a square code that opens its page."""
    context: dict[str, Any] = {"case": case, "to": back(request, case)}
    if request.method == "POST":
        capture, token = captures.open_capture(by=request.user, case=case)
        address = request.build_absolute_uri(f"/scan/{token}/")
        code = segno.make(address, error="m").svg_data_uri(border=2, scale=6)
        context |= {"capture": capture, "address": address, "code": code}
        context |= files_context(request, case)
    elif (known := _on_a_phone(request, case)) is not None:
        context |= {"capture": known, **files_context(request, case)}
    return render(request, "family/phone.html", context)


def _on_a_phone(request: PersonRequest, case: Case) -> Capture | None:
    found = captures.latest(by=request.user, case=case)
    recent = found is not None and found.expires_at > clock.now() - captures.LASTS
    return found if found is not None and recent and found.standing in {"open", "used"} else None


@of_case(*SENDERS)
@require_GET
def phone_state(request: PersonRequest, case: Case) -> HttpResponse:
    """Return what has become of the square code that is shown, for its page."""
    context = {"case": case, "capture": captures.latest(by=request.user, case=case)}
    return render(request, "family/phone_state.html", context | {"to": back(request, case)})


@of_case(*SENDERS)
@require_POST
def phone_here(request: PersonRequest, case: Case) -> HttpResponse:
    """Open the phone's page on this very phone."""
    request.session["capture"] = str(captures.open_here(by=request.user, case=case).pk)
    request.session["capture-back"] = back(request, case)
    return redirect("scan-photos")


@of_case(*SENDERS)
@require_POST
def phone_end(request: PersonRequest, case: Case) -> HttpResponse:
    """Let the phone send no more."""
    captures.end_captures(by=request.user, case=case)
    messages.success(request, _("The phone can send no more photos."))
    return redirect(back(request, case))


@public
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Show on the phone what the code opens. Only the button uses it up."""
    capture = captures.waiting_for(token)
    if capture is not None:
        activate(capture.by.language)
    if request.method == "POST":
        claimed = captures.claim(token=token)
        request.session["capture"] = str(claimed.pk)
        request.session.pop("capture-back", None)
        return redirect("scan-photos")
    return render(request, "scan/start.html", {"capture": capture})


@of_capture
def photos(request: HttpRequest, capture: Capture) -> HttpResponse:
    """Take photos and scans."""
    if request.method == "POST":
        files = request.FILES.getlist("photos")
        for file in files:
            captures.receive(capture=capture, name=file.name or "photo", source=file)
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"sent": len(files)})
        told = ngettext(
            "%(count)s file has arrived. We check it now.",
            "%(count)s files have arrived. We check them now.", len(files),
        )  # fmt: skip
        messages.success(request, told % {"count": len(files)})
        return redirect("scan-photos")
    texts = {key: str(text) for key, text in SCANNER_TEXTS.items()}
    # Under this name the browser keeps what is not sent yet; it says nothing of the case.
    of = f"{capture.case_id} {capture.by_id}"
    keep = salted_hmac("capture", of, algorithm="sha256").hexdigest()
    context = {"capture": capture, "texts": texts, "keep": keep}
    return render(request, "scan/photos.html", context)


@of_capture
@require_POST
def look(request: HttpRequest, capture: Capture) -> JsonResponse:
    """Return where the corners of the sheet on a small picture seem to be."""
    file = request.FILES.get("photo")
    found = edges.WHOLE
    if file is not None and (file.size or 0) <= MOST_LOOKED_AT:
        try:
            found = sandbox.run(edges.corners, file.read(), cpu_s=5, wall_s=8)
        except sandbox.Failed:
            found = edges.WHOLE
    return JsonResponse({"corners": found})


@of_capture
@require_POST
def done(request: HttpRequest, capture: Capture) -> HttpResponse:
    """End it on the phone."""
    captures.end(capture=capture)
    del request.session["capture"]
    if to := request.session.pop("capture-back", ""):
        return redirect(to)
    return render(request, "scan/done.html", {"sent": capture.sent})
