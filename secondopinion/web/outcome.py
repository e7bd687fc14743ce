"""How it went, asked by mail: two taps on a page that needs no sign-in and shows nobody's name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import activate, check_for_language
from django.views.decorators.cache import never_cache

from secondopinion.core.errors import NotYours
from secondopinion.outcomes import actions, asking
from secondopinion.outcomes.models import Enquiry
from secondopinion.web.access import public

KEPT = "how-it-went"  # in the session: the enquiry that this browser has answered


@public
@never_cache
def how_it_went(request: HttpRequest, token: str) -> HttpResponse:
    """Ask what changed; then, in the browser that answered, whether the family is satisfied and
    would recommend us. Only an answer uses the link up: mail programs look at links."""
    try:
        enquiry = asking.enquiry_at(token)
    except NotYours:
        return render(request, "public/how_it_went.html", {"old": True})
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    if not chosen and check_for_language(enquiry.to.language):
        activate(enquiry.to.language)
    mine = request.session.get(KEPT) == enquiry.pk.hex and asking.goes_on(enquiry)
    if request.method == "POST":
        if "quiet" in request.POST:
            actions.ask_no_more(by=enquiry.to, case=enquiry.case)
            return render(request, "public/how_it_went.html", {"quiet": True})
        _take(request, enquiry, mine=mine)
        return redirect("how-it-went", token)
    context: dict[str, Any] = {"answered": asking.is_answered(enquiry) and not mine}
    if not context["answered"]:
        asked = asking.next_question(enquiry)
        context |= {"asked": asked, "choices": actions.CHOICES[asked].choices if asked else []}
    return render(request, "public/how_it_went.html", context)


def _take(request: HttpRequest, enquiry: Enquiry, *, mine: bool) -> None:
    if mine:
        for name in ("satisfied", "recommends"):
            if name in request.POST:
                asking.add(enquiry=enquiry, field=name, value=request.POST[name])
        return
    asking.answer(enquiry=enquiry, changed=request.POST.get("changed", ""))
    request.session[KEPT] = enquiry.pk.hex
