"""Who could take a case, and why: every point of the score is a sentence that the desk can read."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.core.folding import plain
from secondopinion.core.languages import language_name
from secondopinion.experts import facts, rules
from secondopinion.experts.known import Known
from secondopinion.experts.models import ExpertProfile, Kind
from secondopinion.experts.terms import Terms, as_written
from secondopinion.program import queries as program

MOST_TERMS = 3  # of one case that count
PRACTISED = 10  # similar cases after which more of them say nothing
MOST_KEPT = 30  # suggestions with an offer: more than it can go on to by itself
QUICK, SLOW = 8.0, 120.0  # hours to an acceptance: within the one all points, from the other none


@dataclass(slots=True)
class Suggestion:
    """An expert with a score and the reasons for it, or with what stands in the way."""

    known: Known
    score: float = 0.0
    said: list[str | Promise | Callable[[], str]] = field(default_factory=list)
    obstacles: list[str | Promise] = field(default_factory=list)

    @property
    def expert(self) -> ExpertProfile:
        """The expert."""
        return self.known.expert

    @property
    def reasons(self) -> list[str | Promise]:
        """The reasons, in the reader's language; each is said once."""
        return list(dict.fromkeys(each() if callable(each) else each for each in self.said))

    def add(self, points: float, reason: str | Promise | Callable[[], str]) -> None:
        """Add points with their reason; one that is put together is so when it is read."""
        self.score += points
        self.said.append(reason)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a case is judged by: the program's points, and the days that its report may take."""

    weights: dict[str, int]
    days: float


def _scale_for(case: Case) -> _Scale:
    return _Scale(program.matching(), report_days(case.kind, case.urgency))


def told(case: Case) -> str:
    """Return the words of a request that say what the child has."""
    request = case.request
    return f"{request.diagnosis} {request.history} {request.operations}"


def terms_of(expert: ExpertProfile, terms: Terms) -> dict[int, str]:
    """Return the numbers of an expert's terms, each with what it is called."""
    named = {terms.code(each["system"], each["code"]): each["label"] for each in expert.codes}
    for word in expert.conditions:
        number = terms.word(word)
        if number is not None:
            named[number] = word
    return named


def speed(hours: float) -> float:
    """Return the share of the points for an early acceptance, from 1 down to 0, by the logarithm:
    from one hour to two is as much as from one day to two."""
    share = math.log(SLOW / max(hours, QUICK)) / math.log(SLOW / QUICK)
    return max(0.0, share)


def practice(similar: int) -> float:
    """Return the share of the points for so many similar cases."""
    return min(1.0, math.log1p(similar) / math.log1p(PRACTISED))


def in_time(days: float | None, target: float) -> float:
    """Return the share of the points for reports that took so many days (None: not known)."""
    if days is None:
        return 0.5
    return max(0.0, min(1.0, 1.5 - days / target))


def report_days(kind: str, urgency: str) -> float:
    """Return the days that a report of such a case may take, weekends included."""
    hours = program.business_hours_per_day()
    return program.target("report", kind, urgency) / hours * 7 / 5


def suggest(case: Case, *kinds: Kind) -> list[Suggestion]:
    """Return everybody to whom a case could be offered, the best first; as one of these kinds.

    Whoever has been offered this very case is left out. Those with something in the way stand
    last, with what it is: the desk sees why a name is missing above.
    """
    before = facts.offered_before([case.pk])[case.pk]
    known = [each for each in facts.gather(beside=case) if each.expert.pk not in before]
    return ranked(case, known, *kinds)


def ranked(case: Case, known: Sequence[Known], *kinds: Kind) -> list[Suggestion]:
    """Return what speaks for each of these experts in a case, the best first."""
    terms = Terms()
    named = [terms_of(each.expert, terms) for each in known]
    found = terms.found_in(told(case))
    scale = _scale_for(case)
    rows = [
        _judge(case, each, mine, found, scale, kinds)
        for each, mine in zip(known, named, strict=True)
    ]
    return sorted(rows, key=lambda row: (bool(row.obstacles), -row.score))


def possible(case: Case) -> list[Suggestion]:
    """Return those to whom a case can be offered now, the best first."""
    return [each for each in suggest(case) if not each.obstacles]


