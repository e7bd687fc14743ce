"""The desk's record view: every page at a glance, put in order by buttons and by keys."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from secondopinion.cases.models import Case, Part
from secondopinion.core.errors import NotYours, Refused
from secondopinion.core.languages import code_of
from secondopinion.findings import actions as findings
from secondopinion.findings.models import Finding, State
from secondopinion.findings.queries import limitations_for
from secondopinion.records import arranging, marking
from secondopinion.records import queries as records
from secondopinion.records.models import Kind, Page, Record
from secondopinion.web.access import PersonRequest, of_case
from secondopinion.web.desk.case import head
from secondopinion.web.forms import day_in

FILTERS: dict[str, str | Promise] = {
    "": _("All pages"),
    "look": _("Not looked at yet"),
    "hard": _("Hard to read"),
    "blank": _("Blank"),
    "copy": _("Copies"),
    "whose": _("May be another child’s"),
    "aside": _("Set aside"),
}
VERBS: dict[str, str | Promise] = {
    "turn": _("The pages are turned."),
    "aside": _("The pages are set aside. The file is kept as it came."),
    "bring-back": _("The pages are shown again."),
    "move": _("The pages are moved."),
    "split": _("A new document begins there."),
    "join": _("The documents are one now."),
    "copy": _("The copy is set aside. Its file is kept."),
    "accept": _("The document is described."),
    "kind": _("The kind is set."),
    "keep-both": _("Both are kept."),
    "retake": _("A new photo stands in the place of a page that could not be read."),
}


@of_case("desk", Part.COORDINATOR)
def pages(request: PersonRequest, case: Case) -> HttpResponse:
    """Show the documents of a case with all their pages, or those that a filter lets through."""
    return _shown(request, case, request.GET.get("show", ""))


def _shown(
    request: PersonRequest, case: Case, chosen: str, problem: Refused | None = None
) -> HttpResponse:
    """Show the pages; with a problem, the document that was being described as it was typed."""
    context = head(request, case, "pages")
    everything = list(records.with_pages(records.with_set_aside(case), aside=True))
    rows = [row for row in everything if row.merged_into_id is None]
    found = list(limitations_for(case))
    marking.mark_all(everything, found)
    open_doubts = [row for row in reversed(found) if row.whose and row.state == State.OPEN]
    open_doubts.sort(key=lambda row: row.locks)
    doubts = {row.subject_id: row for row in open_doubts}  # the gravest of each
    copies = _copies(case, {row.pk: row for row in rows})
    chosen = chosen if chosen in FILTERS else ""
    shown, counts = [], dict.fromkeys(FILTERS, 0)
    for record in everything:
        all_pages = list(record.pages.all())
        for name in FILTERS:
            counts[name] += sum(_lets(name, record, page, copies, doubts) for page in all_pages)
        passed = [page for page in all_pages if _lets(chosen, record, page, copies, doubts)]
        if passed or not chosen:
            shown.append((record, passed, copies.get(record.pk), doubts.get(record.pk)))
    last = records.last_step(case)
    context |= {
        "documents": shown, "records": rows, "copies": copies, "kinds": Kind.choices,
        "filters": [(name, label, counts[name]) for name, label in FILTERS.items()],
        "show": chosen, "last": last, "last_done": VERBS.get(last.verb, "") if last else "",
        "mine": context["mine"] and not context["ended"],
        "problem": problem, "described": request.POST if problem else None,
    }  # fmt: skip
    return render(request, "desk/case/pages.html", context, status=400 if problem else 200)


def _lets(
    name: str, record: Record, page: Page, copies: dict[UUID, Any], doubts: dict[UUID, Finding]
) -> bool:
    if name == "aside":
        return bool(page.aside)
    if page.aside:
        return name == ""
    return {
        "": True,
        "look": record.accepted_at is None,
        "hard": page.legibility != Page.Legibility.GOOD,
        "blank": page.blank,
        "copy": page.pk in copies or record.pk in copies,
        "whose": record.pk in doubts,
    }[name]


def _copies(case: Case, rows: dict[UUID, Record]) -> dict[UUID, dict[str, Any]]:
    """Return for pages and documents that look like earlier ones: the finding and the other one, a
    document among `rows`."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in Finding.objects.filter(
        case=case, code="duplicate", check_name="copies", state="open"
    ):
        if "page_id" in row.where:
            found[UUID(row.where["page_id"])] = {"finding": row, "like": UUID(row.where["like"])}
        else:
            other = rows.get(UUID(row.where["record"]))
            found[row.subject_id] = {"finding": row, "record": other}
    twins = {
        page.pk: page
        for page in Page.objects.filter(
            pk__in=[each["like"] for each in found.values() if "like" in each]
        ).select_related("record")
    }
    for each in found.values():
        if "like" in each:
            each["page"] = twins.get(each["like"])
    return found


