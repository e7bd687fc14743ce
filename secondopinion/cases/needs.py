"""What the desk has to do in a case, why, and by when: rows that the actions keep.

A worklist of many thousand cases is read from one column (`Case.act_by`), not reckoned anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from secondopinion.cases import clocks
from secondopinion.cases.models import Case, ChecklistItem, ItemState, Need
from secondopinion.cases.states import CLOCKS, ENDED, OF_STATE, STATE_NEEDS, Why
from secondopinion.core import clock
from secondopinion.core.prepared import prepared
from secondopinion.program.models import Target


def in_a_day(case: Case) -> datetime:
    """Return by when the desk looks at what came in: as long as for acknowledging a request."""
    return clocks.due_in(case, "acknowledge")


@prepared
def _rows(case: UUID) -> QuerySet[Need, tuple[str, datetime]]:
    return Need.objects.filter(case_id=case).order_by().values_list("why", "due_at")


def follow(case: Case) -> datetime:
    """Make the needs of a case those of its state, after it has moved; return the earliest."""
    rows = dict(_rows(case.pk))
    wanted = STATE_NEEDS.get(case.state)
    gone = set(rows) if case.state in ENDED else set(rows) & (OF_STATE - {wanted})
    due = [due_at for why, due_at in rows.items() if why not in gone and why != wanted]
    if wanted:
        due_at = case.due_at or clock.now()
        if wanted in rows:
            Need.objects.filter(case=case, why=wanted).update(due_at=due_at)
        elif gone:  # the row of the last state becomes that of this one
            Need.objects.filter(case=case, why=gone.pop()).update(
                why=wanted, since=clock.now(), due_at=due_at
            )
        else:
            Need.objects.create(case=case, why=wanted, due_at=due_at)
        due.append(due_at)
    if gone:
        Need.objects.filter(case=case, why__in=gone).delete()
    return min(due, default=clock.NEVER)


def arise(case: Case, why: Why, due_at: datetime | None = None) -> None:
    """Note that a case needs the desk; what was there before keeps its time.

    Something new brings a case back that was put off.
    """
    if case.state in ENDED:
        return
    row, made = Need.objects.get_or_create(
        case=case, why=why, defaults={"due_at": due_at or in_a_day(case)}
    )
    if made:
        case.act_by, case.put_off_until = min(case.act_by, row.due_at), None
        Case.objects.filter(pk=case.pk).update(
            act_by=Least("act_by", row.due_at), put_off_until=None
        )


def meet(case: Case, why: Why) -> None:
    """Note that the desk has done what a case needed it for."""
    if Need.objects.filter(case=case, why=why).delete()[0]:
        _sum(case)


def hold(case: Case, why: Why, true: bool, due_at: datetime | None = None) -> None:
    """Let a need stand as long as something is true."""
    if true:
        arise(case, why, due_at)
    else:
        meet(case, why)


def answers(case: Case) -> None:
    """Let the need to look at answers stand while the checklist has one that nobody looked at."""
    waiting = ChecklistItem.objects.filter(case=case, state=ItemState.ANSWERED)
    hold(case, Why.ANSWER, waiting.exists())


@dataclass(frozen=True, slots=True)
class Due:
    """By when something is to be done, and what."""

    at: datetime
    what: str
    need: str = ""  # why the case needs the desk; "" for a step that others have


def first_due(
    needs: Iterable[Need], running: Iterable[tuple[datetime | None, str]], said: dict[str, str]
) -> Due | None:
    """Return what a case needs the desk for first, else which of its running steps, that others
    have, is due first. `said` are the words for both, so that many rows look them up once."""
    found = [(each.due_at, each.why, each.why) for each in needs]
    found = found or [(at, step, "") for at, step in running if at is not None]
    if not found:
        return None
    at, what, need = min(found)
    return Due(at, said[what], need)


def due_words() -> dict[str, str]:
    """Return what `first_due` says, in the reader's language."""
    steps = {step: Target.Step(step).label for running in CLOCKS.values() for step in running}
    return {key: str(label) for key, label in (*steps.items(), *Why.choices)}


def _sum(case: Case) -> None:
    first = Need.objects.filter(case=OuterRef("pk")).order_by().values("case")
    earliest = Subquery(first.annotate(first=Min("due_at")).values("first"))
    Case.objects.filter(pk=case.pk).update(act_by=Coalesce(earliest, clock.NEVER))
    case.refresh_from_db(fields=["act_by", "put_off_until"])


def has(*whys: Why) -> Exists:
    """Return what says of each row of cases whether it has one of these needs."""
    return Exists(Need.objects.filter(case=OuterRef("pk"), why__in=whys))
