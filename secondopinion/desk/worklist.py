"""The worklist: views, filters and search over the team's cases, read from indexes alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import reduce
from operator import add, or_
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.queries import has_role
from secondopinion.cases import words
from secondopinion.cases.models import Case, ClockSpan, Need
from secondopinion.cases.needs import due_words, first_due
from secondopinion.cases.queries import of_team, states_of, with_zone
from secondopinion.cases.states import State, Why
from secondopinion.core import clock, hiding
from secondopinion.desk.queries import covered_by

PER_PAGE = 50
LONGEST = 60  # letters that are sought
MOST = 999  # cases that are counted in a view: beyond, the number says nothing more
NEWS = (
    Why.ANSWER, Why.MESSAGE, Why.UNANSWERED, Why.QUESTION, Why.UNOPENED, Why.UNDELIVERED,
    Why.ARRIVED, Why.OBJECTION,
    Why.REFERRAL, Why.WISH, Why.READER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """A view: its name, what one finds in it, and which cases those are."""

    label: str | Promise
    says: str | Promise
    parts: Callable[[list[UUID]], list[Q]]  # given whose cases are one's own; any of them
    team: bool = True
    ended: bool = False


def _due() -> Q:
    now = clock.now()
    return Q(act_by__lt=clock.NEVER) & (Q(put_off_until=None) | Q(put_off_until__lte=now))


VIEWS: dict[str, View] = {
    "needs-you": View(
        _("Needs you"),
        _("Your cases, and cases without an owner, in which it is your turn."),
        lambda own: [Q(coordinator__in=own) & _due(), Q(coordinator=None) & _due()], team=False,
    ),
    "mine": View(
        _("All of mine"), _("Every case that is yours, also where somebody else is waited for."),
        lambda own: [Q(coordinator__in=own)], team=False,
    ),
    "put-off": View(
        _("Put off"), _("Your cases that come back on the day that you chose."),
        lambda own: [Q(coordinator__in=own, put_off_until__gt=clock.now())], team=False,
    ),
    "new": View(
        _("New requests"),
        _("Nobody has begun with these. Each has an owner; a colleague who begins becomes it."),
        lambda _own: [Q(state=State.SUBMITTED)],
    ),
    "news": View(
        _("Something new"),
        _("A message, an answer, a question, or a report or mail that did not get through."),
        lambda _own: [Q(pk__in=Need.objects.filter(why__in=NEWS).values("case"))],
    ),
    "waiting": View(
        _("Waiting for an answer"),
        _("The family or the local provider was asked; the clock has stopped."),
        lambda _own: [Q(state__in=[State.WAITING_ON_FAMILY, State.MORE_NEEDED])],
    ),
    "ready": View(
        _("To be offered"), _("The records are complete. A specialist is to be chosen."),
        lambda _own: [Q(state=State.READY)],
    ),
    "signed": View(
        _("To be delivered"), _("The report is signed. Nobody has it yet."),
        lambda _own: [Q(state=State.REPORTED)],
    ),
    "late": View(
        _("Late"), _("Cases in which something should have been done by now."),
        lambda _own: [Q(act_by__lt=clock.now())],
    ),
    "open": View(_("All open cases"), _("Every case of the team that has not ended."),
                 lambda _own: [Q()]),
    "ended": View(_("Ended"), _("Closed, declined and withdrawn cases, the latest first."),
                  lambda _own: [Q()], ended=True),
}  # fmt: skip
FIRST = "needs-you"
DUE: dict[str, tuple[str | Promise, int]] = {"today": (_("Today"), 1), "week": (_("In 7 days"), 7)}
_COLUMNS = {"owner": "coordinator", "field": "specialty", "country": "country",
            "language": "language", "urgency": "urgency"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the worklist, as it stands in the address; what is sought (`q`) may be a
    child's name, and stands there hidden."""

    view: str = FIRST
    q: str = ""
    page: int = 1
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The part of the address behind the question mark, without the page."""
        parts = {"view": self.view, "s": hiding.hide(self.q), **self.filters}
        return urlencode({key: value for key, value in parts.items() if value})

    @property
    def unsought(self) -> str:
        """The address without what is sought."""
        return replace(self, q="").address

    @property
    def unfiltered(self) -> str:
        """The address without the filters."""
        return replace(self, filters={}).address


def wanted(params: Mapping[str, str]) -> Wanted:
    """Return what an address asks for; what it says that does not exist is left out."""
    view, page = params.get("view", FIRST), params.get("page", "1")
    filters = {key: params.get(key, "").strip()[:40] for key in (*_COLUMNS, "due")}
    for key in ("owner", "field"):
        if not _is_id(filters[key]):
            filters[key] = ""
    if filters["due"] not in DUE:
        filters["due"] = ""
    return Wanted(
        view=view if view in VIEWS else FIRST,
        q=hiding.shown(params.get("s", "")),
        page=max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
        filters={key: value for key, value in filters.items() if value},
    )


def sought(params: Mapping[str, str]) -> Wanted:
    """Return what a form asks for, with what was typed to be sought."""
    return replace(wanted(params), q=params.get("q", "").strip()[:LONGEST])


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def own(person: Person) -> list[UUID]:
    """Return whose cases are a person's own today: theirs, and those of whom they cover for."""
    return [person.pk, *covered_by(person)]


