"""The whole queue at once: which ready case would best go to whom, for the coordinator to judge.

The points are those of one case's list. To them comes what lateness costs: a case that would be
late is given to whoever is likely to finish it earliest, and places are shared out fairly.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from secondopinion.accounts.rules import age_on
from secondopinion.cases.models import Case, ClockSpan, Participation
from secondopinion.cases.states import State
from secondopinion.core import clock
from secondopinion.experts import facts, matching, rules
from secondopinion.experts.known import Known
from secondopinion.experts.matching import MOST_TERMS
from secondopinion.experts.solving import FORBIDDEN, Block, Numbers, best
from secondopinion.experts.terms import Terms
from secondopinion.program import queries as program

GIVEN = 100.0  # points that a case is worth when anybody has it at all
LATE = 4.0  # points that a day of lateness costs
MOST_LATE = 20.0  # days of lateness after which more changes nothing
WAITS = 3.0  # days after which a case that is not given now is looked at, for comparison
# What is read of ten thousand cases: no more than the plan and its page need.
_READ = (
    "reference", "state", "country", "language", "condition", "kind", "urgency", "due_at",
    "coordinator_id",
    "specialty__key", "specialty__names", "child__full_name", "child__latin_name",
    "child__birth_date", "request__diagnosis", "request__history", "request__operations",
    "local_provider__email", "local_provider__full_name", "local_provider__clinic",
)  # fmt: skip
_AGAIN = 5  # times that conflicts of interest are taken out of a plan


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case, the expert whom the plan has for it, and by how many days it would be late."""

    case: Case
    known: Known
    late: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Proposals, the most urgent case first, and the cases for which nobody is free."""

    proposals: list[Proposal]
    waiting: list[Case]


def plan() -> Plan:
    """Return whom every ready case would best be offered to now. Nothing is changed by it."""
    cases = list(
        Case.objects.filter(state=State.READY)
        .select_related("child", "request", "specialty", "local_provider")
        .only(*_READ)
        .order_by("due_at", "pk")
    )
    known = [
        each for each in facts.gather() if each.free and not rules.away_on(each, clock.today())
    ]
    if not cases or not known:
        return Plan([], cases)
    blocks, late = _blocks(cases, known)
    free = np.array([each.free for each in known], dtype=np.int32)
    weight = program.matching()["places"]
    crowding = [
        weight * (each.load + np.arange(each.free)) / each.expert.capacity for each in known
    ]
    for _turn in range(_AGAIN):
        given = best(blocks, len(cases), free, crowding)
        pairs = [(row, int(column)) for row, column in enumerate(given) if column >= 0]
        wrong = [
            (row, column) for row, column in pairs if rules.conflicts(known[column], cases[row])
        ]
        if not wrong:
            break
        _forbid(blocks, wrong)
    proposals = [
        Proposal(cases[row], known[column], late(row, column))
        for row, column in pairs
        if (row, column) not in wrong
    ]
    given_to = {each.case.pk for each in proposals}
    return Plan(proposals, [case for case in cases if case.pk not in given_to])


def _blocks(
    cases: Sequence[Case], known: Sequence[Known]
) -> tuple[list[Block], Callable[[int, int], float]]:
    """Return the points of each case with each expert of its field, and what tells the days by
    which a case would be late with one."""
    terms = Terms()
    named = [set(matching.terms_of(each.expert, terms)) for each in known]
    found = [terms.found_in(matching.told(case)) for case in cases]
    left, never = _days_left(cases), _never(cases, known)
    blocks: list[Block] = []
    days: dict[int, tuple[dict[int, int], Numbers]] = {}
    by_field: dict[UUID | None, list[int]] = defaultdict(list)
    for row, case in enumerate(cases):
        by_field[case.specialty_id].append(row)
    for specialty, rows in by_field.items():
        columns = [at for at, each in enumerate(known) if specialty in each.specialties]
        some, others = [cases[row] for row in rows], [known[at] for at in columns]
        counted = _counted([found[row] for row in rows], [named[at] for at in columns])
        worth, late = _worth(some, others, counted, left[rows])
        place_of = {column: place for place, column in enumerate(columns)}
        days |= {row: (place_of, late[place]) for place, row in enumerate(rows)}
        blocks.append(Block(np.array(rows, np.int32), np.array(columns, np.int32), worth))
    _forbid(blocks, never)

    def tells(row: int, column: int) -> float:
        places, late = days[row]
        return float(late[places[column]])

    return blocks, tells


def _forbid(blocks: Sequence[Block], pairs: Collection[tuple[int, int]]) -> None:
    by_row: dict[int, list[int]] = defaultdict(list)
    for row, column in pairs:
        by_row[row].append(column)
    for block in blocks:
        for place, row in enumerate(block.rows):
            if int(row) in by_row:
                block.worth[place, np.isin(block.columns, by_row[int(row)])] = FORBIDDEN


def _counted(found: Sequence[set[int]], named: Sequence[set[int]]) -> Numbers:
    """Return how many of an expert's terms each request holds."""
    holders: dict[int, list[int]] = defaultdict(list)
    for column, numbers in enumerate(named):
        for number in numbers:
            holders[number].append(column)
    counted = np.zeros((len(found), len(named)), dtype=np.float32)
    for row, numbers in enumerate(found):
        for number in numbers & holders.keys():
            counted[row, holders[number]] += 1
    return counted


