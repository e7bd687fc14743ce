"""The public pages."""

import hashlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from secondopinion.opinions import signing, verifying
from secondopinion.program import queries as program
from secondopinion.web.access import View, public
from secondopinion.web.family.forms import ResidenceForm, StartForm


def page(template: str) -> View:
    """Return a view of a page that only says something."""

    @public
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, f"public/{template}.html")

    return view


class _AskForm(StartForm):
    """Where and about what, before anybody signs in; whether the child lives there where it
    matters."""

    residence = ResidenceForm.base_fields["residence"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["residence"].required = False


@public
def can_help(request: HttpRequest) -> HttpResponse:
    """Say whether and how the program can help, and what it costs: nothing is kept."""
    form = _AskForm(request.GET if "country" in request.GET else None)
    rule = None
    asks = False
    if form.is_bound and form.is_valid():
        country, field = form.cleaned_data["country"], form.cleaned_data["specialty"].pk
        asks = program.residence_matters(country, field)
        residence = form.cleaned_data["residence"] if asks else ""
        rule = None if asks and not residence else program.delivery_rule(country, field, residence)
    if not asks:
        del form.fields["residence"]
    country = form.cleaned_data.get("country", "") if form.is_bound else ""
    context = {"form": form, "rule": rule, "asks": asks, "country": country}
    return render(request, "public/can_help.html", context)


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
    return JsonResponse({"known": True, "replaced": known.replaced_on is not None, "url": url})


@public
def health(request: HttpRequest) -> HttpResponse:
    """Say that the site answers."""
    return HttpResponse("ok", content_type="text/plain")
