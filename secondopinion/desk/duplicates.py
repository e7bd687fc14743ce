"""Finds requests that are perhaps about the same child: names across scripts, birth dates, parents'
addresses and numbers. `alike` is a pure function; nothing is joined by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Expression, Q, Value
from django.db.models.functions import Replace
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.accounts.rules import same_mailbox
from secondopinion.cases import needs
from secondopinion.cases.models import Case, CaseWord, Part
from secondopinion.cases.rules import family_of
from secondopinion.cases.states import ENDED, State, Why
from secondopinion.core import clock
from secondopinion.desk.models import Duplicate, DuplicateSearch
from secondopinion.findings import names

SINCE = timedelta(days=30)  # how far back a search that was missed is made up for
MOST = 200  # requests that one is compared with
_TELLING_DIGITS = 8  # of a phone number, from its end

REASONS: dict[str, str | Promise] = {
    "name": _("the child has the same name"),
    "name-like": _("the names of the child are alike"),
    "birth": _("the child was born on the same day"),
    "birth-swapped": _("day and month of the birth are exchanged"),
    "birth-near": _("one digit of the date of birth differs"),
    "parent": _("the same person has sent both"),
    "email": _("a parent has the same e-mail address"),
    "phone": _("a parent has the same phone number"),
    "parent-name": _("a parent has the same name"),
    "provider": _("the same local provider"),
}
_OF_FAMILY = ("parent", "email", "phone", "parent-name", "provider")


@dataclass(frozen=True, slots=True)
class Told:
    """What two requests are compared by; names in every spelling that is known."""

    child: tuple[str, ...]
    born: date | None
    sex: str
    parents: frozenset[object] = frozenset()
    emails: tuple[str, ...] = ()
    phones: frozenset[str] = frozenset()
    parent_names: tuple[tuple[str, ...], ...] = ()
    provider: str = ""


def told_by(case: Case) -> Told:
    """Return what a request says of who it is about and who sends it."""
    family = family_of(case)
    provider = getattr(case, "local_provider", None)
    return Told(
        child=_spellings(case.child.full_name, case.child.latin_name),
        born=case.child.birth_date,
        sex=case.child.sex,
        parents=frozenset(each.pk for each in family),
        emails=tuple(each.reached_at for each in family if each.reached_at),
        phones=frozenset(end for each in family if (end := _end_of(each.phone))),
        parent_names=tuple(_spellings(each.full_name, each.latin_name) for each in family),
        provider=provider.email if provider else "",
    )


def _spellings(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text.strip())


def _end_of(phone: str) -> str:
    digits = "".join(each for each in phone if each.isdecimal())
    return digits[-_TELLING_DIGITS:] if len(digits) >= _TELLING_DIGITS else ""


def alike(one: Told, other: Told) -> list[str]:
    """Return why two requests are perhaps about the same child; nothing where they are not.

    Brothers and sisters share everything but name and birth, twins all but the name: without a
    name that is at least alike nothing else counts.
    """
    verdict = names.compare(one.child, other.child)
    born = _born(one.born, other.born)
    family = _families(one, other)
    same, like = verdict == names.SAME, verdict in {names.LIKE, names.UNKNOWN}
    if same and born in {"birth", "birth-swapped", "birth-near"}:
        found = ["name", born]
    elif like and born == "birth" and family and one.sex == other.sex:
        found = ["name-like", born]
    elif same and not {"parent", "phone"}.isdisjoint(family) and one.sex == other.sex:
        found = ["name"]
    else:
        return []
    return found + family


def _born(one: date | None, other: date | None) -> str:
    if one is None or other is None:
        return ""
    if one == other:
        return "birth"
    if one.year == other.year and (one.day, one.month) == (other.month, other.day):
        return "birth-swapped"
    differing = sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True))
    return "birth-near" if differing == 1 else ""


def _families(one: Told, other: Told) -> list[str]:
    shared = {
        "parent": bool(one.parents & other.parents),
        "email": any(same_mailbox(a, b) for a in one.emails for b in other.emails),
        "phone": bool(one.phones & other.phones),
        "parent-name": any(
            names.compare(a, b) == names.SAME
            for a in one.parent_names for b in other.parent_names
        ),
        "provider": bool(one.provider) and same_mailbox(one.provider, other.provider or "-@-"),
    }  # fmt: skip
    return [key for key in _OF_FAMILY if shared[key]]


def near(case: Case) -> Iterable[Case]:
    """Return the requests that one is compared with: of the same or a like day of birth, of the
    same people or their telephone, or with two of the same words in their names.

    A family without an e-mail address is somebody new each time it is entered: its number stays.
    """
    sent = Case.objects.exclude(state__in=[State.DRAFT, State.EXPIRED, State.JOINED])
    words = CaseWord.objects.filter(case=case).exclude(
        word__in=[part.lower() for part in case.reference.split("-")]
    )
    shared = (
        CaseWord.objects.filter(word__in=words.values("word")).exclude(case=case)
        .values("case").annotate(count=Count("pk")).filter(count__gte=2)
    )  # fmt: skip
    family = family_of(case)
    same = Q(pk__in=[each.pk for each in family])
    for end in {_end_of(each.phone) for each in family} - {""}:
        same |= Q(digits__endswith=end)
    people = Person.objects.annotate(digits=_digits_of("phone")).filter(same).values("pk")
    which = (
        Q(pk__in=shared.values("case"))
        | Q(participations__person__in=people, participations__role=Part.FAMILY)
        | Q(child__guardianships__person__in=people, child__guardianships__revoked_at=None)
    )
    born = case.child.birth_date
    if born is not None:
        which |= Q(child__birth_date__in=_like_days(born))
    rows = sent.filter(which).exclude(pk=case.pk).distinct().order_by("-created_at")
    return rows.select_related("child", "local_provider")[:MOST]


def _digits_of(column: str) -> Expression:
    """Return what gives the digits of a number, however people have grouped them."""
    found: Expression = Replace(column, Value(" "))
    for mark in "-./()":
        found = Replace(found, Value(mark))
    return found


def _like_days(born: date) -> set[date]:
    """Return a day, and those that a slip of the pen makes of it: one digit, or day for month."""
    days = {born}
    text = f"{born:%Y%m%d}"
    slips = [text[:at] + digit + text[at + 1 :] for at in range(8) for digit in "0123456789"]
    slips.append(f"{born:%Y%d%m}")
    for slip in slips:
        try:
            days.add(date(int(slip[:4]), int(slip[4:6]), int(slip[6:])))
        except ValueError:
            continue  # no such day
    return days


@transaction.atomic
def search(case: Case) -> list[Duplicate]:
    """Compare a request with the others, and note the pairs that are new."""
    own = told_by(case)
    found = []
    for other in near(case):
        reasons = alike(own, told_by(other))
        if not reasons:
            continue
        pair = sorted((case, other), key=lambda each: (each.submitted_at or clock.NEVER, each.pk))
        row, made = Duplicate.objects.get_or_create(
            earlier=pair[0], later=pair[1], defaults={"reasons": reasons}
        )
        if made:
            found.append(row)
            for each in pair:  # also for who has the other one
                if each.submitted_at is not None:
                    needs.arise(each, Why.TWICE)
    DuplicateSearch.objects.get_or_create(case=case)
    return found


def search_new() -> int:
    """Compare every request that was sent lately and has not been compared; return how many pairs
    are new. Each is its own transaction, so that a job that dies goes on where it stopped."""
    lately = Case.objects.filter(
        submitted_at__gt=clock.now() - SINCE, duplicate_search=None
    ).exclude(state__in=ENDED)
    rows = lately.select_related("child", "local_provider").order_by("submitted_at")
    return sum(len(search(case)) for case in rows[:MOST])
