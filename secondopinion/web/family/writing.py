"""What families and local providers write: danger first, and what is not sent comes back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from secondopinion.arrivals.clipping import post_with_files
from secondopinion.cases.models import Case, Part
from secondopinion.conversations.actions import LONGEST
from secondopinion.core.errors import Refused
from secondopinion.followup import red_flags
from secondopinion.program.emergency import number_for
from secondopinion.web.access import PersonRequest
from secondopinion.web.forms import files_of

# What is written: that it has not been sent, what its box is called, and the two buttons.
_WORDS: dict[str, tuple[str | Promise, ...]] = {
    "question": (
        _("Your question has not been sent yet"), _("Your question"), _("Send the question"),
        _("There is no danger now: send the question"),
    ),
    "message": (
        _("Your message has not been sent yet"), _("Your message"), _("Send the message"),
        _("There is no danger now: send the message"),
    ),
    "answer": (
        _("Your answer has not been sent yet"), _("Your answer"), _("Send the answer"),
        _("There is no danger now: send the answer"),
    ),
}  # fmt: skip


def emergency_context(case: Case) -> dict[str, Any]:
    """Return what the advice to call for help shows."""
    return {"case": case, "emergency_number": number_for(str(case.country))}


def box_context(case: Case) -> dict[str, Any]:
    """Return what stands at a box for messages: whom to call instead, how much it holds."""
    return emergency_context(case) | {"longest": number_format(LONGEST, force_grouping=True)}


def send(
    request: PersonRequest, case: Case, kind: str, back: str, sending: Callable[[str], object]
) -> HttpResponse:
    """Send what was written, by `sending`, and go back.

    Words that sound like danger first show whom to call; what is refused comes back in its box.
    """
    text = request.POST.get("text", "")
    if red_flags.found(text) and "seen" not in request.POST:
        return _unsent(request, case, kind, back, danger=True)
    try:
        sending(text)
    except Refused as refused:
        if refused.field != "text" or not text.strip():
            raise
        return _unsent(request, case, kind, back, error=str(refused.message))
    return redirect(back, case.reference)


def send_message(request: PersonRequest, case: Case, thread: str, back: str) -> HttpResponse:
    """Send a message, with its files, to the intake team."""

    def sending(text: str) -> None:
        post_with_files(
            by=request.user, case=case, thread=thread, text=text, files=files_of(request)
        )
        messages.success(request, gettext("Your message is sent."))

    return send(request, case, "message", back, sending)


def _unsent(
    request: PersonRequest, case: Case, kind: str, back: str, *, danger: bool = False,
    error: str = "",
) -> HttpResponse:  # fmt: skip
    heading, label, again, seen = _WORDS[kind]
    context = emergency_context(case) | {
        "text": request.POST.get("text", ""), "asked": request.POST.get("request", ""),
        "takes_files": kind == "message", "files": bool(request.FILES),
        "danger": danger, "error": error, "seen": danger or "seen" in request.POST,
        "heading": heading, "label": label, "button": seen if danger else again,
        "action": request.path, "back": back,
        "of_clinic": Part.LOCAL_PROVIDER in request.parts,
    }  # fmt: skip
    return render(request, "family/unsent.html", context, status=400 if error else 200)
