"""Search in the records of a case, and a page shown large with what is marked on it.

What is searched says something of a child, so it stands in no address: it comes by POST, rests in
the session, sealed with the key of the case, and addresses name it by a code that means nothing
elsewhere.
"""

from itertools import accumulate
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from secondopinion.audit import actions as audit
from secondopinion.cases import workflow
from secondopinion.cases.models import Case, Part
from secondopinion.cases.states import ENDED, State
from secondopinion.core import sealing
from secondopinion.core.ids import short_code
from secondopinion.core.languages import language_name
from secondopinion.experts.reading import told_to
from secondopinion.findings.queries import limitations_for
from secondopinion.records import marking, queries, searching
from secondopinion.records.models import Page, Record
from secondopinion.translation.checks.languages import short_code as short_language
from secondopinion.translation.queries import READERS
from secondopinion.web.access import PersonRequest, of_case

SEARCHERS = (
    "desk", Part.COORDINATOR, Part.SPECIALIST, Part.SECOND_READER, Part.EMERGENCY, Part.FAMILY,
)  # fmt: skip
_DESK = {"desk", Part.COORDINATOR}
_STAFF = _DESK | {Part.SPECIALIST, Part.SECOND_READER, Part.EMERGENCY}
_KEPT = 10  # searches of one session
_CODE = 8