def _worth(
    cases: Sequence[Case], known: Sequence[Known], counted: Numbers, left: Numbers
) -> tuple[Numbers, Numbers]:
    """Return the points of each case with each expert, and the days by which it would be late."""
    weights = program.matching()
    # Cases that are alike in what matters share a row: the tables are small, the queue is long.
    kinds = _numbered(
        [(case.specialty_id, case.condition, case.kind, case.urgency) for case in cases]
    )
    tables = [
        _of_kind((specialty, condition), known, weights, matching.report_days(*pace))
        for specialty, condition, *pace in kinds.keys
    ]
    paces = [matching.report_days(kind, urgency) for _field, _group, kind, urgency in kinds.keys]
    allowed = np.array(paces, dtype=np.float32)[kinds.of]
    points, days, groups = (
        np.stack([each[part] for each in tables])[kinds.of] for part in range(3)
    )
    speaks = _numbered([case.language for case in cases])
    points += _table(speaks.keys, known, lambda key, each: key in each.expert.languages)[
        speaks.of
    ] * weights["language"]  # fmt: skip
    points += weights["condition"] * np.minimum(counted + groups, MOST_TERMS)
    waits = np.array([each.hours_to_accepted / 24 for each in known], dtype=np.float32)
    late = np.clip(days + waits - left[:, None], 0.0, MOST_LATE)
    if_not = np.clip(WAITS + allowed - left, 0.0, MOST_LATE)[:, None]
    worth = (GIVEN + points + LATE * (if_not - late)).astype(np.float32)
    places = _numbered([str(case.country) for case in cases])
    may = _table(places.keys, known, lambda key, each: key not in each.expert.not_in)[places.of]
    ages = _numbered([_years(case) for case in cases])
    fit = _table(
        ages.keys, known,
        lambda key, each: key is None or not rules.too_young_or_old(each.expert, key),
    )[ages.of]  # fmt: skip
    taken = _numbered([rules.kinds_of(case) for case in cases])
    takes = _table(taken.keys, known, lambda key, each: not rules.not_taken(each.expert, *key))[
        taken.of
    ]
    worth[(may == 0) | (fit == 0) | (takes == 0)] = FORBIDDEN
    return worth, late


def _table[T](
    keys: Sequence[T], known: Sequence[Known], holds: Callable[[T, Known], bool]
) -> Numbers:
    return np.array([[holds(key, each) for each in known] for key in keys], dtype=np.float32)


def _of_kind(
    kind: tuple[UUID | None, str], known: Sequence[Known], weights: dict[str, int], target: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the points, the days of a report, and the terms that count, of each expert."""
    specialty, condition = kind
    points, days, counted = (np.zeros(len(known), dtype=np.float32) for _each in range(3))
    for column, each in enumerate(known):
        took = each.days(specialty, condition)
        practice = matching.practice(len(each.similar(specialty, condition)))
        points[column] = (
            weights["field"]
            + weights["practice"] * practice
            + weights["report"] * matching.in_time(took, target)
            + weights["answer"] * matching.speed(each.hours_to_accepted)
            + weights["places"] * each.free / each.expert.capacity
        )
        days[column] = target if took is None else took
        counted[column] = bool(condition) and condition in each.expert.groups
    return points, days, counted


def _never(cases: Sequence[Case], known: Sequence[Known]) -> set[tuple[int, int]]:
    """Return the pairs that were tried before, or have another part in the case."""
    rows = {case.pk: row for row, case in enumerate(cases)}
    columns = {each.expert.pk: column for column, each in enumerate(known)}
    people = {each.expert.person_id: column for column, each in enumerate(known)}
    never = {
        (rows[case], columns[expert])
        for case, experts in facts.offered_before(rows).items()
        for expert in experts
        if case in rows and expert in columns
    }
    parts = Participation.objects.filter(
        case__state=State.READY, until__isnull=True, person__expert__isnull=False
    )
    return never | {
        (rows[case], people[person])
        for case, person in parts.values_list("case_id", "person_id")
        if case in rows and person in people
    }


def _years(case: Case) -> int | None:
    born = case.child.birth_date
    return age_on(born, clock.today()) if born else None


def _days_left(cases: Sequence[Case]) -> Numbers:
    """Return the days until each case's report is due; of one without a clock, all there are."""
    due: dict[UUID, datetime] = dict(
        ClockSpan.objects.filter(
            case__state=State.READY, step="report", ended_at__isnull=True
        ).values_list("case_id", "due_at")
    )
    now = clock.now()
    far = now + timedelta(days=MOST_LATE)
    return np.array(
        [(due.get(case.pk, far) - now) / timedelta(days=1) for case in cases], dtype=np.float32
    )


@dataclass(frozen=True, slots=True)
class _Numbered[T]:
    keys: list[T]  # each once
    of: np.ndarray  # the place of each one's key


def _numbered[T](values: Sequence[T]) -> _Numbered[T]:
    places: dict[T, int] = {}
    of = np.array([places.setdefault(each, len(places)) for each in values], dtype=np.int32)
    return _Numbered(list(places), of)
