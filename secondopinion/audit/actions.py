"""Writing the audit, sealing it into a chain, and walking the chain."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import QuerySet

from secondopinion.audit.chain import START, link
from secondopinion.audit.models import Entry, Seal
from secondopinion.core import clock
from secondopinion.core.ids import earlier_id
from secondopinion.core.prepared import add, prepared

_SEAL_LOCK = 0x5EA1  # the key of PostgreSQL's advisory lock that lets one sealer run
_BATCH = 1000
_LATE = timedelta(days=1)  # no action takes so long
_FIRST_ID = UUID(int=0)


class Actor(Protocol):
    """What the audit needs to know of a person."""

    pk: Any


def record(
    verb: str,
    *,
    by: Actor | None,
    case_id: UUID | None = None,
    target: models.Model | str = "",
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Write down that `by` (None: a job) did or saw something, in the caller's transaction.

    `detail` holds words of the house only: never what a person typed.
    """
    if isinstance(target, models.Model):
        kind, target_id = target._meta.model_name or "", str(target.pk)  # noqa: SLF001 - documented API
    else:
        kind, target_id = "", target
    label = "job" if by is None else str(by.pk)
    entry = Entry(
        verb=verb,
        actor_id=None if by is None else by.pk,
        actor_label=label,
        case_id=case_id,
        target_kind=kind,
        target_id=target_id,
        detail=detail or {},
    )
    add(entry)
    return entry


def seal(*, lately: bool = False) -> int:
    """Chain the entries that are not sealed yet, in the order of their ids; return how many.

    `lately`: only look among those made since a day before the last one that was sealed, so that
    it costs the same however long the record is. What came later than that is found without it.

    One sealer at a time: a lock on PostgreSQL, the write lock itself on SQLite.
    """
    sealed = 0
    while True:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEAL_LOCK])
            last = next(iter(_last_seal()), None)
            number, previous = (last.number, last.hash) if last else (0, START)
            rows = []
            now = clock.now()
            since = earlier_id(last.entry_id, _LATE) if lately and last else _FIRST_ID
            for entry in _next_unsealed(since):
                number += 1
                previous_hash, previous = previous, link(previous, number, entry)
                rows.append(
                    Seal(
                        number=number, entry_id=entry.pk, previous=previous_hash, hash=previous,
                        sealed_at=now,
                    )
                )  # fmt: skip
            Seal.objects.bulk_create(rows)
        sealed += len(rows)
        if len(rows) < _BATCH:
            return sealed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What walking the chain found: `broken_at` is the first number that does not hold."""

    links: int
    unsealed: int
    head: str
    broken_at: int | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether every link holds."""
        return self.broken_at is None


def verify() -> Verdict:
    """Walk the whole chain from its start.

    What it cannot see is a tail cut off together with its entries: compare the head with one that
    was kept outside (each signed report carries one).
    """
    number, previous = 0, START
    for each in Seal.objects.select_related("entry").order_by("number").iterator(_BATCH):
        if each.number != number + 1:
            return _broken(number, number + 1, "a link is missing")
        if each.previous != previous:
            return _broken(number, each.number, "the link before it is another one")
        if link(previous, each.number, each.entry) != each.hash:
            return _broken(number, each.number, "the entry is not what was sealed")
        number, previous = each.number, each.hash
    return Verdict(links=number, unsealed=_unsealed().count(), head=previous)


def _broken(links: int, at: int, reason: str) -> Verdict:
    return Verdict(links=links, unsealed=_unsealed().count(), head="", broken_at=at, reason=reason)


def _unsealed() -> QuerySet[Entry]:
    """Return the entries that are not sealed, in the order of their ids."""
    return Entry.objects.filter(seal__isnull=True).order_by("id")


@prepared
def _next_unsealed(since: UUID) -> QuerySet[Entry]:
    return _unsealed().filter(pk__gt=since)[:_BATCH]


@prepared
def _last_seal() -> QuerySet[Seal]:
    return Seal.objects.order_by("-number")[:1]


def head() -> str:
    """Return the hash at the end of the chain, to be kept outside of it."""
    return next((each.hash for each in _last_seal()), START)