def _frame(request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return the frame of the page and the way back, by who reads."""
    parts = request.parts
    if parts & _DESK:
        base, back = "base_staff.html", "desk-pages"
    elif Part.SPECIALIST in parts:
        base, back = "base_staff.html", "review"
    elif Part.SECOND_READER in parts:
        base, back = "base_staff.html", "second-reading"
    elif Part.EMERGENCY in parts:
        base, back = "base_staff.html", "emergency-case"
    elif Part.LOCAL_PROVIDER in parts:
        base, back = "base_family.html", "provider-case"
    elif case.state == State.DRAFT:
        return {
            "base": "base_family.html",
            "back": reverse("my-page", args=[case.reference, "files"]),
        }
    else:
        base, back = "base_family.html", "my-what"
    return {"base": base, "back": reverse(back, args=[case.reference])}


def _typed(request: PersonRequest, case: Case, code: str) -> str:
    """Return what was typed for a search in this case; "" where this session does not know it."""
    held = request.session.get("searches", [])
    sealed = next((words for key, of, words in held if (key, of) == (code, case.reference)), "")
    try:
        return sealing.open_text(case.vault, sealed) if sealed else ""
    except (sealing.Damaged, sealing.Erased):
        return ""


@of_case(*SEARCHERS)
def search(request: PersonRequest, case: Case) -> HttpResponse:
    """Say how to search, or take what is searched and lead to what is found."""
    if request.method == "POST":
        typed = request.POST.get("words", "").strip()[: searching.MOST_LETTERS]
        if searching.sought(typed).terms:
            code, held = short_code(_CODE), request.session.get("searches", [])
            sealed = sealing.seal_text(case.vault, typed)
            request.session["searches"] = [*held, [code, case.reference, sealed]][-_KEPT:]
            return redirect("search-found", case.reference, code)
        messages.error(request, _("Type a word of at least two letters."))
        return redirect("search", case.reference)
    return render(request, "house/search.html", {"case": case, **_frame(request, case)})


@of_case(*SEARCHERS)
def found(request: PersonRequest, case: Case, code: str) -> HttpResponse:
    """Show the pages of a case on which all the words stand."""
    typed = _typed(request, case, code)
    if not typed:
        return redirect("search", case.reference)
    result = searching.search(
        case, searching.sought(typed), translations=bool(request.parts & READERS),
        person=request.user, parts=request.parts,
    )  # fmt: skip
    audit.record(
        "records-searched", by=request.user, case_id=case.pk, target=case,
        detail={"pages": result.pages},
    )  # fmt: skip
    context = {"case": case, "typed": typed, "code": code, "found": result}
    if not result.records:
        context["foreign"] = _in_other_languages(request, case)
    return render(request, "house/search.html", context | _frame(request, case))


def _in_other_languages(request: PersonRequest, case: Case) -> list[tuple[Record, str]]:
    """Return the documents in languages that the reader does not read, with what these are called:
    what is typed stands in none of them."""
    reads = {short_language(get_language() or request.user.language)}
    if request.parts & {Part.SPECIALIST, Part.SECOND_READER}:
        reads |= told_to(request.user, case).reader
    rows = [(row, row.likely["language"]) for row in queries.readable(case)]
    return [
        (row, language_name(language))
        for row, language in rows if language and short_language(language) not in reads
    ]  # fmt: skip


@of_case(*SEARCHERS, Part.LOCAL_PROVIDER)
def look(request: PersonRequest, case: Case, record: UUID, number: int) -> HttpResponse:
    """Show a page large, with its findings and, behind a search, with the hits on it."""
    row = queries.record_for(request.user, case.reference, record)
    page = queries.page_of(row, number, words=True)
    audit.record("page-opened", by=request.user, case_id=case.pk, target=page)
    quarters = page.reading.answer.get("turned", 0) if hasattr(page, "reading") else 0
    before, after, pages = queries.beside(page)
    told = list(limitations_for(case))
    by_staff = bool(request.parts & _STAFF)
    if not by_staff:  # what the hospital has accepted asks nothing of a family
        told = [each for each in told if each.state == "open"]
    marks = marking.on_page(page, quarters, told, marking.name_on(page))
    context: dict[str, Any] = {
        "case": case, "record": row, "page": page, "before": before, "after": after,
        "pages": pages, "marks": marks, "by_staff": by_staff,
    }  # fmt: skip
    doubts = [
        each for each in told if each.whose and each.state == "open" and each.subject_id == row.pk
    ]
    if request.parts & _DESK:
        settles = case.coordinator_id == request.user.pk and case.state not in ENDED
        context |= {
            "locked": any(each.locks for each in doubts),
            "settles": settles,
            "can": {each.action for each in workflow.available(case, request.user)}
            if settles
            else (),
        }
    code = request.GET.get("search", "")
    typed = _typed(request, case, code)
    if typed:
        context |= {"typed": typed, "code": code, **_hits(request, case, page, typed)}
    else:
        context["words"] = [(page.text, 0)] if page.text.strip() else []
    return render(request, "house/look.html", context | _frame(request, case))


def _numbered(pieces: list[tuple[str, bool]]) -> list[tuple[str, int]]:
    """Return the pieces of a text with the number of each hit, and 0 where there is none."""
    counted = accumulate(marked for _piece, marked in pieces)
    return [
        (piece, number if marked else 0)
        for (piece, marked), number in zip(pieces, counted, strict=True)
    ]


def _hits(request: PersonRequest, case: Case, page: Page, typed: str) -> dict[str, Any]:
    """Return the hits on a page, which of them is looked at, and what comes before and after."""
    what = searching.sought(typed)
    found_pages = searching.pages_with(case, what, person=request.user, parts=request.parts)
    keys = [each.pk for each in found_pages]
    at = keys.index(page.pk) if page.pk in keys else None
    drawn, pieces = marking.hits_on(page, what), searching.marked(page.text, what)
    count = len(drawn) or sum(marked for _piece, marked in pieces)
    asked = request.GET.get("hit", "1")
    hit = int(asked) if asked.isdecimal() else count  # "last"
    hit = max(1, min(hit, count))
    earlier = later = None
    if hit > 1:
        earlier = (page, str(hit - 1))
    elif at:
        earlier = (found_pages[at - 1], "last")
    if hit < count:
        later = (page, str(hit + 1))
    elif at is not None and at + 1 < len(found_pages):
        later = (found_pages[at + 1], "1")
    return {
        "words": _numbered(pieces), "hits": drawn, "count": count, "hit": hit,
        "earlier": earlier, "later": later,
    }  # fmt: skip
