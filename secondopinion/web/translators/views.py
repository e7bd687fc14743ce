"""The translator's and the reviewer's pages: their queue, and original and translation beside."""

from collections.abc import Iterator
from dataclasses import dataclass, field

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
from secondopinion.translation.checks.found import Mismatch, Place
from secondopinion.translation.checks.terms import Term
from secondopinion.translation.models import Translation, TranslationPart, TranslationState
from secondopinion.translation.words import TROUBLES, label_of
from secondopinion.web.access import PersonRequest, of_translation, staff

_PASSAGE = "passage-"  # before the key of a text, in the name of its box


@staff(Role.TRANSLATOR, Role.TRANSLATION_REVIEWER, Role.COORDINATOR)
def queue(request: PersonRequest) -> HttpResponse:
    """Show what waits for this translator or reviewer, or for a coordinator to give it to one; the
    oldest first."""
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


@dataclass(slots=True)
class Piece:
    """One text of a translation as the page shows it: both sides, what differs, and what helps."""

    key: str
    label: str
    original: str
    text: str
    original_pieces: list[tuple[str, int]]
    text_pieces: list[tuple[str, int]]
    found: list[tuple[int, Mismatch]]
    checked: bool
    terms: list[tuple[int, str, list[Term]]] = field(default_factory=list)
    remembered: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the name of its box."""
        return f"{_PASSAGE}{self.key}" if self.key else "text"


def _shown(row: Translation, *, writing: bool) -> list[Piece]:
    """Return the texts of a translation; what differs is numbered through all of them."""
    compared = queries.comparisons(row)
    known = queries.remembered(row) if writing else {}
    agreed = queries.agreed_words(row) if writing else []
    made: list[Piece] = []
    count = 0
    for key, original, text in row.texts:
        done = compared[key]
        found = list(enumerate(done.mismatches if done else (), count + 1))
        count += len(found)
        ours = [(each.original, n) for n, each in found if each.original]
        theirs = [(each.translation, n) for n, each in found if each.translation]
        made.append(Piece(
            key, label_of(key), original, text, list(_pieces(original, ours)),
            list(_pieces(text, theirs)), found, done is not None,
            queries.lines_with_terms(row, original, agreed) if writing else [],
            known.get(key, []),
        ))  # fmt: skip
    return made


@of_translation
def translation(request: PersonRequest, row: Translation) -> HttpResponse:
    """Show original and translation side by side with what differs, and the boxes to write in."""
    parts = queries.parts_in(row, request.user)
    audit.record("translation-opened", by=request.user, case_id=row.case_id, target=row)
    open_states = {TranslationState.REQUESTED, TranslationState.DRAFT}
    writing = TranslationPart.Kind.TRANSLATOR in parts and row.state in open_states
    shown = _shown(row, writing=writing)
    context = {
        "row": row,
        "trouble": TROUBLES.get(row.trouble, "") if row.state in open_states else "",
        "writing": writing,
        "checking": TranslationPart.Kind.REVIEWER in parts
        and row.state == TranslationState.WRITTEN,
        "pages": records.pages_with_pictures(row.case, row.subject_id),
        "texts": shown,
        "found": [each for piece in shown for each in piece.found],
        "checked": all(piece.checked for piece in shown),
        "is_record": row.subject_kind == "record",
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
        passages={
            name.removeprefix(_PASSAGE): str(value)
            for name, value in request.POST.items()
            if name.startswith(_PASSAGE)
        },
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
