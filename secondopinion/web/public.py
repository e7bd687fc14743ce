"""The public pages."""

import hashlib

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from secondopinion.opinions import signing, verifying
from secondopinion.program import queries as program
from secondopinion.web.access import View, public


def page(template: str) -> View:
    """Return a view of a page that only says something."""

    @public
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, f"public/{template}.html")

    return view


@public
def disclaimer(request: HttpRequest) -> HttpResponse:
    """Show the disclaimer in force in the reader's language."""
    return render(request, "public/disclaimer.html", {"disclaimer": program.disclaimer()})


@public
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Check a signed document by its code or by the file itself."""
    code = code or request.GET.get("code", "")
    result = None
    file = request.FILES.get("file")
    if request.method == "POST" and isinstance(file, UploadedFile):
        result = verifying.verify_file(file.chunks())
    elif code:
        result = verifying.verify_code(code)
    context = {
        "code": code, "asked": bool(code), "result": result, "self_made": signing.self_made(),
    }  # fmt: skip
    return render(request, "public/verify.html", context)


@public
def verify_digest(request: HttpRequest) -> JsonResponse:
    """Say whether a file with this SHA-256 was signed here; the file itself is not sent."""
    digest = request.GET.get("digest", "")
    known = (
        verifying.verify_digest(digest) if len(digest) == hashlib.sha256().digest_size * 2 else None
    )
    if known is None:
        return JsonResponse({"known": False})
    url = reverse("verify-code", args=[known.code])
    return JsonResponse({"known": True, "replaced": known.replaced_at is not None, "url": url})


@public
def health(request: HttpRequest) -> HttpResponse:
    """Say that the site answers."""
    return HttpResponse("ok", content_type="text/plain")