class _UpTo(Subquery):
    """Counts the rows of a slice: no more of an index is read than the slice has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def counts(person: Person, whose: list[UUID]) -> dict[str, int]:
    """Return how many cases each view has, up to `MOST` + 1; the ended ones are not counted."""
    asked: dict[str, Any] = {}
    for key, view in VIEWS.items():
        if not view.ended and key != "news":
            # One part of an index for each of the rules, for they have no case in common.
            parts = [_open(person).filter(rule) for rule in view.parts(whose)]
            asked[key] = reduce(add, [_up_to(part.order_by().values("pk")) for part in parts])
    news = Need.objects.filter(why__in=NEWS)  # a case that has ended needs nothing
    asked["news"] = _up_to(news.order_by().values("case").distinct())
    found: dict[str, Any] = dict(Person.objects.filter(pk=person.pk).values(**asked).get())
    return {key: min(count, MOST + 1) for key, count in found.items()}


def _up_to(rows: QuerySet[Any, Any]) -> _UpTo:
    return _UpTo(rows[: MOST + 1])


def _open(person: Person) -> QuerySet[Case]:
    # Only a draft has neither been sent nor ended: what was sent need not be looked up.
    rows = Case.objects.filter(ended_at=None).exclude(state=State.DRAFT)
    return rows if has_role(person, "coordinator") else rows.none()


def rows(person: Person, what: Wanted, whose: list[UUID]) -> QuerySet[Case]:
    """Return the cases of a view that its filters and its search let through, in their order."""
    view = VIEWS[what.view]
    if view.ended:
        found = of_team(person).filter(ended_at__isnull=False).order_by("-ended_at", "-pk")
    else:
        found = _open(person).filter(reduce(or_, view.parts(whose))).order_by("act_by", "pk")
    for key, value in what.filters.items():
        if key == "due":
            day = clock.now() + timedelta(days=DUE[value][1])
            found = found.filter(act_by__lt=day)
        else:
            found = found.filter(**{_COLUMNS[key]: value})
    return words.search(found, what.q) if what.q else found


def found_in(person: Person, text: str, whose: list[UUID]) -> list[str]:
    """Return the views in which what is sought is found, as long as no filter is set."""
    asked: dict[str, Any] = {}
    for key, view in VIEWS.items():
        rule = reduce(or_, view.parts(whose)) & Q(ended_at__isnull=not view.ended)
        asked[key] = Count("pk", filter=rule)
    found = words.search(of_team(person), text).aggregate(**asked)
    return [key for key in VIEWS if found[key]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the worklist."""

    cases: list[Any]
    page: int
    more: bool


def listed(person: Person, what: Wanted, whose: list[UUID]) -> Listed:
    """Return a page of the worklist, each case with its needs, the earliest first."""
    first = (what.page - 1) * PER_PAGE
    found = list(
        rows(person, what, whose).values_list("pk", flat=True)[first : first + PER_PAGE + 1]
    )
    running = ClockSpan.objects.filter(case=OuterRef("pk"), ended_at=None).order_by("due_at")
    shown = with_zone(Case.objects.filter(pk__in=found[:PER_PAGE])).prefetch_related("needs")
    shown = shown.select_related("entry__family")  # who has no e-mail address was entered
    known = {
        case.pk: case
        for case in shown.annotate(
            warnings=Count(
                "findings",
                filter=Q(findings__state="open") & ~Q(findings__severity="info"),
            ),
            step_due=Subquery(running.values("step")[:1]),
        )
    }
    cases = [known[pk] for pk in found[:PER_PAGE] if pk in known]
    _name(cases)
    return Listed(cases, what.page, len(found) > PER_PAGE)


def _name(cases: list[Any]) -> None:
    """Give each case the words of a row, each looked up once for the page and not for each row."""
    states, said = states_of(cases), due_words()
    places: dict[str, tuple[str, str]] = {}
    for case in cases:
        code = str(case.country)
        if code not in places:
            places[code] = (str(case.country.name), case.country.flag)
        case.place, case.flag = places[code]
        case.state_label = states[case.pk]
        for need in case.needs.all():
            need.label = said[need.why]
        running = [(case.due_at, case.step_due)] if case.step_due else []
        case.due = first_due(case.needs.all(), running, said)
