"""The translator's and the reviewer's pages: their queue, and original and translation beside."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secondopinion.accounts.models import Role
from secondopinion.audit import actions as audit
from secondopinion.cases.models import Part
from secondopinion.core.errors import NotYours
from secondopinion.records import queries as records
from secondopinion.translation import actions, keeping, queries, returning
from secondopinion.translation.models import Translation, TranslationPart, TranslationState
from secondopinion.translation.rules import OPEN
from secondopinion.translation.told import FINISHED
from secondopinion.translation.words import TROUBLES
from secondopinion.web.access import PersonRequest, of_translation, staff
from secondopinion.web.translators.showing import PASSAGE, shown

_BACK = {  # where who reads a translation came from
    "desk": "desk-case-records", Part.COORDINATOR: "desk-case-records", Part.SPECIALIST: "review",
    Part.SECOND_READER: "second-reading",
}  # fmt: skip


@staff(Role.TRANSLATOR, Role.TRANSLATION_REVIEWER, Role.COORDINATOR)
def queue(request: PersonRequest) -> HttpResponse:
    """Show what waits for this translator or reviewer, or for a coordinator to give it to one; the
    oldest first."""
    context = {"rows": queries.queue(request.user), "done": returning.done_by(request.user)}
    return render(request, "translators/queue.html", context)


@staff(Role.TRANSLATOR, Role.TRANSLATION_REVIEWER, Role.COORDINATOR)
@require_POST
def take_back(request: PersonRequest, reference: str, translation: UUID) -> HttpResponse:
    """Take back what this person handed over, or their sign-off, and go on with it."""
    row = returning.take_back(by=request.user, translation_id=translation)
    messages.success(request, _("You have taken it back. It is open to you again."))
    return redirect("translation", row.case.reference, row.pk)


@of_translation
def translation(request: PersonRequest, row: Translation) -> HttpResponse:
    """Show original and translation side by side with what differs, and the boxes to write in."""
    audit.record("translation-opened", by=request.user, case_id=row.case_id, target=row)
    writing = TranslationPart.Kind.TRANSLATOR in request.parts and row.state in OPEN
    checking = (
        TranslationPart.Kind.REVIEWER in request.parts and row.state == TranslationState.WRITTEN
    )
    texts = shown(row, writing=writing)
    found = [each for piece in texts for each in piece.told]
    back = next((_BACK[part] for part in _BACK if part in request.parts), None)
    context = {
        "row": row,
        "case": row.case,
        "back": reverse(back, args=[row.case.reference]) if back else reverse("translations"),
        "queue": back is None,
        "trouble": TROUBLES.get(row.trouble, "") if row.state in OPEN else "",
        "writing": writing,
        "checking": checking,
        "reading": bool({Part.SPECIALIST, Part.SECOND_READER} & request.parts),
        "pages": records.pages_with_pictures(row.case, row.subject_id),
        "texts": texts,
        "found": found,
        "differing": sum(each.difference.is_open for each in found),
        "finished": row.state in FINISHED,
        "checked": all(piece.checked for piece in texts),
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
            name.removeprefix(PASSAGE): str(value)
            for name, value in request.POST.items()
            if name.startswith(PASSAGE)
        },
        base_revision=int(base) if base.isdecimal() else None,
    )  # fmt: skip
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"revision": saved.revision})
    if "finish" in request.POST:
        return _pass_on(request, saved)
    messages.success(request, _("The translation is saved and compared with the original."))
    return redirect("translation", row.case.reference, row.pk)


def _pass_on(request: PersonRequest, row: Translation, *, checked: bool = False) -> HttpResponse:
    """Hand a translation over, or sign it off where it was `checked`; where something differs and
    nobody has said why, ask first."""
    left = [each for piece in shown(row, writing=False) for each in piece.told
            if each.difference.is_open]  # fmt: skip
    if left and "sure" not in request.POST:
        context = {"row": row, "found": left, "checked": checked}
        return render(request, "translators/hand_over.html", context)
    if checked:
        actions.sign_off(by=request.user, translation=row)
        done = _("The translation is checked.")
    else:
        actions.finish(by=request.user, translation=row)
        done = _("The translation is handed over.")
    if row.subject_kind in returning.RETURNS:
        done = f"{done} {_('You can take it back below.')}"
    messages.success(request, done)
    return redirect("translations")


@of_translation
@require_POST
def act(request: PersonRequest, row: Translation, action: str) -> HttpResponse:
    """Hand a translation over, sign it off, give it back to its translator, or say why something
    stays as it is."""
    if action == "hand-over":
        return _pass_on(request, row)
    if action == "sign-off":
        return _pass_on(request, row, checked=True)
    if action == "keep":
        keeping.keep(
            by=request.user, translation=row, key=request.POST.get("key", ""),
            why=request.POST.get("reason", ""),
        )  # fmt: skip
        messages.success(request, _("Your reason is kept with the translation."))
        return redirect("translation", row.case.reference, row.pk)
    if action == "send-back":
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
