"""The worklist: what needs the desk, by due time."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from secondopinion.accounts.models import Person, Role
from secondopinion.cases.models import Case, ChecklistItem, ItemState
from secondopinion.cases.queries import worklist
from secondopinion.cases.states import ENDED, State
from secondopinion.conversations.queries import unread_by
from secondopinion.core import clock
from secondopinion.followup.models import FollowUpQuestion, QuestionState
from secondopinion.opinions.models import Delivery
from secondopinion.web.access import PersonRequest, staff

PER_PAGE = 50

# What somebody wrote and nobody of the desk has looked at, or a report that was not opened in time:
# the columns that `with_news` adds.
NEWS = Q(unread=True) | Q(answered=True) | Q(questioned=True) | Q(unopened=True)

VIEWS: dict[str, tuple[Any, Callable[[Any], Q]]] = {
    "open": (gettext_lazy("Open"), lambda _person: ~Q(state__in=ENDED)),
    "mine": (gettext_lazy("Mine"), lambda person: Q(coordinator=person) & ~Q(state__in=ENDED)),
    "new": (gettext_lazy("To be taken"), lambda _person: Q(state=State.SUBMITTED)),
    "waiting": (gettext_lazy("Waiting on the family"),
                lambda _person: Q(state__in=[State.WAITING_ON_FAMILY, State.MORE_NEEDED])),
    "ready": (gettext_lazy("To be offered"), lambda _person: Q(state=State.READY)),
    "signed": (gettext_lazy("To be delivered"), lambda _person: Q(state=State.REPORTED)),
    "news": (gettext_lazy("New for you"), lambda _person: NEWS),
    "late": (gettext_lazy("Late"), lambda _person: Q(due_at__lt=clock.now())),
    "ended": (gettext_lazy("Ended"), lambda _person: Q(state__in=ENDED)),
}  # fmt: skip


@staff(Role.COORDINATOR)
def desk(request: PersonRequest) -> HttpResponse:
    """Show the worklist by due time."""
    chosen = request.GET.get("view", "open")
    chosen = chosen if chosen in VIEWS else "open"
    everything = with_news(worklist(request.user), request.user)
    counts = everything.order_by().aggregate(
        **{key: Count("pk", filter=rule(request.user)) for key, (_label, rule) in VIEWS.items()}
    )
    rows = _searched(everything.filter(VIEWS[chosen][1](request.user)), request.GET.get("q", ""))
    page = Paginator(rows.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    shown = everything.filter(pk__in=list(page)).annotate(
        warnings=Count(
            "findings",
            filter=Q(findings__state="open") & ~Q(findings__severity="info"),
        )
    )
    views = [(key, label, counts[key]) for key, (label, _rule) in VIEWS.items()]
    context = {
        "page": page, "shown": shown, "views": views, "chosen": chosen,
        "q": request.GET.get("q", ""), "now": clock.now(),
    }  # fmt: skip
    return render(request, "desk/worklist.html", context)


def with_news(rows: QuerySet[Case], person: Person) -> QuerySet[Case]:
    """Say of each case what is new in it: messages, answers, questions after the report, and a
    report that was not opened in time."""
    items = ChecklistItem.objects.filter(case=OuterRef("pk"), state=ItemState.ANSWERED)
    questions = FollowUpQuestion.objects.filter(case=OuterRef("pk"), state=QuestionState.ASKED)
    missed = Delivery.objects.filter(
        report__case=OuterRef("pk"), opened_at=None, missed_at__isnull=False
    )
    return rows.annotate(
        unread=unread_by(person), answered=Exists(items), questioned=Exists(questions),
        unopened=Exists(missed),
    )  # fmt: skip


def _searched(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    text = text.strip()
    if not text:
        return rows
    return rows.filter(
        Q(reference__icontains=text)
        | Q(child__full_name__icontains=text)
        | Q(child__latin_name__icontains=text)
    )