class _Steps:
    """What the buttons of the page do."""

    def __init__(self, request: PersonRequest, case: Case) -> None:
        self.post = request.POST
        self.who: dict[str, Any] = {"by": request.user, "case": case}
        self.case, self.by = case, request.user

    @property
    def chosen(self) -> list[UUID]:
        return [UUID(each) for each in self.post.getlist("page")]

    def _id(self, name: str) -> UUID:
        return UUID(self.post.get(name, ""))

    def turn(self) -> None:
        arranging.turn(**self.who, pages=self.chosen, degrees=90)

    def turn_left(self) -> None:
        arranging.turn(**self.who, pages=self.chosen, degrees=270)

    def aside_blank(self) -> None:
        arranging.set_aside(**self.who, pages=self.chosen, why=Page.Aside.BLANK)

    def aside_copy(self) -> None:
        arranging.set_aside(**self.who, pages=self.chosen, why=Page.Aside.COPY)

    def bring_back(self) -> None:
        arranging.set_aside(**self.who, pages=self.chosen, why="")

    def earlier(self) -> None:
        arranging.move(**self.who, pages=self.chosen, places=-1)

    def later(self) -> None:
        arranging.move(**self.who, pages=self.chosen, places=1)

    def split(self) -> None:
        if len(self.chosen) != 1:
            raise Refused(_("Choose the one page that the new document begins with."), code="one")
        arranging.split(**self.who, page=self.chosen[0])

    def join(self) -> None:
        arranging.join(**self.who, record=self._id("record"), into=self._id("into"))

    def copy(self) -> None:
        arranging.set_copy_aside(**self.who, record=self._id("record"), kept=self._id("kept"))

    def keep_both(self) -> None:
        row = Finding.objects.filter(case=self.case, pk=self._id("finding")).first()
        if row is None:
            raise NotYours
        findings.accept(finding=row, by=self.by, reason=str(_("Both are kept.")))

    def accept(self) -> None:
        kind = self.post.get("kind", "")
        values: dict[str, Any] = {
            "kind": Kind(kind) if kind in Kind.values else Kind.OTHER,
            "language": code_of(self.post.get("language", "")),
            "dated": day_in(self.post.get("dated", ""), "dated"),
        }
        arranging.accept(**self.who, record=self._id("record"), values=values)

    def kind(self) -> None:
        arranging.set_kind(
            **self.who, record=self._id("record"), kind=Kind(self.post.get("kind", ""))
        )

    def undo(self) -> None:
        arranging.undo(**self.who, step=self._id("step"))


_WORDS = {
    "turn_left": "turn", "aside_blank": "aside", "aside_copy": "aside", "bring_back": "bring-back",
    "earlier": "move", "later": "move", "keep_both": "keep-both",
}  # fmt: skip


@of_case("desk", Part.COORDINATOR)
@require_POST
def act(request: PersonRequest, case: Case) -> HttpResponse:
    """Do what a button says, and come back to the document or the page."""
    name = request.POST.get("verb", "").replace("-", "_")
    step: Callable[[], None] | None = getattr(_Steps(request, case), name, None)
    if step is None or name.startswith("_") or name in {"chosen", "post", "who", "case", "by"}:
        raise NotYours
    try:
        step()
    except (ValueError, ValidationError):  # an id that is none
        raise NotYours from None
    except Refused as refused:
        if name != "accept" or refused.field not in {"dated", "language"}:
            raise
        return _shown(request, case, request.POST.get("show", ""), refused)
    done, at = str(VERBS.get(_WORDS.get(name, name), "")), _about(request.POST)
    if name == "undo":
        undone = case.rearrangements.get(pk=request.POST["step"])
        done = gettext("Undone: %(step)s") % {"step": VERBS.get(undone.verb, "")}
        at = at or records.touched(undone)[0]
    messages.success(request, done)
    back = reverse("desk-pages", args=[case.reference])
    show = request.POST.get("show", "")
    anchor = f"#at-{at}" if at else ""
    return redirect(
        f"{back}?show={show}{anchor}" if show in FILTERS and show else f"{back}{anchor}"
    )


def _about(given: QueryDict) -> str:
    """Return the key of what a button was about: a page, a document, or the current row (`at`)."""
    named = [*given.getlist("page"), given.get("record", ""), given.get("at", "")]
    try:
        return str(UUID(next(filter(None, named), "")))
    except ValueError:
        return ""
