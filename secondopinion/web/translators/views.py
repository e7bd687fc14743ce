"""The translator's and the reviewer's pages: their queue, and original and translation beside."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Role
from secondopinion.audit import actions as audit
from secondopinion.core.errors import NotYours
from secondopinion.records import queries as records
from secondopinion.translation import actions, queries
from secondopinion.translation.checks.compare import Comparison
from secondopinion.translation.checks.found import Place
from secondopinion.translation.models import Translation, TranslationPart, TranslationState
from secondopinion.translation.words import TROUBLES
from secondopinion.web.access import PersonRequest, of_translation, staff

_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "ps", "ku"}


@staff(Role.TRANSLATOR, Role.TRANSLATION_REVIEWER)
def queue(request: PersonRequest) -> HttpResponse:
    """Show what waits for this translator or reviewer, the oldest first."""
    return render(request, "translators/queue.html", {"rows": queries.queue(request.user)})


def _pieces(text: str, places: list[tuple[Place, int]]) -> Iterator[tuple[str, int]]:
    """Cut a text at the places to be marked; each piece has the number of its mark, or 0."""
    at = 0
    for place, number in sorted(places, key=lambda each: (each[0].start, -each[0].end)):
        if place.start < at:
            continue
        yield text[at : place.start], 0
        yield text[place.start : place.end], number
        at = place.end
    yield text[at:], 0


def _marked(row: Translation, done: Comparison | None) -> dict[str, object]:
    found = done.mismatches if done else []
    ours = [(each.original, n) for n, each in enumerate(found, 1) if each.original]
    theirs = [(each.translation, n) for n, each in enumerate(found, 1) if each.translation]
    return {
        "found": list(enumerate(found, 1)),
        "checked": done is not None,
        "original_pieces": list(_pieces(row.original, ours)),
        "text_pieces": list(_pieces(row.text, theirs)),
    }


@of_translation
def translation(request: PersonRequest, row: Translation) -> HttpResponse:
    """Show original and translation side by side with what differs, and the box to write in."""
    parts = queries.parts_in(row, request.user)
    audit.record("translation-opened", by=request.user, case_id=row.case_id, target=row)
    open_states = {TranslationState.REQUESTED, TranslationState.DRAFT}
    writing = TranslationPart.Kind.TRANSLATOR in parts and row.state in open_states
    context = {
        "row": row,
        "trouble": TROUBLES.get(row.trouble, "") if row.state in open_states else "",
        "writing": writing,
        "checking": TranslationPart.Kind.REVIEWER in parts
        and row.state == TranslationState.WRITTEN,
        "pages": records.pages_with_pictures(row.case, row.subject_id),
        "terms": queries.lines_with_terms(row) if writing else [],
        "remembered": queries.remembered(row) if writing else [],
        "from_right": {
            code for code in (row.source_language, row.language) if code[:2] in _RIGHT_TO_LEFT
        },
        **_marked(row, queries.comparison(row)),
    }
    return render(request, "translators/translation.html", context)


@of_translation
@require_POST
def save(request: PersonRequest, row: Translation) -> HttpResponse:
    """Save the translation: as it is typed, or by its button."""
    base = request.POST.get("base_revision", "")
    saved = actions.save(
        by=request.user, translation=row, text=request.POST.get("text"),
        original=request.POST.get("original"),
        base_revision=int(base) if base.isdecimal() else None,
    )  # fmt: skip
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"revision": saved.revision})
    if "finish" in request.POST:
        actions.finish(by=request.user, translation=saved)
        messages.success(request, _("The translation is handed over."))
        return redirect("translations")
    messages.success(request, _("The translation is saved and compared with the original."))
    return redirect("translation", row.case.reference, row.pk)


@of_translation
@require_POST
def act(request: PersonRequest, row: Translation, action: str) -> HttpResponse:
    """Sign a translation off, or give it back to its translator."""
    if action == "sign-off":
        actions.sign_off(by=request.user, translation=row)
        messages.success(request, _("The translation is checked."))
    elif action == "send-back":
        actions.send_back(by=request.user, translation=row, note=request.POST.get("note", ""))
        messages.success(request, _("The translation is back with its translator."))
    else:
        raise NotYours
    return redirect("translations")


@of_translation
def page(request: PersonRequest, row: Translation, number: int) -> HttpResponse:
    """Show the picture of a page of the record that is translated, and of no other."""
    picture = records.page_of_case(row.case, row.subject_id, number)
    audit.record("page-opened", by=request.user, case_id=row.case_id, target=picture)
    response = HttpResponse(records.picture_of(picture), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response