def judged(case: Case, known: Known) -> Suggestion:
    """Return what speaks for one expert in a case."""
    terms = Terms()
    named, found = terms_of(known.expert, terms), terms.found_in(told(case))
    return _judge(case, known, named, found, _scale_for(case))


def _judge(
    case: Case, known: Known, named: dict[int, str], found: set[int], scale: _Scale,
    kinds: Sequence[Kind] = (),
) -> Suggestion:  # fmt: skip
    weights, expert = scale.weights, known.expert
    made = Suggestion(known, obstacles=rules.obstacles(known, case, *kinds))
    if case.specialty_id in known.specialties:
        made.add(weights["field"], _("Works in this field"))
    else:
        made.add(0, _("Another field"))
    matched = [label for number, label in named.items() if number in found]
    if case.condition and case.condition in expert.groups:
        matched.insert(0, _group(case.condition))
    for label in matched[:MOST_TERMS]:
        made.add(weights["condition"], partial(_knows, case, label))
    if case.language in expert.languages:
        made.add(weights["language"], partial(_speaks, case.language))
    _add_past(made, case, scale)
    _add_places(made, weights)
    return made


def _knows(case: Case, term: str) -> str:
    """Name what an expert knows: the word of the request where the term is its beginning, in the
    reader's language where a group of conditions is called so."""
    word = as_written(term, told(case)) or term
    return gettext("Knows: %(condition)s") % {"condition": _in_readers_language(word)}


def _in_readers_language(word: str) -> str:
    sought = plain(word)
    for row in program.kept_conditions():
        if sought in map(plain, row.names.values()):
            return program.in_language(row.names)
    return word


def _speaks(language: str) -> str:
    return gettext("Speaks %(language)s") % {"language": language_name(language)}


def _add_past(made: Suggestion, case: Case, scale: _Scale) -> None:
    known, weights = made.known, scale.weights
    similar = known.similar(case.specialty_id, case.condition)
    days = known.days(case.specialty_id, case.condition)
    share = in_time(days, scale.days)
    if days is None:
        made.add(share * weights["report"], _("No report like this one yet"))
    else:
        points = practice(len(similar)) * weights["practice"] + share * weights["report"]
        made.add(points, partial(_like_this, len(similar), days))
    points = speed(known.hours_to_accepted) * weights["answer"]
    if not known.answered:
        made.add(points, _("Has not been offered a case yet"))
        return
    made.add(points, partial(_offers, known))


def _like_this(similar: int, days: float) -> str:
    cases = ngettext("%(count)s similar case", "%(count)s similar cases", similar)
    whole = max(1, round(days))
    median = ngettext("median %(count)s day", "median %(count)s days", whole)
    return gettext("%(cases)s, %(median)s") % {
        "cases": cases % {"count": similar}, "median": median % {"count": whole},
    }  # fmt: skip


def _offers(known: Known) -> str:
    offers = {"accepted": known.accepted, "answered": known.answered}
    if not known.waits:  # all were given back later: how long the answers took is not known
        return gettext("Accepts %(accepted)s of %(answered)s offers") % offers
    words = gettext("Accepts %(accepted)s of %(answered)s offers, answers within %(hours)s")
    return words % (offers | {"hours": _hours(known.waited / known.waits)})


def _add_places(made: Suggestion, weights: dict[str, int]) -> None:
    free, of = made.known.free, made.expert.capacity
    made.add(weights["places"] * (free / of if of else 0.0), partial(_places, free, of))


def _places(free: int, of: int) -> str:
    return ngettext(
        "%(free)s of %(count)s place free", "%(free)s of %(count)s places free", of
    ) % {"free": free, "count": of}  # fmt: skip


def _hours(hours: float) -> str:
    if hours < 36:
        count = max(1, round(hours))
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}
    count = round(hours / 24)
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _group(key: str) -> str:
    row = next((each for each in program.kept_conditions() if each.key == key), None)
    return program.in_language(row.names) if row else key


def points(suggestions: Sequence[Suggestion]) -> list[dict[str, str | float]]:
    """Return the first suggestions as they are kept with an offer: who, and how many points."""
    return [
        {"expert": str(each.expert.pk), "points": round(each.score, 1)}
        for each in suggestions[:MOST_KEPT]
    ]
